from collections.abc import Iterator

import pytest
import stripe
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from packages.paysandbox.tests.arrange import connect, open_seller, session_of
from paysandbox import Sandbox
from paysandbox.clock import SandboxClock
from paysandbox.errors import ApiError
from paysandbox.ledger import PLATFORM, WORLD, Ledger, Posting, UnbalancedError
from paysandbox.state import State

REFUSALS = (ApiError, LookupError, stripe.InvalidRequestError)


@pytest.fixture
def ledger() -> Iterator[Ledger]:
    """An empty ledger."""
    state = State()
    yield Ledger(state, SandboxClock(state))
    state.close()


def test_entry_must_sum_to_zero(ledger: Ledger) -> None:
    """Otherwise nothing is recorded."""
    with pytest.raises(UnbalancedError):
        ledger.post("eur", Posting(WORLD, -100), Posting(PLATFORM, 99, "charge", "ch_1"))

    assert ledger.balances() == {}


@pytest.mark.parametrize(
    ("kind", "change"),
    [("posting", {"net": 1}), ("balance", {"amount": 1}), ("balance_transaction", {"net": 1})],
)
def test_tampering_is_found(ledger: Ledger, kind: str, change: dict[str, int]) -> None:
    """With postings, balances and balance transactions alike."""
    ledger.post("eur", Posting(WORLD, -100), Posting(PLATFORM, 100, "charge", "ch_1"))
    ledger.assert_balanced()

    row = ledger.state.find(kind)[-1]
    ledger.state.put(kind, row | change)

    with pytest.raises(UnbalancedError):
        ledger.assert_balanced()


