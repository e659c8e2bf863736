from typing import Any

import pytest

from koda.domain.inspection.oddities import OddityKind
from koda.domain.inspection.recognition import recognised
from koda.domain.inspection.workflows import Link, StepKind, Workflow
from koda.domain.model.file_formats import FileFormat


def node(parent: int | None, api: str = "GmailV2CLIAPI@2.0.1", **others: object) -> dict[str, Any]:
    """A step of a Zap behind `parent`."""
    return {
        "type_of": "write" if parent else "read",
        "parent_id": parent,
        "root_id": 1 if parent else None,
        "action": "message",
        "selected_api": api,
        "authentication_id": None,
        "params": {"to": "{{1__mail}}"},
        **others,
    }


def read(*zaps: dict[str, object]) -> Workflow:
    """An export of Zaps with these nodes."""
    listed = [
        {"id": place, "title": f"Zap {place}", "nodes": nodes} for place, nodes in enumerate(zaps)
    ]
    return recognised({"metadata": {"version": 2}, "zaps": listed})


def test_steps_say_what_the_file_says() -> None:
    """Name, type, version, app and parameters; a Zap has no drawing."""
    titled = node(1, authentication_id=7, meta={"stepTitle": "Send it"})

    workflow = read({"1": node(None, "WebHookCLIAPI@1.1.0"), "2": titled})
    hook, mail = workflow.steps

    assert (workflow.file_format, workflow.titles) == (FileFormat.ZAPIER, ("Zap 0",))
    assert (hook.key, hook.name, hook.kind) == ("1", "WebHook message", StepKind.TRIGGER)
    assert (mail.name, mail.type, mail.version) == ("Send it", "GmailV2CLIAPI:message", "2.0.1")
    assert (mail.app, mail.credentials, mail.position) == ("Gmail", ("Gmail",), None)
    assert (mail.parameters, mail.source) == (titled["params"], titled)
    assert mail.path == ("zaps", 0, "nodes", "2")
    assert workflow.links == (Link("1", "2"),)
    assert workflow.oddities == ()


@pytest.mark.parametrize(
    ("api", "expected"),
    [
        ("FilterAPI", StepKind.LOGIC),
        ("CodeCLIAPI@1.0.1", StepKind.CODE),
        ("ChatGPTCLIAPI@1.0.0", StepKind.AI),
        ("SlackAPI", StepKind.ACTION),
    ],
)
def test_kinds_follow_from_apps(api: str, expected: StepKind) -> None:
    """What comes first is the trigger, whatever its app."""
    workflow = read({"1": node(None, api), "2": node(1, api)})

    assert [step.kind for step in workflow.steps] == [StepKind.TRIGGER, expected]


def test_a_step_with_several_successors_has_routes() -> None:
    """Where a Zap splits into paths."""
    workflow = read({"1": node(None), "2": node(1), "3": node(1), "4": node(3)})

    assert [link.port for link in workflow.links] == ["route", "route", "main"]


def test_several_zaps_are_parts_of_one_graph() -> None:
    """Their keys tell their steps apart."""
    workflow = read({"1": node(None)}, {"1": node(None)})

    assert workflow.titles == ("Zap 0", "Zap 1")
    assert [step.key for step in workflow.steps] == ["1/1", "2/1"]


def test_ids_of_code_steps_are_no_part_of_their_type() -> None:
    """A step with code has an id for its action, different in each copy."""
    action = "01929fad-d3dd-62c2-52ed-7868d5fcc691"

    assert read({"1": node(None, "CodeCLIAPI", action=action)}).steps[0].type == "CodeCLIAPI"


@pytest.mark.parametrize(
    ("found", "expected", "steps"),
    [
        (node(1, ""), OddityKind.NO_TYPE, 2),
        (node(9), OddityKind.DANGLING_LINK, 2),
        (7, OddityKind.UNREADABLE, 1),
    ],
)
def test_odd_steps_are_read_and_told(found: object, expected: OddityKind, steps: int) -> None:
    """And nothing is refused."""
    workflow = read({"1": node(None), "2": found})

    assert len(workflow.steps) == steps
    assert [oddity.kind for oddity in workflow.oddities] == [expected]
