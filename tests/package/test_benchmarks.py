"""The benchmarks measure what there is."""

from benchmarks.scenarios import scenarios
from benchmarks.usecases import prepared


def test_use_cases_repeat_themselves_on_noted_answers() -> None:
    """However often: what each asks follows from its arguments, and not from the time."""
    for scenario in scenarios():
        whole, calls = prepared(scenario)
        first = whole()

        assert calls, scenario.name
        assert whole() == first, scenario.name