class Money(RuleBasedStateMachine):
    """Whatever is done in whatever order, money is neither made nor lost."""

    payments = Bundle("payments")

    @initialize()
    def open(self) -> None:
        """Two sellers on a fresh sandbox that takes its time and its fees."""
        self.sandbox = Sandbox.start(
            people=(),
            capture_delay=60,
            available_delay=3600,
            fee_basis_points=290,
            dispute_fee=1500,
        )
        self.sandbox.clock.fix(1_800_000_000)
        self.client = connect(self.sandbox)
        self.sellers = [open_seller(self.sandbox, self.client) for _ in range(2)]

    @rule(target=payments, price=st.integers(50, 5000), fee=st.integers(0, 5000))
    def buy_from_one(self, price: int, fee: int) -> str:
        """A destination charge."""
        data = {
            "application_fee_amount": min(fee, price),
            "transfer_data": {"destination": self.sellers[0]},
        }
        return self.checkout(price, data)

    @rule(target=payments, price=st.integers(50, 5000))
    def buy_from_several(self, price: int) -> str:
        """A charge of the platform's own."""
        return self.checkout(price, {"transfer_group": "g"})

    def checkout(self, price: int, data: object) -> str:
        """A session that is paid."""
        params = session_of(price, payment_intent_data=data)
        session = self.client.v1.checkout.sessions.create(params)
        self.sandbox.pay(session.id)
        return session.id

    @rule(target=payments, price=st.integers(50, 500), succeed=st.booleans())
    def buy_later(self, price: int, succeed: bool) -> str:
        """A payment that arrives or fails afterwards."""
        session = self.client.v1.checkout.sessions.create(session_of(price))
        self.sandbox.pay_later(session.id)
        self.sandbox.settle(session.id, succeed=succeed)
        return session.id

    @rule(target=payments, price=st.integers(50, 500), outcome=st.sampled_from([None, True, False]))
    def buy_by_voucher(self, price: int, outcome: bool | None) -> str:
        """A voucher that is paid, expires, or is still out."""
        session = self.client.v1.checkout.sessions.create(session_of(price))
        self.sandbox.pay_by_voucher(session.id)
        if outcome is not None:
            self.sandbox.settle(session.id, succeed=outcome)
        return session.id

    @rule(payment=payments)
    def capture(self, payment: str) -> None:
        """The money of a charge arrives before its time."""
        self.attempt(lambda: self.sandbox.capture(payment))

    @rule(seconds=st.sampled_from([1, 60, 3600]))
    def wait(self, seconds: int) -> None:
        """Captures, pending money and pending refunds come due."""
        self.sandbox.clock.advance(seconds)

    @rule(amount=st.integers(1, 5000))
    def top_up(self, amount: int) -> None:
        """The platform puts money of its own in."""
        self.sandbox.top_up(amount)

    @rule(payment=payments, amount=st.integers(1, 4000), place=st.integers(0, 1))
    def transfer(self, payment: str, amount: int, place: int) -> None:
        """From the charge to a seller, if it still covers it."""
        sessions = self.sandbox.objects("checkout.session")
        intent = next(row["payment_intent"] for row in sessions if row["id"] == payment)
        source = self.client.v1.payment_intents.retrieve(intent).latest_charge
        self.attempt(
            lambda: self.client.v1.transfers.create(
                {
                    "amount": amount,
                    "currency": "eur",
                    "destination": self.sellers[place],
                    "source_transaction": str(source),
                }
            )
        )

    @rule(place=st.integers(0, 9), amount=st.integers(1, 4000))
    def reverse(self, place: int, amount: int) -> None:
        """A part of a transfer, automatic or not."""
        transfers = self.sandbox.objects("transfer")
        if transfers:
            transfer = transfers[place % len(transfers)]["id"]
            create = self.client.v1.transfers.reversals.create
            self.attempt(lambda: create(transfer, {"amount": amount}))

    @rule(status=st.sampled_from(["succeeded", "pending", "requires_action", "failed"]))
    def plan_refund(self, status: str) -> None:
        """How the next refund goes."""
        self.sandbox.plan_refund(status)

    @rule(payment=payments, amount=st.integers(1, 5000), ours=st.booleans(), fee=st.booleans())
    def refund(self, payment: str, amount: int, ours: bool, fee: bool) -> None:
        """A part, with or without the seller's."""
        self.attempt(
            lambda: self.sandbox.refund(
                payment, amount, reverse_transfer=ours, refund_application_fee=fee
            )
        )

    @rule(place=st.integers(0, 9), status=st.sampled_from(["succeeded", "failed", "canceled"]))
    def settle_refund(self, place: int, status: str) -> None:
        """One of the refunds ends."""
        refunds = self.sandbox.objects("refund")
        if refunds:
            refund = refunds[place % len(refunds)]["id"]
            self.attempt(lambda: self.sandbox.settle_refund(refund, status))

    @rule(
        payment=payments,
        amount=st.none() | st.integers(1, 500),
        status=st.sampled_from(["needs_response", "warning_needs_response", "prevented"]),
    )
    def dispute(self, payment: str, amount: int | None, status: str) -> None:
        """All that remains, or a part."""
        self.attempt(lambda: self.sandbox.dispute(payment, amount=amount, status=status))

    @rule(payment=payments)
    def escalate(self, payment: str) -> None:
        """An inquiry becomes a dispute."""
        self.attempt(lambda: self.sandbox.escalate(payment))

    @rule(payment=payments, won=st.booleans())
    def decide(self, payment: str, won: bool) -> None:
        """Won or lost."""
        self.attempt(lambda: self.sandbox.close_dispute(payment, won=won))

    @rule(place=st.integers(0, 1), amount=st.integers(1, 3000))
    def pay_out(self, place: int, amount: int) -> None:
        """What a seller can spend, as far as it goes."""
        seller = self.sellers[place]
        available = self.sandbox.world.ledger.available_to(seller, "eur")
        self.sandbox.pay_out(seller, max(0, min(amount, available)))

    @staticmethod
    def attempt(action: object) -> None:
        """Do it unless the sandbox rightly refuses."""
        assert callable(action)
        try:
            action()
        except REFUSALS:
            return

    @invariant()
    def ledger_balances(self) -> None:
        """Postings, balances and transactions agree, and all accounts sum to zero."""
        if hasattr(self, "sandbox"):
            self.sandbox.assert_balanced()
            amounts = [sum(row.values()) for row in self.sandbox.balances().values()]
            assert sum(amounts) == 0

    @invariant()
    def refunds_add_up(self) -> None:
        """A charge counts the refunds that did not fail; what is paid has a balance transaction."""
        if not hasattr(self, "sandbox"):
            return
        refunds = self.sandbox.objects("refund")
        for charge in self.sandbox.objects("charge"):
            alive = [
                row["amount"]
                for row in refunds
                if row["charge"] == charge["id"] and row["status"] not in {"failed", "canceled"}
            ]
            assert charge["amount_refunded"] == sum(alive)
        assert all(row["balance_transaction"] for row in refunds if row["status"] == "succeeded")

    @invariant()
    def transfers_are_covered(self) -> None:
        """Transfers out of a charge never exceed it, nor refunds."""
        if not hasattr(self, "sandbox"):
            return
        transfers = self.sandbox.objects("transfer")
        for charge in self.sandbox.objects("charge"):
            moved = [row for row in transfers if row["source_transaction"] == charge["id"]]
            assert sum(row["amount"] for row in moved) <= charge["amount"]
            assert charge["amount_refunded"] <= charge["amount"]

    def teardown(self) -> None:
        """Stop the sandbox."""
        if hasattr(self, "sandbox"):
            self.sandbox.stop()


def test_money_is_neither_made_nor_lost() -> None:
    """Over random lives of a marketplace."""
    run_state_machine_as_test(
        Money,
        settings=settings(
            max_examples=12,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
