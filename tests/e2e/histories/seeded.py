"""Histories that follow from a seed alone, with a digest of all that came of them."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from random import Random
from traceback import extract_tb

from attrs import evolve, frozen

from tests.e2e.histories.checks import check_always, check_finally, check_reconciled
from tests.e2e.histories.history import RULES, History, Step
from tests.e2e.histories.stage import MemoryStage, SandboxStage, Stage, policy_of

STEPS = 60
FEES = (1500, 1500, 0, 3333, 10_000)
CURRENCIES = ("EUR", "EUR", "JPY", "KWD")
_SHOWN = 60
"""Steps that are told of a history that failed."""


@frozen
class Played:
    """What came of a history: each step with its outcome, how it ended, and a digest of both."""

    told: tuple[str, ...]
    digest: str


@frozen
class Plot:
    """A history that was not played yet; `market` is `memory` or `sandbox`."""

    market: str
    seed: int
    currency: str
    fee: int
    steps: tuple[Step, ...]

    @classmethod
    def of(cls, market: str, seed: int) -> "Plot":
        """What follows from a seed; the sandbox's own account is in euros."""
        random = Random(seed)  # noqa: S311  # a history that can be played again, not a secret
        fee, currency = random.choice(FEES), random.choice(CURRENCIES)
        steps = tuple(
            Step(random.choice(RULES), *(random.randrange(24) for _ in range(3)))
            for _ in range(STEPS)
        )
        return cls(market, seed, currency if market == "memory" else "EUR", fee, steps)

    def play(self) -> Played:
        """Play it, and check at every step; raises what failed, with the steps up to there."""
        told: list[str] = []
        with self._stage() as stage:
            history = History(stage)
            try:
                self._play(history, told)
            except BaseException as error:
                error.add_note("\n".join(told[-_SHOWN:]))
                raise
            told += map(repr, history.stored())
            told += map(repr, stage.market.journal.balances(history.everything.until))
        return Played(tuple(told), hashlib.sha256("\n".join(told).encode()).hexdigest())

    def shrunk(self) -> "Plot":
        """The history without the steps that its failure does not need."""
        failure, plot, size = self._failure(), self, len(self.steps)
        while size := size // 2:
            place = 0
            while place < len(plot.steps):
                steps = plot.steps[:place] + plot.steps[place + size :]
                shorter = evolve(plot, steps=steps)
                if shorter._failure() == failure:
                    plot = shorter
                else:
                    place += size
        return plot

    @contextmanager
    def _stage(self) -> Iterator[Stage]:
        policy = policy_of(self.currency, self.fee)
        if self.market == "memory":
            yield MemoryStage.of(policy)
        else:
            with SandboxStage.of(policy, self.seed) as stage:
                yield stage

    def _play(self, history: History, told: list[str]) -> None:
        for step in self.steps:
            told.append(f"{step} fails")
            told[-1] = f"{step} {history.take(step)}"
            check_always(history)
            if step.rule == "reconcile":
                check_reconciled(history)
        check_finally(history)

    def _failure(self) -> tuple[str, int | None] | None:
        """What fails where, if anything does."""
        try:
            self.play()
        except Exception as error:  # noqa: BLE001  # whatever fails a history
            return type(error).__name__, extract_tb(error.__traceback__)[-1].lineno
        return None
