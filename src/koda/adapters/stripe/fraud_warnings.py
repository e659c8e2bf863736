"""Early fraud warnings at Stripe Radar."""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from typing import Any

import stripe

from koda.adapters.stripe.errors import translated
from koda.adapters.stripe.keys import PAGE, matches
from koda.adapters.stripe.notes import ORDER_NOTE, note
from koda.adapters.stripe.ranges import seconds_of
from koda.adapters.stripe.unreadable import read
from koda.domain.model.errors import NotFound
from koda.domain.model.fraud_warnings import FraudWarning
from koda.domain.model.identifiers import FraudWarningId, OrderId
from koda.domain.model.periods import Period
from koda.domain.model.unreadable import Unreadable, UnreadableKind

WARNING = "issfr"
"""How the ids of early fraud warnings begin."""


def find_warning(client: stripe.StripeClient, warning_id: FraudWarningId) -> FraudWarning:
    """A warning with the order that its charge names; raises `NotFound` if there is none."""
    unknown = NotFound("fraud warning", warning_id)
    if not matches(WARNING, warning_id):
        raise unknown
    with translated(unknown):
        warning = _warning_of(
            client.v1.radar.early_fraud_warnings.retrieve(warning_id, {"expand": ["charge"]})
        )
    if warning is None:
        raise unknown
    return warning


def warnings_of(client: stripe.StripeClient, period: Period) -> Iterator[FraudWarning | Unreadable]:
    """The warnings of a period about charges that name an order."""
    since, until = seconds_of(period)
    with translated():
        listed = client.v1.radar.early_fraud_warnings.list(
            {
                "created": {"gte": since, "lt": until},
                "expand": ["data.charge"],
                "limit": PAGE,
            }
        )
        for listed_warning in listed.auto_paging_iter():
            reading = partial(_warning_of, listed_warning)
            warning = read(UnreadableKind.FRAUD_WARNING, listed_warning, reading)
            if warning is not None:
                yield warning


def _warning_of(warning: Any) -> FraudWarning | None:
    order_id = note(warning.charge, ORDER_NOTE)
    if not order_id:
        return None
    return FraudWarning(
        FraudWarningId(warning.id),
        OrderId(order_id),
        warning.fraud_type,
        datetime.fromtimestamp(warning.created, UTC),
    )
