"""Early fraud warnings: a card's issuer fears fraud, and nobody disputes the payment yet."""

from datetime import datetime

from attrs import field, frozen

from koda.domain.model.identifiers import FraudWarningId, OrderId
from koda.domain.model.validation import identifier, utc


@frozen
class FraudWarning:
    """An early fraud warning about the payment of an order, given at a time (UTC).

    `kind` is the provider's word for what the issuer fears.
    """

    id: FraudWarningId = field(validator=identifier)
    order_id: OrderId = field(validator=identifier)
    kind: str = field(validator=identifier)
    warned_at: datetime = field(validator=utc)
