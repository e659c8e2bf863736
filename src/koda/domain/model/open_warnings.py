"""Early fraud warnings about which something can be done, and what."""

from typing import TYPE_CHECKING

from attrs import evolve, frozen

from koda.domain.model.fraud_warnings import FraudWarning
from koda.domain.model.sentences import Sentence, sentence

if TYPE_CHECKING:
    from koda.domain.model.orders import Order
    from koda.domain.model.settlements import Settlement

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


def with_warning(settlement: "Settlement", warning: FraudWarning) -> "Settlement":
    """A settlement with one more warning; one that it knows changes nothing."""
    if any(known.id == warning.id for known in settlement.warnings):
        return settlement
    return evolve(settlement, warnings=(*settlement.warnings, warning))


def open_warnings(order: "Order") -> tuple[FraudWarning, ...]:
    """The warnings about an order of which nothing came yet: no dispute, and no whole refund."""
    settlement = order.settlement
    over = settlement.disputes or order.refunded == order.total
    return () if over else settlement.warnings
