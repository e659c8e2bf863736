import json
from typing import Any

import pytest

from koda.domain.inspection.formats.reading import Reading
from koda.domain.inspection.oddities import OddityKind
from koda.domain.inspection.recognition import read_workflow, recognised
from koda.domain.inspection.workflows import Link, StepKind, Workflow
from koda.domain.model.errors import InvalidValue
from koda.domain.model.file_formats import FileFormat


def node(name: str, kind: str = "n8n-nodes-base.httpRequest", **others: object) -> dict[str, Any]:
    """A node as the canvas writes it."""
    return {
        "name": name,
        "type": kind,
        "typeVersion": 1,
        "position": [0, 0],
        "parameters": {},
        **others,
    }


def to(*names: str, port: str = "main", index: int = 0) -> list[dict[str, Any]]:
    """The links of an output to the nodes of these names."""
    return [{"node": name, "type": port, "index": index} for name in names]


def read(*nodes: object, **connections: object) -> Workflow:
    """A workflow of these nodes, with connections by the name of the source."""
    return recognised({"nodes": [*nodes], "connections": connections})


def oddities(workflow: Workflow) -> list[tuple[OddityKind, str]]:
    """What is odd about it, with the path as text."""
    return [(oddity.kind, "/".join(map(str, oddity.path))) for oddity in workflow.oddities]


HOOK = node("Hook", "n8n-nodes-base.webhook")


def test_steps_say_what_the_file_says() -> None:
    """Name, type, version, app, credentials, place; parameters and the object as they are."""
    sheet = node(
        "Rows",
        "n8n-nodes-base.googleSheetsTrigger",
        typeVersion=4.5,
        position=[-20, 40.5],
        disabled=True,
        credentials={"googleSheetsOAuth2Api": {"id": "1", "name": "Mine"}},
        parameters={"event": "rowAdded"},
    )

    workflow = read(sheet)
    (step,) = workflow.steps

    assert workflow.file_format is FileFormat.N8N
    assert (step.key, step.name, step.type) == ("Rows", "Rows", sheet["type"])
    assert (step.version, step.app, step.kind) == ("4.5", "googleSheets", StepKind.TRIGGER)
    assert (step.disabled, step.credentials) == (True, ("googleSheetsOAuth2Api",))
    assert (step.position, step.part, step.path) == ((-20, 40.5), 0, ("nodes", 0))
    assert (step.parameters, step.source) == (sheet["parameters"], sheet)
    assert workflow.oddities == ()


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("n8n-nodes-base.cron", StepKind.TRIGGER),
        ("@n8n/n8n-nodes-langchain.chatTrigger", StepKind.TRIGGER),
        ("n8n-nodes-base.code", StepKind.CODE),
        ("@n8n/n8n-nodes-langchain.toolCode", StepKind.CODE),
        ("n8n-nodes-base.aiTransform", StepKind.CODE),
        ("n8n-nodes-strange.code", StepKind.ACTION),
        ("@n8n/n8n-nodes-langchain.agent", StepKind.AI),
        ("n8n-nodes-base.if", StepKind.LOGIC),
        ("n8n-nodes-base.set", StepKind.LOGIC),
        ("n8n-nodes-base.slack", StepKind.ACTION),
        ("n8n-nodes-base.gmailTool", StepKind.ACTION),
    ],
)
def test_kinds_follow_from_types(kind: str, expected: StepKind) -> None:
    """By the name of the node, and its package."""
    assert read(node("A", kind)).steps[0].kind is expected


def test_links_have_ports_outputs_and_inputs() -> None:
    """What is null in the lists is an output without a link."""
    workflow = read(
        HOOK,
        node("If", "n8n-nodes-base.if"),
        node("Model"),
        Hook={"main": [to("If")]},
        If={"main": [None, to("Hook", "Model", index=1), [None]]},
        Model={"ai_languageModel": [to("If", port="ai_languageModel")], "main": None},
    )

    assert workflow.links == (
        Link("Hook", "If"),
        Link("If", "Hook", "main", 1, 1),
        Link("If", "Model", "main", 1, 1),
        Link("Model", "If", "ai_languageModel"),
    )
    assert workflow.oddities == ()


def test_an_output_for_failures_is_an_error_port() -> None:
    """The last output of a node that goes on with it, behind those that it has anyway."""
    failing = {"onError": "continueErrorOutput"}
    workflow = read(
        node("A", **failing),
        node("If", "n8n-nodes-base.if", **failing),
        A={"main": [to("If"), to("A")]},
        If={"main": [to("A"), to("A")]},
    )

    assert [link.port for link in workflow.links] == ["main", "error", "main", "main"]


def test_notes_are_no_steps() -> None:
    """Text, place, size and colour are theirs."""
    sticky = node("Note", "n8n-nodes-base.stickyNote", position=[1, 2])
    size = {"width": 240, "height": 80}
    plain = {**sticky, "name": "Other", "position": "far", "parameters": {"content": 1}}
    sticky["parameters"] = {"content": "## Set up", "color": "#FFF", **size}

    workflow = read(HOOK, sticky, plain)
    first, second = workflow.notes

    assert [step.key for step in workflow.steps] == ["Hook"]
    assert (first.key, first.text, first.colour) == ("Note", "## Set up", "#FFF")
    assert (first.position, first.size) == ((1, 2), (240, 80))
    assert (second.text, second.position, second.size, second.colour) == ("", None, None, None)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"name": None}, (OddityKind.NO_NAME, "nodes/1")),
        ({"name": "Hook"}, (OddityKind.SAME_NAME, "nodes/1")),
        ({"type": 7}, (OddityKind.NO_TYPE, "nodes/1")),
        ({"typeVersion": "3.4"}, (OddityKind.VERSION_AS_TEXT, "nodes/1")),
        ({"typeVersion": [1]}, (OddityKind.NO_VERSION, "nodes/1")),
        ({"typeVersion": True}, (OddityKind.NO_VERSION, "nodes/1")),
        ({"position": [1]}, (OddityKind.NO_POSITION, "nodes/1")),
        ({"position": ["1", 2]}, (OddityKind.NO_POSITION, "nodes/1")),
        ({"position": [1, 10**400]}, (OddityKind.NO_POSITION, "nodes/1")),
        ({"parameters": [1]}, (OddityKind.UNREADABLE, "nodes/1/parameters")),
        ({"credentials": "mine"}, (OddityKind.UNREADABLE, "nodes/1/credentials")),
    ],
)
def test_odd_nodes_are_read_and_told(
    change: dict[str, object], expected: tuple[OddityKind, str]
) -> None:
    """A node is a step, whatever is wrong with it, and has a key of its own."""
    workflow = read(HOOK, {**node("A"), **change})

    assert len(workflow.by_key) == 2
    assert oddities(workflow) == [expected]


