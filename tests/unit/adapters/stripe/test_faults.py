"""Every method of both ports at every fault of the sandbox, at each of its requests."""

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import Any

import pytest
from attrs import field, frozen

from koda.adapters.stripe.errors import KeyRefused
from koda.adapters.stripe.payout_accounts import StripePayoutAccounts
from koda.adapters.stripe.provider_ledger import StripeLedger
from koda.domain.model.errors import PaymentRefused, Unavailable
from koda.domain.model.evidence import Evidence
from koda.domain.model.identifiers import AccountId
from koda.domain.model.money import Money
from koda.domain.model.movements import Reversal
from koda.domain.model.periods import Period
from koda.testing.contracts.payments_case import PaymentsCase
from koda.testing.contracts.payout_accounts import a_user
from paysandbox import Sandbox
from tests.contract.stripe_world import HOME, StripeWorld, accounts_of, client_of, payments_of

Call = Callable[[], object]


@frozen
class Trouble:
    """A fault of the sandbox, and after how many seconds to come again."""

    kind: str
    wait: int = 5
    options: Mapping[str, Any] = field(factory=dict)

    def __str__(self) -> str:
        return f"{self.kind}{''.join(f'-{value}' for value in self.options.values())}"


TROUBLES = (
    Trouble("status=409", wait=1),
    Trouble("status=429"),
    Trouble("status=429", wait=7, options={"retry_after": 7}),
    Trouble("status=500"),
    Trouble("status=503"),
    Trouble("html", options={"status": 200}),
    Trouble("html", options={"status": 502}),
    Trouble("truncated"),
    Trouble("error_string", options={"status": 200}),
    Trouble("error_string", options={"status": 500}),
    Trouble("foreign"),
    Trouble("timeout", options={"seconds": 0.01}),
    Trouble("reset"),
    Trouble("no_answer"),
)
"""What may go away by itself."""
REFUSALS = {
    "status=400": PaymentRefused,
    "status=402": PaymentRefused,
    "status=404": PaymentRefused,
    "status=401": KeyRefused,
    "status=403": KeyRefused,
}
"""What does not."""


@frozen
class Scene:
    """The adapters, and what their methods are called with: made anew for each call."""

    case: PaymentsCase
    accounts: StripePayoutAccounts
    ledger: StripeLedger

    def opening(self) -> Call:
        """Open the checkout of a new order."""
        order = self.case.order(("ada", 1250))
        return lambda: self.case.open(order)

    def finding(self) -> Call:
        """Look a checkout up."""
        session = self.case.open(self.case.order(("ada", 1250)))
        return lambda: self.case.payments.find(session.id)

    def closing(self) -> Call:
        """Close a new checkout."""
        session = self.case.open(self.case.order(("ada", 1250)))
        return lambda: self.case.payments.close_checkout(session.id)

    def passing_on(self) -> Call:
        """Transfer a share of a new order."""
        transfer = self.case.paid(("ada", 1250), ("cid", 333)).transfers()[0]
        return lambda: self.case.transferred(transfer)

    def taking_back(self) -> Call:
        """Take a part of a new transfer back."""
        transfer_id = self.case.passed_on(self.case.paid(("ada", 1250), ("cid", 333)))
        reversal = Reversal(transfer_id, Money(5, "EUR"))
        return lambda: self.case.payments.reverse(reversal)

    def refunding(self, *sold: tuple[str, int]) -> Call:
        """Give a part of a new order back."""
        refund = self.case.paid(*sold).refund()
        return lambda: self.case.payments.refund(refund)

    def answering(self) -> Call:
        """Send evidence for a new dispute."""
        dispute_id = self.case.world.dispute(self.case.paid(("ada", 1250)).payment.session_id)
        evidence = Evidence("paid", "a workflow", "never", self.case.world.now())
        return lambda: self.case.payments.submit_evidence(dispute_id, evidence)

    def onboarding(self) -> Call:
        """Open the account of a new user."""
        user_id = a_user()
        return lambda: self.accounts.open(user_id, None, HOME)

    def rebuilding(self) -> Call:
        """Read the order of a new session back."""
        session = self.case.open(self.case.order(("ada", 1250)))
        return lambda: self.case.payments.order_sold(session.id)

    def listing(self, ask: Callable[[Period], Iterator[object]]) -> Call:
        """Read the first page of the last day."""
        now, day = self.case.world.now(), timedelta(days=1)
        return lambda: next(ask(Period(now - day, now)), None)

    def asking(self, ask: Callable[[AccountId], object]) -> Call:
        """Ask about an account."""
        account_id = self.case.account("ada")
        return lambda: ask(account_id)


