"""Probe of deliveries: whether domain events reach their subscribers."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from koda.domain.model.deliveries import Backlog
from koda.entrypoints.backends.probe import Warned

if TYPE_CHECKING:
    from koda.entrypoints.wiring.container import Container

UNSERVED = timedelta(minutes=10)
"""A process notes every minute whom it serves; so long after the last note nobody does."""
LATE = timedelta(hours=1)
"""What waits for longer has failed several times."""
_START = "run 'koda serve', 'koda work' or the application that has it, or 'koda deliveries forget'"
_LOOK = "see the log under koda.events and koda.notices, and mend what it tells"
_RETRY = f"{_LOOK}; then run 'koda deliveries retry'"


def is_served(backlog: Backlog, now: datetime) -> bool:
    """Whether a process has the subscriber, or had it a few minutes ago."""
    return backlog.subscription.served_at >= now - UNSERVED


def try_deliveries(container: "Container") -> str | Warned:
    """Tell what waits for a subscriber that no process has, and what was given up."""
    now, backlogs = container.clock()(), container.outbox().backlog()
    waiting = sum(backlog.waiting for backlog in backlogs) + container.outbox().unrelayed()
    faults = list(_faults(backlogs, now))
    if not faults:
        return f"{waiting} wait for {len(backlogs)} subscribers"
    remedies = dict.fromkeys(remedy for _, remedy in faults)
    return Warned("; ".join(said for said, _ in faults), "; ".join(remedies))


def _faults(backlogs: Iterable[Backlog], now: datetime) -> Iterator[tuple[str, str]]:
    """What is wrong with some of them, and what to do about it."""
    for backlog in backlogs:
        name, served_at = backlog.subscription.name, backlog.subscription.served_at
        waiting = f"{backlog.waiting} events wait for {name}"
        if backlog.waiting and not is_served(backlog, now):
            yield f"{waiting}, which no process has served since {_minute(served_at)}", _START
        elif backlog.oldest and backlog.oldest < now - LATE:
            yield f"{waiting}, the oldest since {_minute(backlog.oldest)}", _LOOK
        if backlog.given_up:
            yield f"{backlog.given_up} events were not delivered to {name} and are given up", _RETRY


def _minute(time: datetime) -> str:
    return f"{time:%Y-%m-%d %H:%M} UTC"
