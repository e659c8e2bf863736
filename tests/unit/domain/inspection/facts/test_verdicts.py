from collections.abc import Mapping
from datetime import date

import pytest
from attrs import field, frozen

from koda.domain.inspection.facts.community import verified_as_of
from koda.domain.inspection.facts.releases import Release
from koda.domain.inspection.facts.verdicts import Verdict, lowest_release, verdicts
from koda.domain.model.reports import Compatibility

BASE = "n8n-nodes-base"
AI = "@n8n/n8n-nodes-langchain"
RUNS, CHANGES, FAILS = Compatibility


@frozen
class Step:
    """A node as a file tells of it."""

    type: str
    version: str | None = "1"
    source: Mapping[str, object] = field(factory=dict)
    disabled: bool = False
    key: str = "Step"


def step(name: str, version: str | None = "1", /, **parameters: object) -> Step:
    """A node with parameters."""
    return Step(name, version, {"parameters": parameters})


def outcomes(*steps: Step) -> tuple[Compatibility, ...]:
    """What becomes of a workflow of `steps` on n8n 1, 2 and 3."""
    return tuple(verdict.outcome for verdict in verdicts(steps))


def said(verdict: Verdict) -> list[str]:
    """The reasons of a verdict, in English."""
    return [str(reason.said) for reason in verdict.reasons]


def test_workflow_of_old_and_current_nodes_runs_everywhere() -> None:
    """On the first release that knows them all, of each version of n8n."""
    nodes = [step(f"{BASE}.set", "3.4"), step(f"{BASE}.if", "2.2"), step(f"{BASE}.webhook")]

    first, two, three = verdicts(nodes)

    assert (first.outcome, two.outcome, three.outcome) == (RUNS, RUNS, RUNS)
    assert first.release == lowest_release(nodes)
    assert (two.release, three.release) == (Release(2, 0), Release(3, 0))
    assert first.reasons == two.reasons == three.reasons == ()


def test_empty_workflow_runs() -> None:
    """It needs nothing."""
    assert outcomes() == (RUNS, RUNS, RUNS)
    assert lowest_release([]) is None


def test_node_of_a_newer_release_does_not_run_before_it() -> None:
    """The reason says which release it needs."""
    first, two, _ = verdicts([step(f"{AI}.agent", "3.1")])

    assert (first.outcome, two.outcome) == (FAILS, RUNS)
    assert first.release is None
    assert two.release == Release(2, 1)
    assert said(first) == ["AI Agent in version 3.1 needs n8n 2.1 or newer"]


def test_node_that_n8n_dropped_does_not_run_since() -> None:
    """By what its releases hold, whatever the rules say."""
    metrics = step(f"{BASE}.evaluationMetrics")

    assert outcomes(metrics) == (RUNS, FAILS, FAILS)
    assert said(verdicts([metrics])[1]) == [
        "n8n 1.94 was the last to have version 1 of Evaluation Metrics"
    ]


def test_switched_off_nodes_do_not_count() -> None:
    """n8n runs the workflow without them."""
    assert outcomes(Step(f"{BASE}.function", disabled=True)) == (RUNS, RUNS, RUNS)
    assert lowest_release([Step(f"{AI}.agent", "3.1", disabled=True)]) is None


@pytest.mark.parametrize(
    ("node", "reason"),
    [
        (step("CUSTOM.mine"), "CUSTOM.mine is no type of nodes that is known of n8n"),
        (
            step(f"{BASE}.function", "2"),
            "No release of n8n is known that has a version 2 of Function",
        ),
    ],
)
def test_what_is_not_known_is_said(node: Step, reason: str) -> None:
    """It is neither a promise nor a refusal."""
    first, *_ = verdicts([node])

    assert first.outcome is CHANGES
    assert said(first) == [reason]


