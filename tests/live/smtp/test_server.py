import ssl
from collections.abc import Callable
from datetime import timedelta
from socket import SHUT_RDWR, create_server, socket

import pytest

from koda.adapters.smtp.mailboxes import mailbox
from koda.adapters.smtp.server import MailServer
from koda.domain.model.errors import Refused, Unavailable, Undeliverable
from koda.testing.contracts.notices import NOTICES
from koda.testing.examples import NOON
from tests.servers.proxy import Fault, Proxy, black_hole, broken_off, drip, late, misspelt, reset
from tests.servers.smtp import (
    HOST,
    PASSWORD,
    USER,
    SmtpServer,
    babbling,
    running,
    trusting,
)
from tests.support.smtp import BEFORE_CONTENT, Failure, before, failure, letters, mail_server

SOON = timedelta(seconds=0.5)
"""So long a server may take that never answers."""
GO_AHEAD = b"354 End data with <CR><LF>.<CR><LF>"
"""What the server says to DATA."""
KNOWN = {"user": USER, "password": PASSWORD}


def post(server: MailServer) -> Failure | None:
    """Hand a receipt over; say what came of it, if it was not taken."""
    bea = mailbox("bea@example.com")
    assert bea is not None
    message = letters().write(NOTICES[0], "Bea", bea, NOON)
    return failure(lambda: server.post(message))


def later(reason: str) -> Failure:
    """The message may be sent another time."""
    return Failure(Unavailable, f"the mail server {reason}")


def refused(reason: str) -> Failure:
    """The operator must set something right."""
    return Failure(Refused, f"the mail server {reason}")


def in_vain(reason: str) -> Failure:
    """The message can reach nobody."""
    return Failure(Undeliverable, f"the mail server {reason}")


def hang_up(_: Proxy, client: socket) -> bool:
    """Pass the question on, and end the connection before it is answered."""
    client.shutdown(SHUT_RDWR)
    return True


def swallow(proxy: Proxy, _: socket) -> bool:
    """Pass the question on, and keep the answer."""
    proxy.edit = lambda _: b""
    return True


# --- encryption and signing in ----------------------------------------------------------------


@pytest.mark.parametrize("security", ["none", "starttls", "tls"])
def test_message_is_handed_over(security: str) -> None:
    """With either encryption and without, to the one recipient, in the sender's name."""
    with running(security) as server:
        assert post(mail_server(server.port, security, trust=trusting())) is None
        (delivery,) = server.post.wait(1)

    assert delivery.sender == "receipts@koda.example"
    assert delivery.recipients == ("bea@example.com",)
    assert delivery.message["Subject"] == "Your receipt for 2 automations"
    assert "25.00 EUR" in delivery.part("plain")
    assert "25.00 EUR" in delivery.part("html")


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_koda_signs_in(security: str) -> None:
    """Where the server asks for it, and only once encrypted."""
    with running(security, signed_in=True) as server:
        assert post(mail_server(server.port, security, trust=trusting(), **KNOWN)) is None
        assert server.post.commands == ["AUTH", "MAIL", "RCPT", "DATA", "QUIT"]


def test_wrong_password_is_the_operators_to_set_right() -> None:
    """The notice waits for it: it is no fault of the message."""
    with running("starttls", signed_in=True) as server:
        wrong = KNOWN | {"password": "guessed"}
        refusal = post(mail_server(server.port, "starttls", trust=trusting(), **wrong))

    assert refusal == refused("answered 535")


def test_password_is_not_sent_in_the_clear() -> None:
    """A server that cannot encrypt, or somebody who says so in its name, learns nothing."""
    with running() as server, before(server, late(0)) as proxy:
        refusal = post(mail_server(proxy.port, "starttls", **KNOWN))

        assert refusal == later("cannot be used (SMTPException)")
        assert server.post.commands == []


def test_server_that_cannot_sign_in_gets_no_message() -> None:
    """Where a user is set, nobody is not the same."""
    with running() as server:
        refusal = post(mail_server(server.port, **KNOWN))

        assert refusal == later("cannot be used (SMTPException)")
        assert server.post.commands == []


