"""The scenes in which calls fail: each money use case, where most of its calls are made."""

from collections.abc import Callable, Mapping
from contextlib import suppress

from attrs import define, field, frozen

from koda.domain.model.automations import Automation
from koda.domain.model.disputes import DisputeState
from koda.domain.model.errors import EvidenceSent, NotFound, NothingToRefund, Unavailable
from koda.domain.model.identifiers import AccountId, UserId
from koda.domain.model.money import Money
from koda.domain.model.orders import Order
from koda.domain.model.people import Principal
from koda.domain.model.refund_states import RefundState
from koda.domain.model.roles import Role
from koda.domain.usecases.buying.checkout import CheckoutRequest
from koda.domain.usecases.money.assign_refund import RefundAssignment
from koda.domain.usecases.money.refund_purchase import RefundRequest
from koda.entrypoints.wiring.compose import UseCases
from koda.testing.marketplace import Marketplace
from tests.support.sessions import session
from tests.support.windows import order_in_another_window

AGAIN = "the same again"
RECONCILIATION = "a reconciliation"
DECIDED = "a reconciliation, and the same again if it was not decided"
WHY = "A test of what is cut off"
Message = tuple[bytes, Mapping[str, str]]
Action = Callable[[UseCases], object]


@define
class Fixture:
    """A marketplace with two sellers, a buyer and an admin, and what is done in it."""

    market: Marketplace
    things: list[Automation] = field(init=False)
    buyer: Principal = field(init=False)
    admin: Principal = field(init=False)
    act: Action = field(init=False)

    def __attrs_post_init__(self) -> None:
        market = self.market
        sellers = {name: market.ready_seller(name) for name in ("ada", "cyd")}
        self.things = [
            market.list_automation(sellers[name], title=name, price=price)
            for name, price in (("ada", "12.50"), ("ada", "3.33"), ("cyd", "20"))
        ]
        self.buyer, self.admin = market.person("bea"), market.person("joe", Role.ADMIN)
        market.provider.ledger.charge_fee, market.provider.ledger.dispute_fee = 290, 1500

    def paid(self, *numbers: int) -> Order:
        """An order of some things that is paid at the provider, and captured."""
        things = [self.things[number] for number in numbers]
        order = order_in_another_window(self.market, self.buyer, *things)
        self.market.provider.pay(session(order))
        self.market.pass_time(seconds=1)
        return order

    def recorded(self, *numbers: int) -> Order:
        """The same, recorded."""
        order = self.paid(*numbers)
        self.market.record_purchase(session(order))
        return self.market.orders.get(order.id)

    def paid_twice(self, *numbers: int) -> Order:
        """An order that is paid, and another one of its first thing that was recorded before."""
        first, order = self.paid(numbers[0]), self.paid(*numbers)
        self.market.record_purchase(session(first))
        return order

    def told(self, message: Message) -> Action:
        """A message of the provider comes."""
        return lambda use: use.handle_payment_event(*message)


@frozen
class Scene:
    """What is done under a name, and how somebody goes on."""

    name: str
    arrange: Callable[[Fixture], Action]
    recoveries: tuple[str, ...] = (AGAIN, RECONCILIATION)

    def recover(self, fixture: Fixture, how: str) -> None:
        """Let somebody go on in another process."""
        if how != AGAIN:
            fixture.market.reconcile_payments.recent()
        if how != RECONCILIATION:
            # What is done already is refused.
            with suppress(NothingToRefund, EvidenceSent, NotFound):
                fixture.act(fixture.market)

    def begin(self, market: Marketplace) -> Fixture:
        """Everything up to what is done."""
        fixture = Fixture(market)
        fixture.act = self.arrange(fixture)
        return fixture


# --- messages -------------------------------------------------------------------------------------


def _one_seller(fixture: Fixture) -> Action:
    order = fixture.paid(0)
    return fixture.told(fixture.market.provider.event_of(session(order)))


def _two_sellers(fixture: Fixture) -> Action:
    order = fixture.paid_twice(0, 1, 2)
    return fixture.told(fixture.market.provider.event_of(session(order)))


def _refund_by_hand(fixture: Fixture) -> Action:
    order = fixture.recorded(0, 2)
    fixture.market.provider.refund(session(order))
    return fixture.told(fixture.market.provider.charge_event_of(session(order)))