def test_community_package_must_be_installed() -> None:
    """And n8n 3 loads it by itself only if it is verified."""
    verified = verdicts([step("@apify/n8n-nodes-apify.apify")])
    other = verdicts([step("n8n-nodes-of-mine.mine")])

    assert [len(verdict.reasons) for verdict in verified] == [1, 1, 1]
    assert [len(verdict.reasons) for verdict in other] == [1, 1, 2]
    assert "n8n-nodes-of-mine only if n8n has verified it" in said(other[2])[0]
    assert verified_as_of() > date(2026, 1, 1)


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        (step(f"{BASE}.start"), (RUNS, FAILS, FAILS)),
        (step(f"{BASE}.code", "2", language="python"), (RUNS, FAILS, FAILS)),
        (step(f"{BASE}.code", "2", language="pythonNative"), (RUNS, RUNS, RUNS)),
        (
            step(f"{BASE}.code", "2", jsCode="return $evaluateExpression('1')"),
            (RUNS, CHANGES, FAILS),
        ),
        (step(f"{BASE}.set", "3.4", values=[{"a": "={{ $env.KEY }}"}]), (RUNS, CHANGES, CHANGES)),
        (step(f"{BASE}.set", "3.4", text="={{ $getPairedItem(1) }}", count=3), (RUNS, RUNS, FAILS)),
        (step(f"{BASE}.executeCommand"), (RUNS, CHANGES, CHANGES)),
        (step(f"{BASE}.cron"), (RUNS, CHANGES, FAILS)),
        (step(f"{BASE}.slackTrigger"), (RUNS, RUNS, CHANGES)),
        (step(f"{BASE}.webflow", "1"), (RUNS, RUNS, CHANGES)),
        (step(f"{BASE}.webflow", "2"), (RUNS, RUNS, RUNS)),
        (step(f"{BASE}.orbit"), (RUNS, CHANGES, FAILS)),
        (step(f"{AI}.agent", "1.5"), (RUNS, RUNS, FAILS)),
        (step(f"{AI}.agent", "1.7"), (RUNS, RUNS, CHANGES)),
        (step(f"{AI}.agent", "1.5", agent="toolsAgent"), (RUNS, RUNS, CHANGES)),
        (step(f"{AI}.agent", "1.7", agent="sqlAgent"), (RUNS, RUNS, FAILS)),
        (step(f"{AI}.agent", "2"), (RUNS, RUNS, RUNS)),
        (step(f"{BASE}.gmailTrigger", "1.2"), (RUNS, RUNS, CHANGES)),
        (step(f"{BASE}.executeWorkflow", "1", mode="each"), (RUNS, RUNS, FAILS)),
        (step(f"{BASE}.executeWorkflow", "1", mode="once"), (RUNS, RUNS, RUNS)),
    ],
)
def test_rules_of_n8n_are_applied(node: Step, expected: tuple[Compatibility, ...]) -> None:
    """To the types, versions and parameters that they name."""
    assert outcomes(node) == expected


@pytest.mark.parametrize(
    "node", [step(f"{AI}.agent", "1.5"), step(f"{BASE}.gmailTrigger", "newest")]
)
def test_rules_of_other_versions_are_not_applied(node: Step) -> None:
    """A version that is no number is none that a rule is about."""
    *_, three = verdicts([node])

    assert len(three.reasons) == 1


@pytest.mark.parametrize(
    ("name", "error_output", "expected"),
    [
        (f"{BASE}.if", "", CHANGES),
        (f"{BASE}.set", "continueErrorOutput", CHANGES),
        (f"{BASE}.set", "", RUNS),
        ("CUSTOM.mine", "", CHANGES),
    ],
)
def test_always_output_data_matters_with_several_outputs(
    name: str, error_output: str, expected: Compatibility
) -> None:
    """The one for errors counts."""
    node = Step(name, source={"alwaysOutputData": True, "onError": error_output})

    assert outcomes(node)[2] is expected


def test_sub_workflow_that_waits_answers_differently() -> None:
    """What does not begin by being called is none."""
    waits, called = step(f"{BASE}.wait"), step(f"{BASE}.executeWorkflowTrigger")

    assert outcomes(waits) == (RUNS, RUNS, RUNS)
    assert outcomes(waits, called) == (RUNS, CHANGES, CHANGES)


def test_a_type_that_was_removed_is_so_in_any_version() -> None:
    """Even in one that is no number."""
    _, two, _ = verdicts([step(f"{BASE}.start", "latest")])

    assert two.outcome is FAILS


def test_settings_of_the_workflow_count() -> None:
    """They are of no step."""
    *_, three = verdicts([step(f"{BASE}.set")], [{}, {"callerPolicy": "any"}])

    assert three.outcome is CHANGES
    assert [reason.keys for reason in three.reasons] == [()]


def test_reasons_name_their_steps_and_the_worst_comes_first() -> None:
    """The same reason is said once for all of its steps."""
    nodes = [
        Step(f"{BASE}.executeCommand", key="Shell"),
        Step(f"{BASE}.itemLists", key="First"),
        Step(f"{BASE}.itemLists", key="Second"),
    ]

    *_, three = verdicts(nodes)

    assert [reason.outcome for reason in three.reasons] == [FAILS, CHANGES]
    assert [reason.keys for reason in three.reasons] == [("First", "Second"), ("Shell",)]
    assert said(three)[0] == (
        "Item Lists was removed in n8n 3.0; replace it by: "
        "Aggregate, Limit, Remove Duplicates, Sort, Split Out, Summarize"
    )
