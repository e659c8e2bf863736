"""Random histories for as long as one likes, each from a seed: what `make soak` runs.

`SOAK_SECONDS` says for how long, `SOAK_SEED` from which seed on; it is drawn unless given. Every
round plays a block of schedules and each state machine; the round in which the time is up is
played to its end.
"""

import os
import secrets
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic
from typing import Any

from hypothesis import HealthCheck, seed, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

from tests.e2e.schedules.play import play_all
from tests.unit.domain.usecases.test_kept_files import KeptInFolder, KeptInMemory
from tests.unit.domain.usecases.test_payment_changes import PaymentChanges
from tests.unit.domain.usecases.test_purchase_ledger import PurchaseLedger

SECONDS = 600.0
BLOCK = 50
"""Schedules of a round, and histories of each state machine."""
MACHINES = (PurchaseLedger, PaymentChanges, KeptInMemory, KeptInFolder)
HISTORIES = settings(
    max_examples=BLOCK,
    stateful_step_count=50,
    deadline=None,
    database=None,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)


def main(seconds: float, begin: int) -> None:
    """Play rounds until the time is up, and say how much was played; raises what failed."""
    print(f"Playing for {seconds:.0f} seconds from seed {begin}", flush=True)
    started, played, first = monotonic(), Counter[str](), begin
    while first == begin or monotonic() < started + seconds:
        try:
            play_round(first, played)
        except BaseException as error:
            error.add_note(f"SOAK_SEED={first} plays this round again")
            raise
        first += BLOCK
    told = ", ".join(f"{count} of {name}" for name, count in played.items())
    print(f"All held in {monotonic() - started:.0f} seconds: {told}")


def play_round(first: int, played: Counter[str]) -> None:
    """Play what follows from one seed, and count it."""
    with TemporaryDirectory() as folder:
        play_all(range(first, first + BLOCK), Path(folder))
    played["Schedule"] += BLOCK
    for machine in MACHINES:
        run_state_machine_as_test(seed(first)(counted(machine, played)), settings=HISTORIES)


def counted(machine: type[RuleBasedStateMachine], played: Counter[str]) -> Any:
    """The machine, whose histories are counted by its name.

    Hypothesis takes whatever makes one, though its types ask for the class.
    """

    def make() -> RuleBasedStateMachine:
        played[machine.__name__] += 1
        return machine()

    return make


if __name__ == "__main__":
    told = os.environ.get("SOAK_SEED", "")
    main(
        float(os.environ.get("SOAK_SECONDS", SECONDS)),
        int(told) if told else secrets.randbelow(10**9),
    )
