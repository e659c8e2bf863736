"""Probes of domain events: whether they reach their subscribers."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from koda.domain.model.deliveries import Backlog
from koda.entrypoints.backends.probe import Warned

if TYPE_CHECKING:
    from koda.entrypoints.wiring.container import Container

UNSERVED = timedelta(minutes=10)
"""A process notes every minute whom it serves; so long after the last note nobody does."""
START = "run 'koda serve', 'koda work' or the application that has it, or 'koda events forget'"
LOOK = "see the log under koda.events, mend it, and run 'koda events retry'"


def try_events(container: "Container") -> str | Warned:
    """Tell what waits for a subscriber that no process has, and what was given up."""
    now, backlogs = container.clock()(), container.outbox().backlog()
    waiting = sum(backlog.waiting for backlog in backlogs) + container.outbox().unrelayed()
    faults = list(_faults(backlogs, now - UNSERVED))
    if not faults:
        return f"{waiting} wait for {len(backlogs)} subscribers"
    remedies = dict.fromkeys(remedy for _, remedy in faults)
    return Warned("; ".join(said for said, _ in faults), "; ".join(remedies))


def _faults(backlogs: Iterable[Backlog], before: datetime) -> Iterator[tuple[str, str]]:
    """What is wrong with some of them, and what to do about it."""
    for backlog in backlogs:
        name, served_at = backlog.subscription.name, backlog.subscription.served_at
        if backlog.waiting and served_at < before:
            since = f"which no process has served since {served_at:%Y-%m-%d %H:%M} UTC"
            yield f"{backlog.waiting} events wait for {name}, {since}", START
        if backlog.given_up:
            yield f"{backlog.given_up} events were not delivered to {name} and are given up", LOOK