def _refund_that_failed(fixture: Fixture) -> Action:
    order = fixture.recorded(0, 2)
    refund_id = fixture.market.provider.refund(session(order))
    with suppress(Unavailable):
        fixture.market.fail("journal.add").record_purchase(session(order))
    fixture.market.provider.settle_refund(refund_id, RefundState.FAILED)
    return fixture.told(fixture.market.provider.charge_event_of(session(order)))


def _lost_dispute(fixture: Fixture) -> Action:
    order = fixture.recorded(0, 2)
    dispute_id = fixture.market.provider.dispute(session(order), Money(2000, "EUR"))
    fixture.market.provider.move_dispute(dispute_id, DisputeState.LOST)
    return fixture.told(fixture.market.provider.charge_event_of(session(order)))


def _account(fixture: Fixture) -> Action:
    market, seller_id = fixture.market, UserId("user_cyd")
    order = fixture.paid(0, 2)
    market.provider.require(AccountId("acct_cyd"), "papers")
    market.confirm_onboarding(seller_id)
    market.record_purchase(session(order))
    market.provider.complete_onboarding(AccountId("acct_cyd"))
    return fixture.told(market.provider.account_event(AccountId("acct_cyd")))


# --- decisions ------------------------------------------------------------------------------------


def _refund(*numbers: int) -> Callable[[Fixture], Action]:
    def arrange(fixture: Fixture) -> Action:
        request = RefundRequest(fixture.recorded(*numbers).id, 1, WHY)
        return lambda use: use.refund_purchase(fixture.admin, request)

    return arrange


def _assignment(fixture: Fixture) -> Action:
    order = fixture.recorded(0, 2)
    refund_id = fixture.market.provider.refund(session(order), Money(1250, "EUR"))
    fixture.market.record_purchase(session(order))
    assignment = RefundAssignment(order.id, refund_id, {1: "12.50"}, WHY)
    return lambda use: use.assign_refund(fixture.admin, assignment)


def _evidence(fixture: Fixture) -> Action:
    order = fixture.recorded(0)
    dispute_id = fixture.market.provider.dispute(session(order))
    fixture.market.record_purchase(session(order))
    return lambda use: use.submit_evidence(fixture.admin, order.id, dispute_id, WHY)


def _replay(fixture: Fixture) -> Action:
    payload, headers = fixture.market.provider.event_of(session(fixture.paid(0, 2)))
    with suppress(Unavailable):
        fixture.market.fail("orders").handle_payment_event(payload, headers)
    event_id = fixture.market.payment_inbox.pending(1)[0].event_id
    return lambda use: use.replay_payment_event(fixture.admin, event_id, WHY)


# --- what is done by itself, and by buyers --------------------------------------------------------


def _reconciliation(fixture: Fixture) -> Action:
    fixture.paid_twice(0, 2)
    return lambda use: use.reconcile_payments.recent()


def _checkout(fixture: Fixture) -> Action:
    order_in_another_window(fixture.market, fixture.buyer, fixture.things[0])
    basket = tuple(fixture.things[number].id for number in (0, 2))
    return lambda use: use.checkout(fixture.buyer, CheckoutRequest(automation_ids=basket))


SCENES = (
    Scene("Message: one seller was paid", _one_seller),
    Scene("Message: two sellers were paid, one thing twice", _two_sellers),
    Scene("Message: all was refunded by hand", _refund_by_hand),
    Scene("Message: a refund failed, whose reversals were not kept", _refund_that_failed),
    Scene("Message: a dispute was lost", _lost_dispute),
    Scene("Message: an account can receive", _account, (AGAIN,)),
    Scene("Refund of one seller's line", _refund(0), (DECIDED,)),
    Scene("Refund of a line of two sellers' order", _refund(0, 2), (DECIDED,)),
    Scene("Assignment of a refund", _assignment, (DECIDED,)),
    Scene("Evidence in a dispute", _evidence, (AGAIN,)),
    Scene("Replay of a message", _replay),
    Scene("Reconciliation", _reconciliation, (AGAIN,)),
    Scene("Checkout that closes another one", _checkout, (AGAIN,)),
)
