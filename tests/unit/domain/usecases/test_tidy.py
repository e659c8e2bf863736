from datetime import datetime, timedelta

import pytest
from attrs import evolve

from koda.adapters.memory.automations import MemoryAutomations
from koda.adapters.memory.clock import FixedClock
from koda.adapters.memory.files import MemoryFiles
from koda.adapters.memory.orders import MemoryOrders
from koda.domain.model.automations import Automation
from koda.domain.model.checkouts import CheckoutSession
from koda.domain.model.errors import NotFound, Refused
from koda.domain.model.identifiers import CheckoutSessionId, EventId, FileKey
from koda.domain.model.money import Money
from koda.domain.model.orders import Order, OrderState
from koda.domain.model.payments import CheckoutChanged
from koda.domain.model.people import Principal
from koda.domain.usecases.operations.tidy import Tidied
from koda.testing.examples import NOON, an_order
from koda.testing.marketplace import Marketplace
from tests.support.sessions import session
from tests.support.windows import order_in_another_window


class OvertakenOrders(MemoryOrders):
    """A store in which somebody else is faster than whoever drops an order."""

    def drop(self, order: Order) -> None:
        """Let the other one drop it first."""
        super().drop(order)
        super().drop(order)


NOTHING = Tidied(0, 0, 0, 0, 0, 0)


def test_an_upload_never_listed_goes_an_hour_after_its_end(
    market: Marketplace, ada: Principal
) -> None:
    """Its bytes a day later, since those that were looked into may be listed for so long."""
    key = market.uploads.get(market.upload(ada)).pending_key
    market.pass_time(minutes=70)
    assert market.tidy() == NOTHING
    market.pass_time(milliseconds=1)

    assert market.tidy(dry_run=True) == Tidied(1, 0, 0, 0, 0, 0)
    assert market.tidy() == Tidied(1, 0, 0, 0, 0, 0)
    market.pass_time(days=1)
    assert market.tidy(dry_run=True) == Tidied(0, 1, 0, 0, 0, 0)
    assert market.files.stat(key) is not None
    assert market.tidy() == Tidied(0, 1, 0, 0, 0, 0)
    assert market.tidy() == market.tidy(dry_run=True) == NOTHING
    assert market.files.stat(key) is None


def test_what_is_listed_stays(market: Marketplace, bea: Principal, poster: Automation) -> None:
    """Its ticket and pending bytes go, and its buyers have their file for good."""
    market.buy(bea, poster)
    market.pass_time(days=400)

    assert market.tidy() == Tidied(1, 1, 0, 0, 1, 6, payloads=1)
    assert market.files.stat(poster.latest.file.key) is not None
    assert market.authorize_download(bea, poster.id).file_name == "flow.json"


def test_a_live_ticket_can_be_used_whatever_is_tidied(market: Marketplace, ada: Principal) -> None:
    """Bytes that came early in the life of a ticket are as safe as its last ones."""
    early = market.upload(ada)
    market.pass_time(minutes=9, seconds=59)
    market.tidy()

    assert market.accept_upload.artifact(ada, early).file.name == "flow.json"


def test_a_ticket_that_is_gone_is_not_found(market: Marketplace, ada: Principal) -> None:
    """Its owner has been told for an hour before that it expired."""
    upload = market.upload(ada)
    market.pass_time(hours=2)
    market.tidy()

    with pytest.raises(NotFound):
        market.accept_upload.artifact(ada, upload)


def test_an_order_never_paid_goes_after_thirty_days(
    market: Marketplace, bea: Principal, poster: Automation
) -> None:
    """The provider is asked first, unless nothing shall change."""
    order = market.order(bea, poster)
    market.pass_time(days=30)
    market.tidy()
    assert market.orders.get(order.id).state is OrderState.OPEN
    market.pass_time(milliseconds=1)

    assert market.tidy(dry_run=True) == Tidied(0, 0, 0, 1, 0, 3)
    assert market.orders.get(order.id).state is OrderState.OPEN
    assert market.tidy() == Tidied(0, 0, 0, 1, 0, 3)
    assert market.tidy() == market.tidy(dry_run=True) == NOTHING
    with pytest.raises(NotFound):
        market.orders.get(order.id)


def test_an_order_that_was_paid_is_recorded_instead(
    market: Marketplace, bea: Principal, poster: Automation
) -> None:
    """No message came, and nobody looked."""
    order = market.order(bea, poster)
    market.provider.pay(session(order))
    market.pass_time(days=40)

    assert market.tidy().orders == 0
    assert market.orders.get(order.id).settled
    assert market.authorize_download(bea, poster.id).file_name == "flow.json"


def test_an_order_that_may_still_be_paid_stays(
    market: Marketplace, bea: Principal, poster: Automation
) -> None:
    """However old: a bank is at it."""
    order = market.order(bea, poster)
    market.provider.pay_later(session(order))
    market.pass_time(days=400)
    assert market.tidy().orders == 0

    market.provider.settle(session(order), succeed=False)
    assert market.tidy().orders == 1


def test_an_order_without_a_checkout_goes(market: Marketplace) -> None:
    """It was written, and the process died before it asked the provider."""
    market.orders.add(an_order())
    market.pass_time(days=31)

    assert market.tidy().orders == 1


