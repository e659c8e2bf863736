"""What the use cases themselves cost: their time less that of the port calls they make.

A use case runs once on the marketplace in memory while every call of a port is noted with its
answer. Then it runs against ports that give just those answers, and against it, bare, the same
calls of the same ports. The difference is what Koda adds.
"""

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import attrs
from rich.table import Table

from benchmarks.scenarios import NoCache, Scenario, scenarios
from benchmarks.timing import interleaved
from koda.domain.model.policy import Policy
from koda.testing.marketplace import Marketplace

Call = tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]]


class Answers:
    """A port that gives the noted answers, the same ones again and again."""

    def __init__(self, noted: dict[str, list[Any]]) -> None:
        for name, answers in noted.items():
            setattr(self, name, _answering(answers))

    def __call__(self, *arguments: Any) -> Any:
        """Answer where the port itself is called."""
        return self.called(*arguments)  # type: ignore[attr-defined] # noted by name


def _answering(answers: list[Any]) -> Callable[..., Any]:
    if len(answers) == 1:
        only = answers[0]
        return lambda *_, **__: only
    turns = itertools.cycle(answers)
    return lambda *_, **__: next(turns)


class Notes:
    """Stands before a port and notes every call with its answer."""

    def __init__(self, port: Any, order: list[tuple["Notes", str, Any, Any]]) -> None:
        self._port, self._order = port, order
        self.answers: dict[str, list[Any]] = {}

    def __getattr__(self, name: str) -> Callable[..., Any]:
        return self._noting(name, getattr(self._port, name))

    def __call__(self, *arguments: Any) -> Any:
        """Note where the port itself is called."""
        return self._noting("called", self._port)(*arguments)

    def _noting(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def noted(*arguments: Any, **named: Any) -> Any:
            answer = call(*arguments, **named)
            self.answers.setdefault(name, []).append(answer)
            self._order.append((self, name, arguments, named))
            return answer

        return noted


def _ports_replaced(use_case: Any, replace: Callable[[Any], Any]) -> Any:
    """The same use case, and those inside it, with each port exchanged."""
    changes = {
        field.name: _exchanged(getattr(use_case, field.name), replace)
        for field in attrs.fields(type(use_case))
    }
    return attrs.evolve(use_case, **changes)


def _exchanged(value: Any, replace: Callable[[Any], Any]) -> Any:
    if isinstance(value, Policy | NoCache):
        return value
    if type(value).__module__.startswith("koda.domain.usecases"):
        return _ports_replaced(value, replace)
    return replace(value)


def prepared(scenario: Scenario) -> tuple[Callable[[], object], list[Call]]:
    """The use case over ports that give noted answers, and the calls that it makes of them."""
    order: list[tuple[Notes, str, Any, Any]] = []
    notes: dict[int, Notes] = {}

    def noting(port: Any) -> Notes:
        return notes.setdefault(id(port), Notes(port, order))

    noted = _ports_replaced(scenario.use_case, noting)
    noted(*scenario.arguments)
    canned: dict[int, Answers] = {}

    def answering(notes_of: Any) -> Answers:
        return canned.setdefault(id(notes_of), Answers(notes_of.answers))

    replayed = _ports_replaced(noted, answering)
    bare = [(getattr(answering(note), name), args, named) for note, name, args, named in order]
    return (lambda: replayed(*scenario.arguments)), bare


def _measured() -> Iterator[tuple[str, float, float, int]]:
    for scenario in scenarios():
        whole, calls = prepared(scenario)

        def bare(calls: list[Call] = calls) -> None:
            for call, arguments, named in calls:
                call(*arguments, **named)

        costs = interleaved({"whole": whole, "bare": bare}, number=500)
        yield scenario.name, costs["whole"].median, costs["bare"].median, len(calls)


def run() -> Table:
    """Measure every use case and return the table."""
    table = Table(title="Use cases: CPU microseconds beside bare calls of the same ports")
    for heading in ("use case", "port calls", "whole", "bare calls", "Koda's own"):
        table.add_column(heading, justify="left" if heading == "use case" else "right")
    for name, whole, bare, calls in _measured():
        table.add_row(name, str(calls), f"{whole:.1f}", f"{bare:.1f}", f"{whole - bare:.1f}")
    made = interleaved({"made": Marketplace}, number=50)["made"].median
    table.add_row("Marketplace(), all of them over memory", "", f"{made:.1f}", "", f"{made:.1f}")
    return table