@pytest.mark.parametrize("security", ["starttls", "tls"])
@pytest.mark.parametrize(
    ("name", "trust", "problem"),
    [
        ("other.example", trusting, "IP address mismatch"),
        (HOST, ssl.create_default_context, "unable to get local issuer certificate"),
    ],
)
def test_certificate_must_be_the_hosts(
    security: str, name: str, trust: Callable[[], ssl.SSLContext], problem: str
) -> None:
    """Of its name, and signed by somebody who is trusted; else nothing is said."""
    with running(security, name=name) as server:
        refusal = post(mail_server(server.port, security, trust=trust(), **KNOWN))

        assert refusal is not None
        assert refusal.kind is Refused
        assert refusal.reason.startswith("the mail server's certificate is not trusted: ")
        assert problem in refusal.reason
        assert server.post.commands == []


def test_system_is_trusted_unless_told_otherwise() -> None:
    """A certificate of nobody in particular is none."""
    with running("tls") as server:
        refusal = post(mail_server(server.port, "tls"))

    assert refusal is not None
    assert "certificate is not trusted" in refusal.reason


@pytest.mark.parametrize(("spoken", "expected"), [("none", "tls"), ("tls", "starttls")])
def test_other_security_than_the_servers_is_told(spoken: str, expected: str) -> None:
    """As on the wrong one of its ports."""
    with running(spoken) as server:
        refusal = post(mail_server(server.port, expected, trust=trusting(), deadline=SOON))

        assert refusal is not None
        assert refusal.kind is Unavailable
        assert server.post.commands == []


# --- refusals ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("command", "answer", "outcome"),
    [
        ("MAIL", "451 Greylisted, bea@example.com", later),
        ("MAIL", "550 We know of no bea@example.com", refused),
        ("RCPT", "450 Greylisted, bea@example.com", later),
        ("RCPT", "550 We know of no bea@example.com", in_vain),
        ("RCPT", "421 Closing, bea@example.com", later),
        ("RCPT", "999 What, bea@example.com?", later),
        ("DATA", "451 Come again, bea@example.com", later),
        ("DATA", "554 No spam from bea@example.com", in_vain),
        ("DATA", "999 What, bea@example.com?", later),
    ],
)
def test_refusal_is_told_without_the_servers_words(
    smtp_server: SmtpServer, command: str, answer: str, outcome: Callable[[str], Failure]
) -> None:
    """A temporary one may pass; a final one is about Koda, or about this recipient or message."""
    smtp_server.post.refusals[command] = [answer]

    refusal = post(mail_server(smtp_server.port))

    assert refusal == outcome(f"answered {answer[:3]}")
    assert smtp_server.post.deliveries == []


@pytest.mark.parametrize(
    ("answer", "outcome"), [(b"554 No spam", in_vain), (b"451 Come again", later)]
)
def test_message_may_be_refused_before_it_is_given(
    smtp_server: SmtpServer, answer: bytes, outcome: Callable[[str], Failure]
) -> None:
    """It is the same as afterwards."""
    with before(smtp_server, misspelt(GO_AHEAD, answer)) as proxy:
        refusal = post(mail_server(proxy.port))

    assert refusal == outcome(f"answered {answer[:3].decode()}")
    assert smtp_server.post.deliveries == []


def test_leave_that_goes_wrong_changes_nothing(smtp_server: SmtpServer) -> None:
    """The message was taken, whatever is said afterwards."""
    smtp_server.post.refusals["QUIT"] = ["451 Stay"]

    assert post(mail_server(smtp_server.port)) is None
    assert len(smtp_server.post.wait(1)) == 1


# --- networks and mad servers -----------------------------------------------------------------


def test_no_server_is_told() -> None:
    """Nothing listens there."""
    with create_server((HOST, 0)) as listener:
        port = listener.getsockname()[1]

    assert post(mail_server(port)) == later("cannot be used (ConnectionRefusedError)")


def test_unknown_host_is_told() -> None:
    """Its name cannot be looked up."""
    refusal = post(MailServer("nowhere\udcff.invalid", 25, "none", "koda.example"))

    assert refusal is not None
    assert refusal.kind is Unavailable


def test_silent_server_is_left_after_the_deadline() -> None:
    """It takes the connection, and no answer ever comes."""
    with create_server((HOST, 0)) as listener:
        refusal = post(mail_server(listener.getsockname()[1], deadline=SOON))

    assert refusal == later("did not answer in time")