@pytest.mark.parametrize(
    ("state", "dropped"), [(OrderState.OPEN, 0), (OrderState.EXPIRED, 1), (OrderState.FAILED, 1)]
)
def test_an_order_of_a_session_that_the_provider_does_not_know_goes_once_it_was_closed(
    market: Marketplace, state: OrderState, dropped: int
) -> None:
    """An open one may have been paid, such as at another account of the provider's."""
    checkout = CheckoutSession(CheckoutSessionId("cs_forgotten"), "https://pay.example", NOON)
    market.orders.add(an_order(checkout=checkout, state=state))
    market.pass_time(days=31)

    assert market.tidy().orders == dropped


def test_an_order_that_needs_somebody_stays_and_holds_up_no_other(
    market: Marketplace,
    bea: Principal,
    poster: Automation,
    mailer: Automation,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """It is told in the log."""
    differs = market.order(bea, poster, mailer)
    unpaid = order_in_another_window(market, bea, poster)
    market.provider.pay(session(differs))
    lines = (evolve(differs.lines[0], price=Money(1, "EUR"), fee=Money(0, "EUR")),)
    market.orders.save(evolve(differs, lines=lines))
    market.pass_time(days=31)

    assert market.tidy().orders == 1
    assert market.orders.get(differs.id).state is OrderState.OPEN
    assert f"Order {differs.id} may be paid, and somebody must look at it" in caplog.text
    with pytest.raises(NotFound):
        market.orders.get(unpaid.id)


def test_somebody_who_was_faster_is_no_fault(market: Marketplace) -> None:
    """Another run dropped the order between two steps of this one."""
    orders = OvertakenOrders()
    orders.add(an_order())
    market.pass_time(days=31)

    assert market.but(orders=orders).tidy().orders == 0
    assert list(orders.unpaid(market.clock())) == []


def test_messages_go_ninety_days_after_their_payloads(
    market: Marketplace, bea: Principal, poster: Automation
) -> None:
    """Those that were handled; one that failed waits for somebody."""
    market.payment_inbox.open(
        CheckoutChanged(EventId("evt_failed"), "checkout.completed", CheckoutSessionId("cs_1")),
        b"{}",
        market.clock(),
    )
    market.payment_inbox.failed(EventId("evt_failed"), "It broke.")
    market.buy(bea, poster)
    market.tidy()
    market.pass_time(days=180)
    assert market.tidy().payloads == 0
    market.pass_time(milliseconds=1)
    assert market.tidy(dry_run=True).payloads == 1
    assert (market.tidy().payloads, market.tidy().payloads) == (1, 0)
    assert market.payment_inbox.payload(EventId("evt_failed")) == b"{}"
    market.pass_time(days=90)
    market.clock.advance(-timedelta(milliseconds=1))
    assert market.tidy().messages == 0
    market.pass_time(milliseconds=1)

    assert market.tidy(dry_run=True).messages == 1
    assert market.tidy().messages == 1
    assert market.tidy().messages == 0
    assert [entry.event_id for entry in market.payment_inbox.pending(5)] == ["evt_failed"]


def test_kept_files_that_no_listing_refers_to_go(
    market: Marketplace, ada: Principal, poster: Automation
) -> None:
    """A day after a ticket that tells of them has ended; those of listings stay."""
    lost = market.accept_upload.artifact(ada, market.upload(ada, b'{"lost": 1}')).file
    market.pass_time(days=2, minutes=10)
    assert market.tidy().files == 0
    market.pass_time(milliseconds=1)

    assert market.tidy(dry_run=True).files == 1
    assert market.files.stat(lost.key) is not None
    assert market.tidy().files == 1
    assert market.tidy().files == market.tidy(dry_run=True).files == 0
    assert market.files.stat(lost.key) is None
    assert market.files.stat(poster.latest.file.key) is not None


def test_a_file_that_was_just_kept_again_stays(
    market: Marketplace, ada: Principal, poster: Automation
) -> None:
    """However long ago it was first kept: its listing is about to be written."""
    market.accept_upload.artifact(ada, market.upload(ada, b'{"again": 1}'))
    market.pass_time(days=400)
    again = market.accept_upload.artifact(ada, market.upload(ada, b'{"again": 1}')).file

    assert market.tidy().files == 0
    assert market.files.stat(again.key) is not None


def test_files_of_another_store_stay(
    market: Marketplace, poster: Automation, caplog: pytest.LogCaptureFixture
) -> None:
    """Where no listing refers to any of them, somebody named the wrong database."""
    caplog.set_level("INFO")
    market.pass_time(days=400)
    other = market.but(automations=MemoryAutomations())

    assert other.tidy(dry_run=True).files == other.tidy().files == 0
    assert market.files.stat(poster.latest.file.key) is not None
    assert "No listing refers to any of the kept files" in caplog.text


class LockedFiles(MemoryFiles):
    """A store whose keys may not remove kept files."""

    def drop(self, key: FileKey, before: datetime) -> bool:
        """Refuse it."""
        raise Refused("file store")


def test_a_store_that_refuses_is_told_and_stops_nothing_else() -> None:
    """The machines that serve need not have the right to delete what was listed."""
    clock = FixedClock(NOON)
    market = Marketplace(clock=clock, files=LockedFiles(clock))
    seller = market.ready_seller("ada")
    market.list_automation(seller)
    market.accept_upload.artifact(seller, market.upload(seller, b'{"lost": 1}'))
    market.pass_time(days=3)

    assert market.tidy(dry_run=True) == Tidied(2, 2, 1, 0, 0, 0)
    assert market.tidy() == Tidied(2, 2, 0, 0, 0, 0, files_refused=True)
