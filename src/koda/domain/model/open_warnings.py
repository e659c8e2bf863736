"""Early fraud warnings about which something can be done, and what."""

from datetime import datetime
from typing import TYPE_CHECKING

from attrs import evolve, frozen

from koda.domain.model.changes import Change
from koda.domain.model.events import FraudSuspected
from koda.domain.model.fraud_warnings import FraudWarning
from koda.domain.model.sentences import Sentence, sentence
from koda.domain.model.telling import told

if TYPE_CHECKING:
    from koda.domain.model.orders import Order

WHAT_TO_DO: Sentence = sentence(
    "The card's issuer fears that somebody else paid. Refund the payment before it becomes a "
    "dispute, which costs a fee, unless you know that all is well."
)
"""What those who look after a marketplace do about a warning."""


@frozen
class OpenWarning:
    """A warning about an order that can be refunded still."""

    order: "Order"
    warning: FraudWarning

    @property
    def what_to_do(self) -> Sentence:
        """What those who look after the marketplace do about it."""
        return WHAT_TO_DO


def knows(order: "Order", warning: FraudWarning) -> bool:
    """Whether an order has a warning already."""
    return any(known.id == warning.id for known in order.settlement.warnings)


def with_warning(order: "Order", warning: FraudWarning, now: datetime) -> "Change[Order]":
    """An order with one more warning."""
    settlement = order.settlement
    warned = evolve(settlement, warnings=(*settlement.warnings, warning))
    suspected = FraudSuspected(
        order_id=order.id,
        warning_id=warning.id,
        suspicion=warning.kind,
        warned_at=warning.warned_at,
        **told("order", order.id, order.revision + 1, now),
    )
    return Change(evolve(order, settlement=warned), (suspected,))


def open_warnings(order: "Order") -> tuple[FraudWarning, ...]:
    """The warnings about an order of which nothing came yet: no dispute, and no whole refund."""
    settlement = order.settlement
    over = settlement.disputes or order.refunded == order.total
    return () if over else settlement.warnings
