"""Early fraud warnings of payments that are none of the marketplace's."""

from datetime import timedelta

import pytest

from koda.domain.model.errors import NotFound
from koda.domain.model.identifiers import FraudWarningId
from koda.domain.model.periods import Period
from koda.domain.model.unreadable import readable
from koda.testing.contracts.payments_case import PaymentsCase
from paysandbox import Sandbox


def test_warning_of_another_systems_payment_is_nobodys(
    sandbox: Sandbox, case: PaymentsCase
) -> None:
    """Its charge names no order."""
    session_id = case.world.stranger()
    sandbox.pay(session_id)
    warning_id = FraudWarningId(sandbox.warn_of_fraud(session_id)["id"])
    now, day = case.world.now(), timedelta(days=1)

    with pytest.raises(NotFound):
        case.payments.fraud_warning(warning_id)
    told = readable(case.payments.fraud_warnings(Period(now - day, now + day)))
    assert warning_id not in [warning.id for warning in told]
