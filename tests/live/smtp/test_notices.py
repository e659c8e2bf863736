import logging
from collections.abc import Iterator
from datetime import timedelta

import pytest
from attrs import evolve

from koda.adapters.memory.people import MemoryPeople
from koda.adapters.smtp.notices import SmtpNotices
from koda.domain.model.errors import Refused, Unavailable, Undeliverable
from koda.domain.model.event import DomainEventId
from koda.domain.model.notices import Notice
from koda.testing.contracts.notices import NOTICES
from koda.testing.examples import NOON
from koda.testing.failing import Failing
from tests.servers.proxy import broken_off, passing
from tests.servers.smtp import SmtpServer
from tests.support.smtp import (
    BEFORE_CONTENT,
    SOMEBODY,
    Failure,
    before,
    failure,
    made,
    mail_server,
    people,
)

RECEIPT, SALE = NOTICES[:2]


@pytest.fixture(autouse=True)
def log(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    """What is written to the log, which never names a person or an address."""
    caplog.set_level(logging.INFO, "koda")
    yield caplog
    assert not SOMEBODY.search(caplog.text)


def sending(notices: SmtpNotices, notice: Notice = RECEIPT) -> Failure | None:
    """Why a notice was not sent, if it was not."""
    return failure(lambda: notices.send(notice))


def ids(server: SmtpServer) -> list[str]:
    """By what those who get the messages tell them apart."""
    return [delivery.message["Message-ID"] for delivery in server.post.deliveries]


# --- to whom ----------------------------------------------------------------------------------


def test_each_notice_goes_to_whom_it_is_for(smtp_server: SmtpServer) -> None:
    """What they paid and got back to the buyer, sales and disputes to the seller, by name."""
    notices = made(smtp_server)
    for notice in NOTICES:
        notices.send(notice)
    told = {delivery.message["Subject"]: delivery for delivery in smtp_server.post.deliveries}

    assert {subject: delivery.recipients for subject, delivery in told.items()} == {
        "Your receipt for 2 automations": ("bea@example.com",),
        "You sold 2 automations": ("ada@example.com",),
        "You sold 2 automations, but your part could not be paid out": ("ada@example.com",),
        "You paid twice for 2 automations: the money goes back": ("bea@example.com",),
        "A refund for Post to every network": ("bea@example.com",),
        "A sale of Post to every network was refunded": ("ada@example.com",),
        "The payment of Post to every network is in dispute": ("ada@example.com",),
        "2 automations cannot be delivered: the money goes back": ("bea@example.com",),
        "A late payment for 2 automations goes back": ("ada@example.com",),
        "A buyer asks for a refund of Post to every network": ("ada@example.com",),
        "Your refund of Post to every network was granted": ("bea@example.com",),
        "Post to every network was taken off sale": ("ada@example.com",),
    }
    assert "Hello Ada," in told["You sold 2 automations"].part("plain")
    assert all(delivery.message["Date"].datetime == NOON for delivery in told.values())


def test_notice_is_sent_when_the_call_returns(
    smtp_server: SmtpServer, log: pytest.LogCaptureFixture
) -> None:
    """The server has said that it took it, and the log need say nothing."""
    made(smtp_server).send(RECEIPT)

    assert len(smtp_server.post.deliveries) == 1
    assert log.messages == []


@pytest.mark.parametrize(
    ("address", "told"),
    [
        (None, "no address is known"),
        ("", "no address is known"),
        ("b\u00e9a@example.com", "no mail can go to the address that is known"),
        ("bea@example.com\r\nX: y", "no mail can go to the address that is known"),
    ],
)
def test_buyer_without_an_address_can_be_told_nothing(
    smtp_server: SmtpServer, address: str | None, told: str
) -> None:
    """No server is asked, and the seller is told all the same."""
    notices = made(smtp_server, people=people(bea=address))

    assert sending(notices) == Failure(Undeliverable, told)
    assert smtp_server.post.commands == []
    assert sending(notices, SALE) is None


def test_unknown_user_can_be_told_nothing(smtp_server: SmtpServer) -> None:
    """As one who was deleted since."""
    notices = made(smtp_server, people=MemoryPeople())

    assert sending(notices) == Failure(Undeliverable, "no address is known")
    assert smtp_server.post.commands == []


def test_address_is_looked_up_each_time(smtp_server: SmtpServer) -> None:
    """Whoever gave another one since is told there."""
    known = people()
    made(smtp_server, people=known).send(RECEIPT)
    (bea,) = known.some([RECEIPT.user_id]).values()
    moved = bea.updated_at + timedelta(hours=1)
    known.put(evolve(bea, email="new@example.com", updated_at=moved))
    made(smtp_server, people=known).send(RECEIPT)

    assert [delivery.recipients for delivery in smtp_server.post.deliveries] == [
        ("bea@example.com",),
        ("new@example.com",),
    ]
    assert len(set(ids(smtp_server))) == 1


# --- what goes wrong --------------------------------------------------------------------------


def test_store_that_is_down_is_told_as_it_is(smtp_server: SmtpServer) -> None:
    """Nothing was sent yet, and may be later."""
    notices = made(smtp_server, people=Failing(people(), 1))

    with pytest.raises(Unavailable, match="test double"):
        notices.send(RECEIPT)

    assert smtp_server.post.commands == []
    assert sending(notices) is None


@pytest.mark.parametrize(
    ("command", "answer", "kind"),
    [
        ("RCPT", "450 Greylisted, bea@example.com", Unavailable),
        ("DATA", "451 Come again, bea@example.com", Unavailable),
        ("MAIL", "550 Nothing for bea@example.com", Refused),
    ],
)
def test_what_may_be_sent_later_is_told_with_its_reason(
    smtp_server: SmtpServer,
    command: str,
    answer: str,
    kind: type[Unavailable],
    log: pytest.LogCaptureFixture,
) -> None:
    """The error is the port's own; why it came up, the log says, by the id of the notice."""
    smtp_server.post.refusals[command] = [answer]
    reason = f"the mail server answered {answer[:3]}"

    assert sending(made(smtp_server)) == Failure(kind, reason)
    assert log.messages == [f"The notice order/ord_1/1/0 is not sent yet: {reason}"]


@pytest.mark.parametrize(
    ("command", "answer"),
    [("RCPT", "550 We know of no bea@example.com"), ("DATA", "554 No spam for bea@example.com")],
)
def test_refusal_of_the_recipient_or_message_reaches_nobody(
    smtp_server: SmtpServer, command: str, answer: str
) -> None:
    """Whoever tells of events gives it up, and logs why."""
    smtp_server.post.refusals[command] = [answer]

    reason = f"the mail server answered {answer[:3]}"
    assert sending(made(smtp_server)) == Failure(Undeliverable, reason)


def test_busy_server_takes_it_later(smtp_server: SmtpServer) -> None:
    """One message comes of all the calls."""
    smtp_server.post.refusals["RCPT"] = ["450 Later", "451 Later", "250 OK"]
    notices = made(smtp_server)

    failures = [sending(notices) for _ in range(3)]

    assert failures[2] is None
    assert len(smtp_server.post.deliveries) == 1


# --- once more --------------------------------------------------------------------------------


def test_repeat_is_told_by_its_message_id(smtp_server: SmtpServer) -> None:
    """Sent by another process, too; a notice of another event is another message."""
    for notice in (RECEIPT, RECEIPT, evolve(RECEIPT, id=DomainEventId("order/ord_1/2/0"))):
        made(smtp_server).send(notice)

    first, again, other = ids(smtp_server)
    assert first == again != other


def test_notice_that_was_taken_without_a_word_is_sent_again(smtp_server: SmtpServer) -> None:
    """Nobody can know that the server has it; whoever gets both sees that they are the same."""
    with before(smtp_server, broken_off(0), spare=BEFORE_CONTENT) as proxy:
        notices = made(mail_server(proxy.port))
        broken = sending(notices)
        proxy.become(passing)

        assert broken is not None
        assert broken.kind is Unavailable
        assert len(smtp_server.post.deliveries) == 1
        assert sending(notices) is None

    first, again = ids(smtp_server)
    assert first == again