@pytest.mark.parametrize("spare", range(BEFORE_CONTENT + 1))
def test_network_that_swallows_questions_is_left(smtp_server: SmtpServer, spare: int) -> None:
    """At any point, the message itself included; it may be sent another time."""
    with before(smtp_server, black_hole, spare=spare) as proxy:
        refusal = post(mail_server(proxy.port, deadline=SOON))

    assert refusal == later("did not answer in time")


def test_server_that_drips_is_left_after_the_deadline(smtp_server: SmtpServer) -> None:
    """The deadline is for the whole conversation, not for each byte."""
    with before(smtp_server, drip(0.05)) as proxy:
        refusal = post(mail_server(proxy.port, deadline=SOON))

    assert refusal == later("did not answer in time")


@pytest.mark.parametrize("spare", range(BEFORE_CONTENT + 1))
def test_connection_that_is_reset_may_be_tried_again(smtp_server: SmtpServer, spare: int) -> None:
    """At any point before the server has the message."""
    with before(smtp_server, reset, spare=spare) as proxy:
        refusal = post(mail_server(proxy.port))

    assert refusal is not None
    assert refusal.kind is Unavailable
    assert smtp_server.post.deliveries == []


@pytest.mark.parametrize("fault", [hang_up, broken_off(0), swallow], ids=["hung up", "cut", "mute"])
def test_unclear_end_may_be_tried_again(smtp_server: SmtpServer, fault: Fault) -> None:
    """The message was given and no answer came: the server may have it, or not."""
    with before(smtp_server, fault, spare=BEFORE_CONTENT) as proxy:
        refusal = post(mail_server(proxy.port, deadline=SOON))

    assert refusal is not None
    assert refusal.kind is Unavailable


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (b"", Unavailable),
        (b"421 Too busy\r\n", Unavailable),
        (b"554 Not for you\r\n", Refused),
        (b"999 What?\r\n", Unavailable),
        (b"220 Hello\r\n", Unavailable),
        (b"220", Unavailable),
        (b"220-" + b"x" * 100_000 + b"\r\n", Unavailable),
        (b"\x00\xff\xfe" * 1000 + b"\r\n", Unavailable),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", Unavailable),
        (b"-1 \xc3\x28\r\n", Unavailable),
        (b"\x16\x03\x01\x02\x00\x01", Unavailable),
    ],
)
@pytest.mark.parametrize("security", ["none", "starttls", "tls"])
def test_nonsense_is_no_more_than_a_failure(
    security: str, answer: bytes, kind: type[Unavailable]
) -> None:
    """Whatever is at the other end, it ends in time and with a reason."""
    with babbling(answer) as port:
        refusal = post(mail_server(port, security, trust=trusting(), deadline=SOON))

    assert refusal is not None
    assert refusal.kind is (Unavailable if security == "tls" else kind)
    assert refusal.reason.startswith("the mail server ")


# --- trying it --------------------------------------------------------------------------------


def test_probe_signs_in_and_sends_nothing() -> None:
    """As far as a message would go."""
    with running("starttls", signed_in=True) as server:
        mail_server(server.port, "starttls", trust=trusting(), **KNOWN).probe()

        assert server.post.commands == ["AUTH", "NOOP", "QUIT"]


def test_probe_tells_what_is_wrong() -> None:
    """As the cause of the port's own error."""
    with running("starttls", signed_in=True) as server:
        wrong = KNOWN | {"password": "guessed"}
        probe = mail_server(server.port, "starttls", trust=trusting(), **wrong).probe

        assert failure(probe) == refused("answered 535")


def test_probe_tells_an_outage_from_a_refusal() -> None:
    """A server that is down may be better soon, a certificate of nobody will not."""
    with create_server((HOST, 0)) as listener:
        port = listener.getsockname()[1]
    down = failure(mail_server(port).probe)
    with running("tls") as server:
        strange = failure(mail_server(server.port, "tls").probe)

    assert down == later("cannot be used (ConnectionRefusedError)")
    assert strange is not None
    assert strange.kind is Refused


def test_password_is_not_shown() -> None:
    """In what a log or a traceback would show of the server."""
    assert PASSWORD not in repr(mail_server(25, **KNOWN))