@frozen
class Method:
    """How a method is called, how many requests it makes, and what it leaves at Stripe."""

    prepare: Callable[[Scene], Call]
    requests: int = 1
    leaves: tuple[str, ...] = ()


METHODS = {
    "open_checkout": Method(Scene.opening, leaves=("checkout.session",)),
    "close_checkout": Method(Scene.closing, 3),
    "find": Method(Scene.finding),
    "transfer": Method(Scene.passing_on, 2, ("transfer",)),
    "reverse": Method(Scene.taking_back, 2, ("transfer_reversal",)),
    "refund": Method(lambda on: on.refunding(("ada", 1250), ("cid", 333)), 2, ("refund",)),
    "refund by the seller": Method(
        lambda on: on.refunding(("ada", 1250), ("ada", 333)), 3, ("fee_refund", "refund")
    ),
    "opened": Method(lambda on: on.listing(on.case.payments.opened)),
    "submit_evidence": Method(Scene.answering),
    "order_sold": Method(Scene.rebuilding, 2),
    "lines": Method(lambda on: on.listing(on.ledger.lines)),
    "balances": Method(lambda on: on.ledger.balances),
    "open": Method(Scene.onboarding, leaves=("account",)),
    "onboarding_link": Method(lambda on: on.asking(on.accounts.onboarding_link)),
    "status": Method(lambda on: on.asking(on.accounts.status)),
    "dashboard_link": Method(lambda on: on.asking(on.accounts.dashboard_link)),
}
STEPS = [
    pytest.param(method, step, id=f"{name}-{step + 1}")
    for name, method in METHODS.items()
    for step in range(method.requests)
]


@pytest.fixture(scope="module")
def stage(running: Sandbox) -> Iterator[Scene]:
    """The adapters at a sandbox whose books are right in the end."""
    case = PaymentsCase(payments_of(running), StripeWorld(running))
    yield Scene(case, accounts_of(running), StripeLedger(client_of(running)))
    running.assert_balanced()


def left(sandbox: Sandbox, method: Method) -> list[int]:
    """How much of what the method makes there is."""
    return [len(sandbox.objects(kind)) for kind in method.leaves]


@pytest.mark.parametrize("name", METHODS)
def test_method_makes_as_many_requests_as_are_tried(
    running: Sandbox, stage: Scene, name: str
) -> None:
    """So that no request of a method is left out below."""
    call = METHODS[name].prepare(stage)
    running.forget_requests()
    call()

    assert len(running.requests) == METHODS[name].requests


@pytest.mark.parametrize("after_commit", [False, True], ids=["undone", "done"])
@pytest.mark.parametrize("trouble", TROUBLES, ids=str)
@pytest.mark.parametrize(("method", "step"), STEPS)
def test_every_trouble_is_unavailable_and_a_repeat_has_one_effect(
    running: Sandbox,
    stage: Scene,
    method: Method,
    step: int,
    trouble: Trouble,
    *,
    after_commit: bool,
) -> None:
    """Whatever goes wrong at whatever request, done or not, says when to come again."""
    call = method.prepare(stage)
    before = left(running, method)
    options = {"skip": step, "after_commit": after_commit, **trouble.options}
    running.faults.next("* /v1/*", trouble.kind, **options)

    with pytest.raises(Unavailable) as caught:
        call()
    call()

    assert caught.value.__cause__ is not None
    assert type(caught.value) is Unavailable
    assert caught.value.retry_after == trouble.wait
    assert left(running, method) == [count + 1 for count in before]


@pytest.mark.parametrize(("kind", "error"), REFUSALS.items())
@pytest.mark.parametrize(("method", "step"), STEPS)
def test_every_refusal_is_kodas_own_and_changes_nothing(
    running: Sandbox,
    stage: Scene,
    method: Method,
    step: int,
    kind: str,
    error: type[Exception],
) -> None:
    """A refused card, request or key; where the reason is gone, a repeat succeeds."""
    call = method.prepare(stage)
    running.faults.next("* /v1/*", kind, skip=step)

    with pytest.raises(error):
        call()
    call()
