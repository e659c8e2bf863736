"""Early fraud warnings of payments that are none of the marketplace's."""

from datetime import timedelta

import pytest

from koda.domain.model.errors import NotFound
from koda.domain.model.identifiers import FraudWarningId
from koda.domain.model.periods import Period
from koda.testing.contracts.payments_case import PaymentsCase
from paysandbox import Sandbox
from tests.contract.stripe_world import SITE, client_of


def test_warning_of_another_systems_payment_is_nobodys(
    sandbox: Sandbox, case: PaymentsCase
) -> None:
    """Its charge names no order."""
    session = client_of(sandbox).v1.checkout.sessions.create(
        {
            "mode": "payment",
            "success_url": SITE,
            "line_items": [
                {
                    "quantity": 1,
                    "price_data": {
                        "currency": "eur",
                        "unit_amount": 99,
                        "product_data": {"name": "Mug"},
                    },
                }
            ],
        }
    )
    sandbox.pay(session.id)
    warning_id = FraudWarningId(sandbox.warn_of_fraud(session.id)["id"])
    now, day = case.world.now(), timedelta(days=1)

    with pytest.raises(NotFound):
        case.payments.fraud_warning(warning_id)
    told = case.payments.fraud_warnings(Period(now - day, now + day))
    assert warning_id not in [warning.id for warning in told]
