import logging
import os
from datetime import timedelta
from threading import Event, current_thread

import pytest

from koda.adapters.smtp.outbox import Errand, Outbox
from koda.adapters.smtp.server import NotSent

PATIENCE = 60.0
AT_ONCE = (timedelta(0),) * 3
NEVER = (timedelta(days=1),)


@pytest.fixture(autouse=True)
def log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """What is written to the log."""
    caplog.set_level(logging.INFO, "koda.notices")
    return caplog


class Work:
    """An errand that fails as it is told, first come first; counts its tries."""

    def __init__(self, *failures: Exception) -> None:
        self.failures = list(failures)
        self.tries = 0
        self.done = Event()
        self.threads: set[str] = set()

    def __call__(self) -> None:
        """Fail or be done."""
        self.tries += 1
        self.threads.add(current_thread().name)
        if self.failures:
            raise self.failures.pop(0)
        self.done.set()


class Held:
    """An errand that is held until it may go on."""

    def __init__(self) -> None:
        self.begun, self.free, self.over = Event(), Event(), Event()

    def __call__(self) -> None:
        """Wait until it may go on."""
        self.begun.set()
        assert self.free.wait(PATIENCE)
        self.over.set()


def test_errand_is_done_by_a_thread_that_ends_with_it() -> None:
    """Whoever puts it in does not do it, and an idle outbox has no thread."""
    outbox, work = Outbox(), Work()

    outbox.put(Errand("one", work))
    assert work.done.wait(PATIENCE)
    outbox.close()

    assert work.threads == {"koda-notices"}
    assert outbox._worker is None


def test_errands_are_done_in_their_order() -> None:
    """One after the other."""
    outbox, held, done = Outbox(farewell=timedelta(minutes=1)), Held(), list[int]()
    outbox.put(Errand("held", held))
    assert held.begun.wait(PATIENCE)

    for number in range(20):
        outbox.put(Errand("number", lambda number=number: done.append(number)))  # type: ignore[misc]
    held.free.set()
    outbox.close()

    assert done == list(range(20))


def test_what_may_be_taken_later_is_tried_again(log: pytest.LogCaptureFixture) -> None:
    """After each pause, until it is done."""
    outbox, work = Outbox(pauses=AT_ONCE), Work(*[NotSent("not now", again=True)] * 3)

    outbox.put(Errand("receipt", work))

    assert work.done.wait(PATIENCE)
    assert work.tries == 4
    assert log.messages == ["The receipt is tried again later: not now"] * 3


def test_tries_come_to_an_end(log: pytest.LogCaptureFixture) -> None:
    """A server that never takes it is asked once more than there are pauses."""
    outbox, work, after = (
        Outbox(pauses=AT_ONCE, farewell=timedelta(minutes=1)),
        Work(*[NotSent("not now", again=True)] * 9),
        Work(),
    )

    outbox.put(Errand("receipt", work))
    while "The receipt is lost: not now" not in log.messages:
        assert not after.done.wait(0.01)

    assert work.tries == 4


@pytest.mark.parametrize(
    ("failure", "told"),
    [
        (NotSent("refused", again=False), "The receipt is lost: refused"),
        (KeyError("bea@example.com"), "The receipt is lost: KeyError"),
    ],
)
def test_other_failures_are_final(
    failure: Exception, told: str, log: pytest.LogCaptureFixture
) -> None:
    """An unclear answer and a mistake of our own are not tried again, and end nothing else."""
    outbox, work, after = Outbox(pauses=AT_ONCE), Work(failure), Work()

    outbox.put(Errand("receipt", work))
    outbox.put(Errand("after", after))

    assert after.done.wait(PATIENCE)
    assert work.tries == 1
    assert log.messages == [told]


def test_full_outbox_loses_what_comes(log: pytest.LogCaptureFixture) -> None:
    """It never grows beyond its room, and nobody waits for any."""
    outbox, held, more = Outbox(room=2, farewell=timedelta(minutes=1)), Held(), Work()
    outbox.put(Errand("held", held))
    assert held.begun.wait(PATIENCE)

    for _ in range(5):
        outbox.put(Errand("receipt", more))
    held.free.set()
    outbox.close()

    assert more.tries == 2
    assert log.messages == ["The receipt is lost: too many wait already"] * 3


def test_close_does_at_once_what_waits_for_another_try(log: pytest.LogCaptureFixture) -> None:
    """A pause of a day is cut short; who fails then is lost."""
    outbox = Outbox(pauses=NEVER, farewell=timedelta(minutes=1))
    once, twice = Work(NotSent("not now", again=True)), Work(*[NotSent("no", again=True)] * 2)
    outbox.put(Errand("once", once))
    outbox.put(Errand("twice", twice))
    while len(log.messages) < 2:
        assert not once.done.wait(0.01)

    outbox.close()

    assert (once.tries, twice.tries) == (2, 2)
    assert once.done.is_set()
    assert log.messages[2:] == ["The twice is lost: no"]


def test_close_waits_no_longer_than_its_farewell(log: pytest.LogCaptureFixture) -> None:
    """What is still waiting then is lost, and what is under way is not begun again."""
    outbox, held, left = Outbox(farewell=timedelta(0)), Held(), Work()
    outbox.put(Errand("held", held))
    assert held.begun.wait(PATIENCE)
    outbox.put(Errand("left", left))

    outbox.close()
    held.free.set()

    assert held.over.wait(PATIENCE)
    assert left.tries == 0
    assert log.messages == ["The left is lost: there was no time left to send it"]


def test_errand_that_fails_after_the_end_is_lost(log: pytest.LogCaptureFixture) -> None:
    """Nobody is left to try it again."""
    begun, free = Event(), Event()

    def fail() -> None:
        begun.set()
        assert free.wait(PATIENCE)
        raise NotSent("not now", again=True)

    outbox = Outbox(pauses=AT_ONCE, farewell=timedelta(0))
    outbox.put(Errand("receipt", fail))
    assert begun.wait(PATIENCE)
    worker = outbox._worker
    assert worker is not None
    outbox.close()

    free.set()
    worker.join(PATIENCE)

    assert log.messages == ["The receipt is lost: not now"]


def test_closed_outbox_can_be_used_again() -> None:
    """As the other adapters can, once they have let go of what they held."""
    outbox, first, second = Outbox(), Work(), Work()

    outbox.put(Errand("first", first))
    outbox.close()
    outbox.close()
    outbox.put(Errand("second", second))

    assert first.done.is_set()
    assert second.done.wait(PATIENCE)


def test_forked_process_begins_with_nothing_to_do() -> None:
    """What waits stays the parent's, done there once; the child has a thread of its own."""
    outbox, held, waiting = Outbox(farewell=timedelta(minutes=1)), Held(), Work()
    outbox.put(Errand("held", held))
    assert held.begun.wait(PATIENCE)
    outbox.put(Errand("waiting", waiting))

    child = os.fork()
    if not child:
        own = Work()
        outbox.put(Errand("own", own))
        os._exit(0 if own.done.wait(PATIENCE) and not waiting.tries else 1)
    _, status = os.waitpid(child, 0)
    held.free.set()
    outbox.close()

    assert os.waitstatus_to_exitcode(status) == 0
    assert waiting.tries == 1
