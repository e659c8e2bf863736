"""Probe of the inbox: whether the payment provider's messages take effect."""

from datetime import timedelta
from typing import TYPE_CHECKING

from koda.domain.model.payments import EventState
from koda.entrypoints.backends.probe import Warned

if TYPE_CHECKING:
    from koda.entrypoints.wiring.container import Container

LATE = timedelta(hours=1)
"""What is open for longer was cut off; the provider may have given it up."""
_MOST = 1000
"""Messages that are looked at."""
_REMEDY = (
    "look at them with 'koda events --state failed' and 'koda events --state open' or on the page "
    "/admin/events, mend what they tell, then run 'koda events replay'"
)


def try_inbox(container: "Container") -> str | Warned:
    """Tell how many messages failed, and how many wait for longer than an hour."""
    now, pending = container.clock()(), container.payment_inbox().pending(_MOST)
    failed = [entry for entry in pending if entry.state is EventState.FAILED]
    late = [
        entry
        for entry in pending
        if entry.state is EventState.OPEN and entry.received_at < now - LATE
    ]
    if not failed and not late:
        return f"{len(pending)} messages wait"
    bound = f", of the oldest {_MOST}" if len(pending) == _MOST else ""
    said = f"{len(failed)} messages failed and {len(late)} wait for more than an hour{bound}"
    return Warned(said, _REMEDY)