def test_versions_are_told_as_text() -> None:
    """As they are written, and none where it is no number."""
    versions = [2, 2.0, 2.2, "3.4", "", None, 10**20]
    workflow = read(*(node(f"{place}", typeVersion=said) for place, said in enumerate(versions)))

    assert [step.version for step in workflow.steps] == ["2", "2", "2.2", "3.4", None, None, None]


@pytest.mark.parametrize(
    ("connections", "expected", "links"),
    [
        ({"Gone": {"main": [to("A")]}}, (OddityKind.DANGLING_LINK, "Gone"), 0),
        ({"A": {"main": [to("Gone", "A")]}}, (OddityKind.DANGLING_LINK, "A/main/0/0"), 1),
        ({"A": {"main": [["A"]]}}, (OddityKind.LINK_AS_TEXT, "A/main/0/0"), 1),
        ({"A": {"main": to("A")}}, (OddityKind.UNREADABLE, "A/main/0"), 1),
        ({"A": {"main": [[7]]}}, (OddityKind.UNREADABLE, "A/main/0/0"), 0),
        ({"A": {"main": {"node": "A"}}}, (OddityKind.UNREADABLE, "A/main"), 0),
        ({"A": [to("A")]}, (OddityKind.UNREADABLE, "A"), 0),
        ({"A": {"output": [to("A")]}}, (OddityKind.UNKNOWN_PORT, "A/output"), 1),
        ({"A": {"main": [[{"node": "A", "index": -1}]]}}, None, 1),
    ],
)
def test_odd_connections_are_read_and_told(
    connections: dict[str, object], expected: tuple[OddityKind, str] | None, links: int
) -> None:
    """What can be understood is a link, and nothing is refused."""
    workflow = read(node("A"), **connections)

    told = [(kind, path.removeprefix("connections/")) for kind, path in oddities(workflow)]
    assert told == [expected] * (expected is not None)
    assert len(workflow.links) == links


def test_what_is_no_node_is_left_out() -> None:
    """So are connections that are none."""
    workflow = recognised({"nodes": [node("A"), 7], "connections": [1]})

    assert len(workflow.steps) == 1
    assert oddities(workflow) == [
        (OddityKind.UNREADABLE, "nodes/1"),
        (OddityKind.UNREADABLE, "connections"),
    ]


def test_oddities_are_told_in_sentences() -> None:
    """What they are about, and what is odd; as many as people read."""
    workflow = read(*(node("Same", typeVersion="x" * place) for place in range(200)), 7)

    assert len(workflow.oddities) == 100
    told = {str(oddity.sentence) for oddity in workflow.oddities}
    assert "Same: several steps or notes have this name" in told
    (nameless,) = recognised({"nodes": [node("A"), 7], "connections": {}}).oddities
    assert str(nameless.sentence).startswith("nodes/1: something else")


def test_several_workflows_are_parts_of_one_graph() -> None:
    """As the command line exports them: keys tell their steps apart."""
    first = {"name": "Main", "nodes": [HOOK], "connections": {"Hook": {"main": [to("Hook")]}}}
    content = json.dumps([first, {**first, "name": " "}]).encode()

    workflow = read_workflow(content)

    assert workflow.titles == ("Main", None)
    assert [(step.key, step.part) for step in workflow.steps] == [("1/Hook", 0), ("2/Hook", 1)]
    assert workflow.links == (Link("1/Hook", "1/Hook"), Link("2/Hook", "2/Hook"))
    assert workflow.steps[1].path == (1, "nodes", 0)


def test_what_no_trigger_leads_to_is_unreachable() -> None:
    """What serves a step is reached with it; a part without a trigger has nothing unreachable."""
    workflow = read(
        HOOK,
        node("Agent"),
        node("Model"),
        node("Lost", disabled=True),
        Hook={"main": [to("Agent")]},
        Agent={"main": [to("Agent")]},
        Model={"ai_languageModel": [to("Agent")]},
        Lost={"main": [to("Agent")]},
    )

    assert [step.key for step in workflow.triggers] == ["Hook"]
    assert [step.key for step in workflow.unreachable] == ["Lost"]
    assert [step.key for step in workflow.disabled] == ["Lost"]
    assert read(node("A"), node("B")).unreachable == ()


def test_too_much_to_look_through_is_refused() -> None:
    """Files of more steps or connections than anybody draws by hand."""
    (step,) = read(HOOK).steps
    link = Link("Hook", "Hook")
    reading = Reading(several=False, steps=[step] * 10_000, links=[link] * 50_000)

    with pytest.raises(InvalidValue, match="has more than 10,000 steps"):
        reading.add(step)
    with pytest.raises(InvalidValue, match="has more than 50,000 connections"):
        reading.link(link)
