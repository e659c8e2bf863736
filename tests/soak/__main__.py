"""Random histories for as long as one likes, each from a seed: what `make soak` runs.

`SOAK_SECONDS` says for how long, `SOAK_SEED` from which seed on; it is drawn unless given. Every
round plays histories on both markets, and every tenth, from the first on, schedules of messages and
the state machines as well; the round in which the time is up is played to its end. It ends before
if so many histories were played as are wanted.
"""

import logging
import os
import secrets
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic
from typing import Any

from hypothesis import HealthCheck, seed, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

from tests.e2e.histories.seeded import Plot
from tests.e2e.schedules.play import play_all
from tests.unit.domain.usecases.test_kept_files import KeptInFolder, KeptInMemory
from tests.unit.domain.usecases.test_payment_changes import PaymentChanges

SECONDS = 600.0
BLOCK = 100
"""Seeds of a round, each a history in memory."""
AT_THE_SANDBOX = 2
"""Histories of a round at the sandbox, where one takes as long as many in memory."""
MOST = 100_000
"""Histories in memory, after which it ends in any case."""
SCHEDULES = 5
ALL_OF_IT = 10
"""Of so many rounds one plays all there is."""
MACHINES = (PaymentChanges, KeptInMemory, KeptInFolder)
EXAMPLES = settings(
    max_examples=5,
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
    while first == begin or (monotonic() < started + seconds and first < begin + MOST):
        try:
            play_histories("memory", first, BLOCK, played)
            play_histories("sandbox", first, AT_THE_SANDBOX, played)
            if (first - begin) % (BLOCK * ALL_OF_IT) == 0:
                play_others(first, played)
        except BaseException as error:
            error.add_note(f"SOAK_SEED={first} plays this round again")
            raise
        first += BLOCK
    told = ", ".join(f"{count} of {name}" for name, count in played.items())
    print(f"All held in {monotonic() - started:.0f} seconds: {told}")


def play_others(first: int, played: Counter[str]) -> None:
    """Play the schedules and machines that follow from one seed, and count them."""
    with TemporaryDirectory() as folder:
        play_all(range(first, first + SCHEDULES), Path(folder))
    played["Schedule"] += SCHEDULES
    for machine in MACHINES:
        run_state_machine_as_test(seed(first)(counted(machine, played)), settings=EXAMPLES)


def play_histories(market: str, first: int, count: int, played: Counter[str]) -> None:
    """Play the histories of some seeds."""
    for number in range(first, first + count):
        try:
            Plot.of(market, number).play()
        except BaseException as error:
            again = f"python -m tests.e2e.histories {market} {number}"
            error.add_note(f"`{again}` plays this history again, without what it does not need")
            raise
        played[f"histories, {market}"] += 1


def counted(machine: type[RuleBasedStateMachine], played: Counter[str]) -> Any:
    """The machine, whose histories are counted by its name.

    Hypothesis takes whatever makes one, though its types ask for the class.
    """

    def make() -> RuleBasedStateMachine:
        played[machine.__name__] += 1
        return machine()

    return make


if __name__ == "__main__":
    # Ports fail all the time, of which Koda warns.
    logging.disable(logging.CRITICAL)
    told = os.environ.get("SOAK_SEED", "")
    main(
        float(os.environ.get("SOAK_SECONDS", SECONDS)),
        int(told) if told else secrets.randbelow(10**9),
    )
