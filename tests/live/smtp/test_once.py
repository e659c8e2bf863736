"""A notice is sent once the money is safe, and at most once for each order line."""

from attrs import define, field

from koda.adapters.memory.people import MemoryPeople
from koda.adapters.smtp.notices import SmtpNotices
from koda.domain.model.notices import Notice
from koda.domain.model.orders import Order, OrderState
from koda.ports.notices import Notices
from koda.testing.marketplace import Marketplace
from tests.servers.smtp import SmtpServer
from tests.support.sessions import session
from tests.support.smtp import made
from tests.support.threads import at_once

CROWD = 50
SUBJECTS = ["Your receipt for 2 automations", "You sold Ada's", "You sold Cyd's"]


@define
class Witness(Notices):
    """Looks how the order stands at the moment at which a notice is sent, and passes it on."""

    inner: SmtpNotices
    market: Marketplace = field(init=False)
    seen: list[tuple[OrderState, int, int]] = field(factory=list)

    def send(self, notice: Notice) -> None:
        """Look, and pass it on."""
        order = self.market.orders.get(notice.order_id)
        owned = self.market.purchases.of_buyer(order.buyer_id, 10).items
        self.seen.append((order.state, len(owned), len(self.market.provider.transfers)))
        self.inner.send(notice)


def paid(server: SmtpServer) -> tuple[Marketplace, Witness, Order]:
    """A marketplace whose notices go to `server`, and an order of two sellers, just paid."""
    people = MemoryPeople()
    witness = Witness(made(server, people=people))
    witness.market = market = Marketplace(people=people, notices=witness)
    things = [
        market.list_automation(market.ready_seller(name), title=f"{name.title()}'s")
        for name in ("ada", "cyd")
    ]
    order = market.order(market.person("bea"), *things)
    market.provider.pay(session(order))
    return market, witness, order


def arrived(server: SmtpServer, witness: Witness) -> list[str]:
    """The subjects of all that arrived, once nothing is on its way any more."""
    witness.inner.close()
    return sorted(delivery.message["Subject"] for delivery in server.post.deliveries)


def test_fifty_messages_about_one_payment_send_each_notice_once(smtp_server: SmtpServer) -> None:
    """Webhooks that arrive at the same moment, each in a thread of its own."""
    market, witness, order = paid(smtp_server)

    at_once(CROWD, lambda number: market.deliver(order, copy=number))

    assert arrived(smtp_server, witness) == sorted(SUBJECTS)


def test_recording_again_sends_nothing_again(smtp_server: SmtpServer) -> None:
    """The webhook, the page after checkout and reconciliation all record the same payment."""
    market, witness, order = paid(smtp_server)

    for _ in range(3):
        market.record_purchase(session(order))
    at_once(CROWD, lambda _: market.record_purchase(session(order)))

    assert arrived(smtp_server, witness) == sorted(SUBJECTS)


def test_notices_are_sent_once_the_money_is_safe(smtp_server: SmtpServer) -> None:
    """The order is paid, the purchases are recorded and the sellers have theirs."""
    market, witness, order = paid(smtp_server)

    market.deliver(order)

    assert witness.seen == [(OrderState.PAID, 2, 2)] * 3
    assert len(smtp_server.post.wait(3)) == 3


def test_mail_server_that_fails_fails_nothing(smtp_server: SmtpServer) -> None:
    """The order is settled all the same."""
    smtp_server.post.refusals["MAIL"] = ["550 No mail today"]
    market, witness, order = paid(smtp_server)

    settled = market.deliver(order)

    assert arrived(smtp_server, witness) == []
    assert settled.settled
    assert len(market.view_library(market.person("bea")).items) == 2
