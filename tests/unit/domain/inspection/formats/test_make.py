from typing import Any

import pytest

from koda.domain.inspection.oddities import OddityKind
from koda.domain.inspection.recognition import recognised
from koda.domain.inspection.workflows import Link, StepKind, Workflow
from koda.domain.model.file_formats import FileFormat


def module(number: object, kind: str = "slack:CreateMessage", **others: object) -> dict[str, Any]:
    """A module as a blueprint has it."""
    designer = {"x": 300, "y": 0, "name": f"Module {number}"}
    return {
        "id": number,
        "module": kind,
        "version": 1,
        "metadata": {"designer": designer},
        **others,
    }


def read(*modules: object, **metadata: object) -> Workflow:
    """A blueprint with this flow."""
    return recognised({"name": "Leads", "flow": [*modules], "metadata": metadata})


def links(workflow: Workflow) -> list[tuple[str, str, str, int, int]]:
    """Its links, without labels."""
    return [
        (link.source, link.target, link.port, link.output, link.input) for link in workflow.links
    ]


def test_modules_say_what_the_file_says() -> None:
    """Name, type, version, app, place; what they are told is in one mapping."""
    told = {"parameters": {"hook": 7}, "mapper": {"text": "{{1.name}}"}, "filter": {"name": "f"}}
    hook = module(1, "gateway:CustomWebHook", **told)

    workflow = read(hook, module(2, mapper=None))
    first, second = workflow.steps

    assert (workflow.file_format, workflow.titles) == (FileFormat.MAKE, ("Leads",))
    assert (first.key, first.name, first.type) == ("1", "Module 1", "gateway:CustomWebHook")
    assert (first.version, first.app, first.kind) == ("1", "gateway", StepKind.TRIGGER)
    assert (first.position, first.path) == ((300, 0), ("flow", 0))
    assert (first.parameters, second.parameters) == (told, {})
    assert first.source == hook
    assert workflow.links == (Link("1", "2"),)
    assert workflow.oddities == ()


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("google-sheets:watchRows", StepKind.TRIGGER),
        ("http:ActionSendData", StepKind.ACTION),
        ("code:ExecuteCode", StepKind.CODE),
        ("openai-gpt-3:CreateCompletion", StepKind.AI),
        ("util:SetVariables", StepKind.LOGIC),
    ],
)
def test_kinds_follow_from_modules(kind: str, expected: StepKind) -> None:
    """Only the first module of a scenario starts it."""
    workflow = read(module(1, kind), module(2, "google-sheets:watchRows"))

    assert [step.kind for step in workflow.steps] == [expected, StepKind.ACTION]


def test_routes_tools_and_failures_are_links() -> None:
    """A route is labelled by the filter of its first module."""
    named = module(3, filter={"name": "Paid"})
    router = module(2, "builtin:BasicRouter", routes=[{"flow": [named, module(4)]}, {"flow": []}])
    agent = module(1, "ai-local-agent:Run", tools=[{"flow": [module(5), module(6)]}, {}])
    agent["onerror"] = [module(7), module(8)]

    workflow = read(agent, router)

    assert sorted(links(workflow)) == [
        ("1", "2", "main", 0, 0),
        ("1", "7", "error", 0, 0),
        ("2", "3", "route", 0, 0),
        ("3", "4", "main", 0, 0),
        ("5", "1", "ai_tool", 0, 0),
        ("5", "6", "main", 0, 0),
        ("7", "8", "main", 0, 0),
    ]
    assert [link.label for link in workflow.links if link.port == "route"] == ["Paid"]


def test_branches_join_the_next_module() -> None:
    """Each at an input of its own, unless it says that it does not; an empty one goes on, too."""
    conditions = [[{"a": "{{1.x}}", "b": "1", "o": "text:equal"}]]
    branches: list[dict[str, object]] = [
        {"merge": True, "label": "Yes", "conditions": conditions, "flow": [module(3)]},
        {"merge": False, "flow": [module(4)]},
        {"merge": True, "label": "Else", "flow": []},
    ]
    choice = module(2, "builtin:BasicIfElse", branches=branches)

    workflow = read(module(1), choice, module(5, "builtin:BasicMerge"))

    assert sorted(links(workflow)) == [
        ("1", "2", "main", 0, 0),
        ("2", "3", "route", 0, 0),
        ("2", "4", "route", 1, 0),
        ("2", "5", "route", 2, 2),
        ("3", "5", "main", 0, 0),
    ]
    assert workflow.by_key["2"].parameters == {"branches": [conditions, None, None]}


def test_modules_that_hang_on_nothing_are_read() -> None:
    """They are steps that nothing leads to."""
    workflow = read(module(1, "rss:TriggerNew"), designer={"orphans": [[module(2), module(3)]]})

    assert links(workflow) == [("2", "3", "main", 0, 0)]
    assert [step.key for step in workflow.unreachable] == ["2", "3"]


def test_notes_are_read() -> None:
    """Their text is what the file has."""
    workflow = read(module(1), notes=[{"content": "<p>Set up</p>"}, 7])

    assert [(note.key, note.text) for note in workflow.notes] == [
        ("note 1", "<p>Set up</p>"),
        ("note 2", ""),
    ]


def test_credentials_are_kinds_of_connections() -> None:
    """That which was chosen, or else may be; the app where only that there is one is known."""
    chosen = {"restore": {"parameters": {"c": {"data": {"connection": "openai-gpt-3"}}, "d": 1}}}
    asked = {"parameters": [{"type": "account:slack,slack2"}, {"type": "text"}]}
    parameters = {"__IMTCONN__": 7}

    workflow = read(
        module(1, metadata={**chosen, **asked}),
        module(2, metadata=asked),
        module(3, parameters=parameters),
        module(4),
    )

    assert [step.credentials for step in workflow.steps] == [
        ("openai-gpt-3",),
        ("slack",),
        ("slack",),
        (),
    ]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"id": None}, (OddityKind.NO_NAME, ("flow", 1))),
        ({"id": 1}, (OddityKind.SAME_NAME, ("flow", 1))),
        ({"module": None}, (OddityKind.NO_TYPE, ("flow", 1))),
        ({"version": "2"}, (OddityKind.VERSION_AS_TEXT, ("flow", 1))),
        ({"metadata": 1}, (OddityKind.NO_POSITION, ("flow", 1))),
        ({"onerror": {}}, (OddityKind.UNREADABLE, ("flow", 1, "onerror"))),
    ],
)
def test_odd_modules_are_read_and_told(
    change: dict[str, object], expected: tuple[OddityKind, tuple[object, ...]]
) -> None:
    """A module is a step, whatever is wrong with it, and has a key of its own."""
    workflow = read(module(1), {**module(2), **change})

    assert len(workflow.by_key) == 2
    assert [(oddity.kind, oddity.path) for oddity in workflow.oddities] == [expected]


def test_what_is_no_module_is_left_out() -> None:
    """What precedes it goes on with what follows."""
    workflow = read(module(1), 7, module(2))

    assert links(workflow) == [("1", "2", "main", 0, 0)]
    assert [oddity.kind for oddity in workflow.oddities] == [OddityKind.UNREADABLE]
