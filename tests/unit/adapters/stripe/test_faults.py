from collections.abc import Callable

import pytest

from koda.adapters.stripe.payout_accounts import StripePayoutAccounts
from koda.domain.model.errors import Unavailable
from koda.domain.model.identifiers import UserId
from koda.domain.model.money import Money
from koda.domain.model.payments import Reversal
from koda.sandbox import Sandbox
from koda.testing.contracts.payments_case import PaidOrder, PaymentsCase
from tests.contract.stripe_world import HOME, StripeWorld, accounts_of, payments_of

KINDS = (
    "status=500",
    "status=503",
    "status=409",
    "status=429",
    "html",
    "truncated",
    "error_string",
    "reset",
    "no_answer",
)


@pytest.fixture(scope="module")
def stage(running: Sandbox) -> tuple[PaymentsCase, PaidOrder]:
    """A paid order of two sellers that nothing has happened to yet."""
    case = PaymentsCase(payments_of(running), StripeWorld(running))
    return case, case.paid(("ada", 9000), ("cid", 9000))


Call = Callable[[PaymentsCase, StripePayoutAccounts, PaidOrder], object]

CALLS: dict[str, Call] = {
    "open_checkout": lambda case, _, paid: case.open(paid.order),
    "find": lambda case, _, paid: case.payments.find(paid.payment.session_id),
    "transfer": lambda case, _, paid: case.payments.transfer(paid.transfers()[1]),
    "reverse": lambda case, _, paid: case.payments.reverse(
        Reversal(case.passed_on(paid), "line-1", Money(5, "EUR"))
    ),
    "refund": lambda case, _, paid: case.payments.refund(paid.refund()),
    "recent": lambda case, _, paid: list(case.payments.recent(paid.order.created_at)),
    "open": lambda _, accounts, paid: accounts.open(UserId(f"user_{paid.order.id}"), None, HOME),
    "onboarding_link": lambda case, accounts, _: accounts.onboarding_link(case.account("ada")),
    "status": lambda case, accounts, _: accounts.status(case.account("ada")),
    "dashboard_link": lambda case, accounts, _: accounts.dashboard_link(case.account("ada")),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", CALLS)
def test_every_trouble_is_unavailable_and_passes(
    sandbox: Sandbox, stage: tuple[PaymentsCase, PaidOrder], name: str, kind: str
) -> None:
    """Whatever goes wrong at whatever call, it is Koda's error, and the next try succeeds."""
    case, paid = stage
    accounts = accounts_of(sandbox)
    sandbox.faults.next("* /v1/*", kind)

    with pytest.raises(Unavailable) as caught:
        CALLS[name](case, accounts, paid)
    assert caught.value.__cause__ is not None
    CALLS[name](case, accounts, paid)
