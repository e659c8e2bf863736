import logging
from collections.abc import Mapping
from datetime import datetime, timedelta

import pytest

from koda.adapters.memory.clock import FixedClock
from koda.adapters.memory.webhook_health import MemoryWebhookHealth
from koda.domain.model.errors import RefusalCause, Unavailable
from koda.domain.model.webhook_health import EndpointHealth
from koda.domain.usecases.operations.watch_webhooks import PAUSE, WatchWebhooks
from koda.testing.examples import NOON


class CountingHealth(MemoryWebhookHealth):
    """Counts the writes, and fails while it is `down`."""

    def __init__(self) -> None:
        super().__init__()
        self.writes = 0
        self.down = False

    def refused(self, endpoint: str, counts: Mapping[RefusalCause, int]) -> None:
        """Count a write of refusals."""
        self._count()
        super().refused(endpoint, counts)

    def accepted(self, endpoint: str, at: datetime) -> None:
        """Count a write of an acceptance."""
        self._count()
        super().accepted(endpoint, at)

    def _count(self) -> None:
        if self.down:
            raise Unavailable("store")
        self.writes += 1


@pytest.fixture
def clock() -> FixedClock:
    """A clock that a test moves."""
    return FixedClock(NOON)


@pytest.fixture
def health() -> CountingHealth:
    """Where it is written."""
    return CountingHealth()


@pytest.fixture
def watch(health: CountingHealth, clock: FixedClock) -> WatchWebhooks:
    """What is tested."""
    return WatchWebhooks(health, clock)


def test_first_refusal_is_written_at_once(watch: WatchWebhooks, health: CountingHealth) -> None:
    """Few messages come, and an operator waits to hear of them."""
    watch.refused("stripe", RefusalCause.SECRET)

    assert health.of("stripe") == EndpointHealth("stripe", secret=1)


def test_a_flood_costs_one_write_a_pause(
    watch: WatchWebhooks, health: CountingHealth, clock: FixedClock
) -> None:
    """Strangers may send what they like; every one of them is counted all the same."""
    for _ in range(3):
        for _ in range(1000):
            watch.refused("stripe", RefusalCause.GARBAGE)
        clock.advance(PAUSE)
    watch.refused("stripe", RefusalCause.GARBAGE)

    assert health.writes == 4
    assert health.of("stripe").garbage == 3001


def test_endpoints_are_watched_apart(watch: WatchWebhooks, health: CountingHealth) -> None:
    """A flood at one hides nothing of another."""
    watch.refused("stripe", RefusalCause.SECRET)
    watch.refused("clerk", RefusalCause.CLOCK)

    assert health.of("clerk") == EndpointHealth("clerk", clock=1)


def test_what_is_not_written_yet_is_told(watch: WatchWebhooks, health: CountingHealth) -> None:
    """By the process that knows it."""
    for _ in range(5):
        watch.refused("stripe", RefusalCause.SECRET)

    assert health.of("stripe").secret == 1
    assert watch.of("stripe").secret == 5

    watch.accepted("stripe")
    assert watch.of("stripe") == EndpointHealth("stripe", accepted_at=NOON)


def test_whoever_asks_later_has_it_written(
    watch: WatchWebhooks, health: CountingHealth, clock: FixedClock
) -> None:
    """The end of a flood is not kept for ever."""
    for _ in range(5):
        watch.refused("stripe", RefusalCause.SECRET)
    clock.advance(PAUSE)

    assert watch.of("stripe").secret == 5
    assert health.of("stripe").secret == 5


def test_accepting_forgets_what_was_refused(
    watch: WatchWebhooks, health: CountingHealth, clock: FixedClock
) -> None:
    """Also what was not written yet."""
    for _ in range(5):
        watch.refused("stripe", RefusalCause.SECRET)
    clock.advance(PAUSE)
    watch.accepted("stripe")

    accepted = EndpointHealth("stripe", accepted_at=NOON + PAUSE)
    assert health.of("stripe") == accepted == watch.of("stripe")


def test_a_store_that_is_down_spoils_no_message(
    watch: WatchWebhooks, health: CountingHealth, clock: FixedClock
) -> None:
    """What could not be written is written later."""
    health.down = True
    watch.refused("stripe", RefusalCause.SECRET)
    watch.refused("stripe", RefusalCause.SECRET)
    health.down = False
    clock.advance(PAUSE)

    assert watch.of("stripe").secret == 2
    assert health.of("stripe").secret == 2


def test_an_acceptance_outlives_an_outage_unless_another_follows(
    watch: WatchWebhooks, health: CountingHealth, clock: FixedClock
) -> None:
    """The later one is the one to keep."""
    health.down = True
    watch.accepted("stripe")
    clock.advance(timedelta(seconds=1))
    watch.accepted("stripe")
    clock.advance(PAUSE)
    watch.accepted("stripe")
    health.down = False

    assert watch.of("stripe").accepted_at == NOON + timedelta(seconds=1) + PAUSE


def test_an_acceptance_while_the_store_fails_forgets_what_was_refused(
    clock: FixedClock,
) -> None:
    """It came after, though the store heard of neither."""

    class Failing(MemoryWebhookHealth):
        def refused(self, endpoint: str, counts: Mapping[RefusalCause, int]) -> None:
            """Let another thread accept a message, and fail."""
            watching.accepted(endpoint)
            raise Unavailable("store")

    watching = WatchWebhooks(Failing(), clock)
    watching.refused("stripe", RefusalCause.SECRET)

    assert watching.of("stripe") == EndpointHealth("stripe", accepted_at=NOON)


def test_refusals_are_logged_with_what_they_are(
    watch: WatchWebhooks, clock: FixedClock, caplog: pytest.LogCaptureFixture
) -> None:
    """As often as they are written, and no more."""
    with caplog.at_level(logging.INFO, "koda.messages"):
        watch.accepted("stripe")
        clock.advance(PAUSE)
        for _ in range(100):
            watch.refused("stripe", RefusalCause.SECRET)

    (record,) = caplog.records
    assert record.getMessage() == (
        "Messages at stripe: 1 refused (1 secret), none accepted since 2026-03-01 12:00 UTC"
    )


def test_a_clock_that_was_set_back_holds_nothing_up(
    watch: WatchWebhooks, health: CountingHealth, clock: FixedClock
) -> None:
    """It is written as soon as the times are far apart."""
    watch.refused("stripe", RefusalCause.SECRET)
    clock.advance(-timedelta(days=1))
    watch.refused("stripe", RefusalCause.SECRET)

    assert health.of("stripe").secret == 2
