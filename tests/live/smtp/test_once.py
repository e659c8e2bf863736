"""A notice follows from each event, once the money is safe, until the mail server has taken it."""

from attrs import define, field

from koda.adapters.memory.people import MemoryPeople
from koda.adapters.smtp.notices import SmtpNotices
from koda.adapters.smtp.server import MailServer
from koda.domain.model.notices import Notice, OrderNotice
from koda.domain.model.orders import Order, OrderState
from koda.ports.notices import Notices
from koda.testing.marketplace import Marketplace
from tests.servers.proxy import broken_off, passing
from tests.servers.smtp import SmtpServer
from tests.support.sessions import session
from tests.support.smtp import BEFORE_CONTENT, before, made, mail_server
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
        assert isinstance(notice, OrderNotice)
        order = self.market.orders.get(notice.order_id)
        owned = self.market.purchases.of_buyer(order.buyer_id, 10).items
        self.seen.append((order.state, len(owned), len(self.market.provider.transfers)))
        self.inner.send(notice)


def paid(server: SmtpServer | MailServer) -> tuple[Marketplace, Witness, Order]:
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


def arrived(server: SmtpServer) -> list[str]:
    """The subjects of all that arrived, in that order."""
    return [delivery.message["Subject"] for delivery in server.post.deliveries]


def given_up(market: Marketplace) -> int:
    """How many deliveries are not tried any more."""
    return sum(backlog.given_up for backlog in market.outbox.backlog())


def wait_and_deliver(market: Marketplace) -> None:
    """Let the pause after a first failure pass, and tell the subscribers again."""
    market.pass_time(minutes=1)
    market.deliver_events()


def test_fifty_messages_about_one_payment_send_each_notice_once(smtp_server: SmtpServer) -> None:
    """Webhooks that arrive at the same moment, each in a thread of its own."""
    market, _, order = paid(smtp_server)

    at_once(CROWD, lambda number: market.deliver(order, copy=number))

    assert sorted(arrived(smtp_server)) == sorted(SUBJECTS)


def test_recording_again_sends_nothing_again(smtp_server: SmtpServer) -> None:
    """The webhook, the page after checkout and reconciliation all record the same payment."""
    market, _, order = paid(smtp_server)

    for _ in range(3):
        market.record_purchase(session(order))
    at_once(CROWD, lambda _: market.record_purchase(session(order)))

    assert sorted(arrived(smtp_server)) == sorted(SUBJECTS)


def test_notices_are_sent_once_the_money_is_safe(smtp_server: SmtpServer) -> None:
    """The order is paid, the purchases are recorded and the sellers have theirs."""
    market, witness, order = paid(smtp_server)

    market.deliver(order)

    assert witness.seen == [(OrderState.PAID, 2, 2)] * 3
    assert arrived(smtp_server) == SUBJECTS


def test_mail_server_that_fails_fails_nothing(smtp_server: SmtpServer) -> None:
    """The order is settled all the same, and the notices go out once the server is well."""
    smtp_server.post.refusals["MAIL"] = [*["550 No mail today"] * 3, "250 OK"]
    market, _, order = paid(smtp_server)

    settled = market.deliver(order)

    assert settled.settled
    assert len(market.view_library(market.person("bea")).items) == 2
    assert arrived(smtp_server) == []

    wait_and_deliver(market)

    assert arrived(smtp_server) == SUBJECTS


def test_buyer_who_cannot_be_reached_is_given_up(smtp_server: SmtpServer) -> None:
    """The sellers are told at once, and the buyer's address is not tried again."""
    smtp_server.post.refusals["RCPT"] = ["550 Nobody here", "250 OK"]
    market, _, order = paid(smtp_server)

    market.deliver(order)
    wait_and_deliver(market)

    assert arrived(smtp_server) == SUBJECTS[1:]
    assert smtp_server.post.commands.count("RCPT") == 3
    assert given_up(market) == 1


def test_unclear_end_is_made_good_under_the_same_message_id(smtp_server: SmtpServer) -> None:
    """The receipt may arrive twice, as one message that everybody knows again."""
    with before(smtp_server, broken_off(0), spare=BEFORE_CONTENT) as proxy:
        market, _, order = paid(mail_server(proxy.port))
        market.deliver(order)
        proxy.become(passing)
        wait_and_deliver(market)

    ids = {delivery.message["Message-ID"] for delivery in smtp_server.post.deliveries}
    assert arrived(smtp_server) == [SUBJECTS[0], *SUBJECTS]
    assert len(ids) == len(SUBJECTS)
