from base64 import b64encode
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP, compat32

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from koda.adapters.smtp.headers import add_text, finished
from koda.domain.model.errors import Undeliverable
from koda.domain.model.validation import one_line
from tests.support.smtp import mail_server

SMUGGLED = "Daily\r\nBcc: ada@example.com\r\n\r\nPay here instead"
ENCODED = [
    f"=?utf-8?b?{b64encode(SMUGGLED.encode()).decode()}?=",
    "=?utf-8?q?Daily=0D=0ABcc:_ada@example.com?=",
    "=?utf-8?b?" + "DQpCY2M6IHg=" + "?= =?us-ascii?q?=0ABcc:_x@y.example?=",
    "=?utf-8?q?=3D=3Futf-8=3Fq=3F=0ABcc:_x=3F=3D?=",
]
LONGEST_LINE = 998
"""Without its end: RFC 5322, 2.1.1."""

words = st.sampled_from([*ENCODED, "=?", "?=", "=?utf-8?q?", "=0A", "\r\n", "\ud800", "毎日", " "])
texts = st.lists(words | st.text(max_size=20), min_size=1, max_size=12).map("".join)
long = st.builds(lambda text, times: text * times, texts, st.integers(1, 200))


def addressed() -> EmailMessage:
    """A message to Bea that has no subject yet."""
    message = EmailMessage(policy=SMTP)
    message["From"] = "Koda <receipts@koda.example>"
    message["To"] = "bea@example.com"
    message.set_content("Hello")
    return message


@given(texts | long)
@example(SMUGGLED)
@example("a" * 5000)
def test_any_text_is_read_letter_by_letter(text: str) -> None:
    """Encoded words, line ends, lone surrogates and great lengths are text and nothing else."""
    message, shown = addressed(), one_line(text)
    add_text(message, "Subject", shown)
    content = finished(message)

    assert content is not None
    read = message_from_bytes(content, policy=SMTP)
    assert read["Subject"] == shown
    assert read.keys() == message.keys()
    assert max(len(line) for line in content.split(b"\r\n")) <= LONGEST_LINE


@pytest.mark.parametrize("text", ENCODED)
def test_encoded_word_is_shown_as_it_is_written(text: str) -> None:
    """No line end comes of it, whoever reads the header."""
    message = addressed()
    add_text(message, "Subject", text)

    assert "Bcc" not in {line.partition(b":")[0].decode() for line in message.as_bytes().split()}
    assert message_from_bytes(message.as_bytes(), policy=SMTP)["Subject"] == text


def test_short_plain_text_stays_readable_in_the_source() -> None:
    """Most titles need no encoding."""
    message = addressed()
    add_text(message, "Subject", "Your receipt for Daily digest")

    assert b"\r\nSubject: Your receipt for Daily digest\r\n" in message.as_bytes()


@pytest.mark.parametrize("raw", ["a\r\nBcc: ada@example.com", "a\r\n\r\nPay here instead"])
def test_header_that_would_say_something_else_is_not_sent(raw: str) -> None:
    """Whoever sends it is told that it can reach nobody; no server is asked."""
    message = addressed()
    message.set_raw("Subject", raw)

    with pytest.raises(Undeliverable, match="would not say what was meant"):
        mail_server(1).post(message)


def test_message_that_python_refuses_to_write_is_not_sent() -> None:
    """As it does with such headers from 3.13 on, and by its older rules in every version."""
    message = EmailMessage(policy=compat32)
    message["To"] = "bea@example.com"
    message["Subject"] = "a\nBcc: ada@example.com"

    assert finished(message) is None


@pytest.mark.parametrize("recipients", ["bea@example.com, ada@example.com", "all: ;"])
def test_message_goes_to_exactly_one_recipient(recipients: str) -> None:
    """Neither to more nor to nobody."""
    message = addressed()
    message.replace_header("To", recipients)

    assert finished(message) is None
