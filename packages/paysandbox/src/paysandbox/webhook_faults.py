"""Fault injection for webhook messages: duplicates, delays, losses, other orders."""

import threading
from fnmatch import fnmatchcase

from attrs import define, field, validators

KINDS = frozenset({"duplicate", "delay", "drop", "reorder"})


@define
class WebhookFault:
    """One planned piece of webhook_faults.

    Args:
        pattern: the event type, as in `checkout.session.completed`; `*` stands for anything.
        kind: `duplicate` (`copies` messages), `delay` (by `seconds`), `drop` (never sent), or
            `reorder` (the next message to the endpoint passes this one).
        times: how many events meet it.
        copies: how many messages a duplicate makes.
        seconds: how long a delay is.
    """

    pattern: str
    kind: str = field(validator=validators.in_(KINDS))
    times: int = 1
    copies: int = 2
    seconds: float = 0.5

    def verdict(self) -> tuple[int, float, str]:
        """Copies, delay in seconds, and the state in which the delivery starts."""
        state = {"drop": "dropped", "reorder": "waiting"}.get(self.kind, "queued")
        copies = self.copies if self.kind == "duplicate" else 1
        return copies, self.seconds if self.kind == "delay" else 0.0, state


@define
class WebhookFaults:
    """The planned faults, played in the order in which they were planned."""

    _planned: list[WebhookFault] = field(factory=list, init=False)
    _lock: threading.Lock = field(factory=threading.Lock, init=False)

    def plan(self, fault: WebhookFault) -> None:
        """Add a fault behind those already planned."""
        with self._lock:
            self._planned.append(fault)

    def clear(self) -> None:
        """Forget all faults that are still planned."""
        with self._lock:
            self._planned.clear()

    def judge(self, event_type: str) -> tuple[int, float, str]:
        """Copies, delay in seconds, and first state of an event's deliveries."""
        with self._lock:
            for fault in self._planned:
                if fnmatchcase(event_type, fault.pattern):
                    return self._apply(fault)
        return 1, 0.0, "queued"

    def _apply(self, fault: WebhookFault) -> tuple[int, float, str]:
        fault.times -= 1
        if not fault.times:
            self._planned.remove(fault)
        return fault.verdict()
