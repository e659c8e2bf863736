from contextlib import closing
from pathlib import Path

import pytest

from koda.adapters.sqlite.database import Database
from koda.adapters.sqlite.orders import SqliteOrders
from koda.adapters.sqlite.people import SqlitePeople
from koda.domain.model.identifiers import PaymentId, TransferId
from koda.domain.model.settlements import PaidShare, Settlement
from koda.entrypoints.samples.catalogue import BUYER
from koda.testing.examples import NOON, a_person, an_order
from tests.e2e.cli.conftest import Serve
from tests.e2e.cli.program import Koda
from tests.e2e.flows.caller import Caller
from tests.e2e.flows.serving import Site
from tests.servers.smtp import PASSWORD, USER, SmtpServer, running, trust_file


def notices_of(findings: list[dict[str, str]]) -> dict[str, str]:
    """What the doctor says of the mail server."""
    (row,) = (finding for finding in findings if finding["service"] == "notices")
    return row


def test_doctor_signs_in_to_the_mail_server_and_sends_nothing(koda: Koda, tmp_path: Path) -> None:
    """It says what is wrong and what to do; a site that could send nothing does not start."""
    with running("starttls", signed_in=True) as server:
        settings = server.variables(
            KODA_SMTP_SECURITY="starttls",
            KODA_SMTP_USER=USER,
            KODA_SMTP_PASSWORD=PASSWORD,
            SSL_CERT_FILE=str(trust_file(tmp_path)),
        )
        well = notices_of(koda("doctor", "--json", **settings).json)
        guessing = settings | {"KODA_SMTP_PASSWORD": "guessed"}
        wrong = koda("doctor", "--json", **guessing)
        refused = koda("serve", "--port", "0", **guessing)
        strange = koda("doctor", "--json", **settings | {"SSL_CERT_FILE": "/dev/null"})

    assert well["ok"]
    assert well["detail"].endswith("answers by starttls, signed in; nothing is sent")
    assert server.post.deliveries == []
    assert (wrong.code, refused.code) == (2, 2)
    assert "notices: " in refused.complaint
    assert "answered 535" in notices_of(wrong.json)["detail"]
    assert "KODA_SMTP_USER" in notices_of(wrong.json)["remedy"]
    assert "certificate is not trusted" in notices_of(strange.json)["detail"]


def test_doctor_knows_a_server_that_asks_for_nobody(koda: Koda, smtp_server: SmtpServer) -> None:
    """As one on the same machine may."""
    notices = notices_of(koda("doctor", "--json", **smtp_server.variables()).json)

    assert notices["detail"].endswith("answers by none, nobody signed in; nothing is sent")


def test_doctor_goes_on_where_the_sender_is_none(koda: Koda, smtp_server: SmtpServer) -> None:
    """Everything else is tried, and all of it told, though no notices could be opened."""
    ended = koda("doctor", "--json", **smtp_server.variables(KODA_SMTP_SENDER="nobody"))

    assert ended.code == 2
    assert notices_of(ended.json)["detail"].startswith("KODA_SMTP_SENDER: must be an address")
    assert [row["service"] for row in ended.json if not row["ok"]] == ["notices"]


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("KODA_SMTP_HOST", "KODA_SMTP_HOST: must be set"),
        ("KODA_SMTP_SENDER", "KODA_SMTP_SENDER: must be set"),
    ],
)
def test_site_without_a_mail_server_does_not_start(
    koda: Koda, smtp_server: SmtpServer, name: str, problem: str
) -> None:
    """One sentence names what is missing."""
    ended = koda("serve", "--port", "0", **smtp_server.variables(**{name: ""}))

    assert ended.code == 2
    assert problem in ended.complaint


def buy_something(site: Site) -> tuple[str, str]:
    """Let a sample buyer pay for a sample listing; return the order and the title."""
    buyer = Caller.sign_in(site, BUYER.id)
    (thing,) = buyer.done("GET", "/automations?limit=1")["items"]
    order, session = buyer.check_out(thing["id"])
    site.sandbox.pay(session)
    site.sandbox.webhooks.drain()
    return order, thing["title"]


def test_buyer_and_seller_are_told_by_mail(serve: Serve, smtp_server: SmtpServer) -> None:
    """Through the site as it is served: a receipt and a sale, with links that lead to it."""
    serving = serve("--samples", **smtp_server.variables())
    order, title = buy_something(serving.site)

    told = {delivery.message["Subject"]: delivery for delivery in smtp_server.post.wait(2)}

    receipt = told.pop(f"Your receipt for {title}")
    sale = told.pop(f"You sold {title}")
    assert f"{serving.url}/library" in receipt.part("plain")
    assert f"{serving.url}/sales" in sale.part("html")
    assert order in receipt.part("html")
    assert receipt.recipients != sale.recipients
    assert serving.stop() == 0
    assert len(smtp_server.post.deliveries) == 2


def sell_something(koda: Koda) -> None:
    """Let a marketplace know that an order was paid, and the seller; nobody was told so far."""
    assert koda("init").code == 0
    order = an_order()
    share = PaidShare(order.shares[0].seller_id, (1,), order.shares[0].net, TransferId("tr_1"))
    settlement = Settlement(delivered=(1,), paid=(share,))
    with closing(Database(koda.data / "koda.sqlite")) as database:
        for user_id in (order.buyer_id, share.seller_id):
            SqlitePeople(database).put(a_person(user_id))
        SqliteOrders(database).add(order)
        SqliteOrders(database).save(*order.pay(PaymentId("pi_1"), NOON, settlement))


def test_what_waits_when_the_site_stops_is_sent_by_the_next(
    koda: Koda, serve: Serve, smtp_server: SmtpServer
) -> None:
    """A server asked to be tried later; a site that stops does not wait for so long."""
    smtp_server.post.refusals["RCPT"] = ["450 Later", "250 OK"]
    sell_something(koda)
    serving = serve(**smtp_server.variables())
    smtp_server.post.wait_for_command("RCPT", 1)

    assert serving.stop() == 0
    serve(**smtp_server.variables())
    assert len(smtp_server.post.wait(2)) == 2


def test_waiting_mail_is_told_and_sent_by_a_worker(koda: Koda, smtp_server: SmtpServer) -> None:
    """`koda deliveries` says what waits and what was given up; `koda work` delivers it."""
    smtp_server.post.refusals["RCPT"] = ["550 Nobody", "250 OK"]
    variables = smtp_server.variables()
    sell_something(koda)
    assert koda("work", "--once", **variables).code == 0
    assert len(smtp_server.post.wait(1)) == 1
    (notices,) = [
        told
        for told in koda("deliveries", "--json", **variables).json["subscribers"]
        if told["name"] == "koda.notices"
    ]
    assert (notices["waiting"], notices["given_up"]) == (0, 1)
    doctor = {told["service"]: told for told in koda("doctor", "--json", **variables).json}
    assert "koda deliveries retry" in doctor["deliveries"]["warning"]
    assert koda("deliveries", "retry", "koda.notices", **variables).code == 0
    ended = koda("work", "--once", **variables)

    assert ended.code == 0, ended.err
    assert len(smtp_server.post.wait(2)) == 2
    assert koda("deliveries", "forget", "koda.nobody", **variables).code == 4
