import logging
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from socket import create_server
from typing import Any

import pytest
from attrs import evolve

from koda.adapters.memory.people import MemoryPeople
from koda.adapters.smtp.outbox import Outbox
from koda.domain.model.errors import Unavailable
from koda.testing.contracts.notices import NOTICES
from koda.testing.examples import NOON
from koda.testing.failing import Failing
from tests.servers.smtp import HOST, SmtpServer
from tests.support.smtp import PATIENT, made, mail_server, people


@pytest.fixture(autouse=True)
def log(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    """What is written to the log, which never names a person or an address."""
    caplog.set_level(logging.INFO, "koda")
    yield caplog
    assert not re.search("@|bea|ada", caplog.text, re.IGNORECASE)


def test_each_notice_goes_to_whom_it_is_for(smtp_server: SmtpServer) -> None:
    """The receipt and the double payment to the buyer, sales to the seller, by their names."""
    notices = made(smtp_server)
    for notice in NOTICES:
        notices.send(notice)
    told = {one.message["Subject"]: one for one in smtp_server.post.wait(len(NOTICES))}

    assert {subject: one.recipients for subject, one in told.items()} == {
        "Your receipt for 2 automations": ("bea@example.com",),
        "You sold 2 automations": ("ada@example.com",),
        "You sold 2 automations, but your part could not be paid out": ("ada@example.com",),
        "You paid twice for 2 automations: the money goes back": ("bea@example.com",),
    }
    assert "Hello Ada," in told["You sold 2 automations"].part("plain")
    assert all(one.message["Date"].datetime == NOON for one in told.values())


@pytest.mark.parametrize(
    ("address", "told"),
    [
        (None, "no address is known"),
        ("", "no address is known"),
        ("b\u00e9a@example.com", "no mail can go to the address that is known"),
        ("bea@example.com\r\nX: y", "no mail can go to the address that is known"),
    ],
)
def test_buyer_without_an_address_gets_none(
    smtp_server: SmtpServer, address: str | None, told: str, log: pytest.LogCaptureFixture
) -> None:
    """The log says so, and the seller is told all the same."""
    notices = made(smtp_server, people=people(bea=address))
    notices.send(NOTICES[0])
    notices.send(NOTICES[1])
    (delivery,) = smtp_server.post.wait(1)
    notices.close()

    assert delivery.recipients == ("ada@example.com",)
    assert log.messages == [f"The receipt notice of order ord_1 is lost: {told}"]


def test_unknown_user_gets_none(smtp_server: SmtpServer, log: pytest.LogCaptureFixture) -> None:
    """As one who was deleted since."""
    notices = made(smtp_server, people=MemoryPeople())
    notices.send(NOTICES[0])
    notices.close()

    assert smtp_server.post.commands == []
    assert log.messages == ["The receipt notice of order ord_1 is lost: no address is known"]


def test_store_that_is_down_is_asked_again(
    smtp_server: SmtpServer, log: pytest.LogCaptureFixture
) -> None:
    """Nothing was sent yet."""
    notices = made(smtp_server, people=Failing(people(), 1))
    notices.send(NOTICES[0])

    assert len(smtp_server.post.wait(1)) == 1
    assert log.messages == [
        "The receipt notice of order ord_1 is tried again later: the store does not answer"
    ]


def test_busy_server_is_asked_again(smtp_server: SmtpServer) -> None:
    """Until it takes the message, and then no more."""
    smtp_server.post.refusals["RCPT"] = ["450 Later", "451 Later", "250 OK"]
    notices = made(smtp_server)
    notices.send(NOTICES[0])
    smtp_server.post.wait(1)
    notices.close()

    assert smtp_server.post.commands.count("RCPT") == 3
    assert len(smtp_server.post.deliveries) == 1


def test_sending_waits_for_nobody(log: pytest.LogCaptureFixture) -> None:
    """Neither for a server that never answers nor for a place in the queue."""
    with create_server((HOST, 0)) as listener:
        outbox = Outbox(room=10, pauses=(), farewell=timedelta(0))
        notices = made(mail_server(listener.getsockname()[1], deadline=PATIENT), outbox=outbox)
        for _ in range(100):
            notices.send(NOTICES[0])
        notices.close()

    assert "too many wait already" in log.text
    assert "there was no time left to send it" in log.text


PROGRAM = """
import sys
from koda.adapters.smtp.outbox import Outbox
from koda.testing.contracts.notices import NOTICES
from tests.support.smtp import PATIENT, made, mail_server
outbox = Outbox(pauses=(PATIENT,), farewell=PATIENT)
made(mail_server(int(sys.argv[1])), outbox=outbox).send(NOTICES[0])
"""


def test_program_that_ends_sends_what_waits(smtp_server: SmtpServer) -> None:
    """Its last statement may be the sale."""
    subprocess.run([sys.executable, "-c", PROGRAM, str(smtp_server.port)], check=True, timeout=60)

    assert len(smtp_server.post.deliveries) == 1


def test_nothing_that_goes_wrong_is_raised(
    smtp_server: SmtpServer, log: pytest.LogCaptureFixture
) -> None:
    """Not even what is wrong with the notice or the clock."""

    def stopped() -> Any:
        raise Unavailable("clock")

    made(smtp_server, clock=stopped).send(NOTICES[0])
    made(smtp_server).send(evolve(NOTICES[0], lines=()))

    assert log.messages == [
        "A notice of order ord_1 is lost: Unavailable",
        "A notice of order ord_1 is lost: IndexError",
    ]
