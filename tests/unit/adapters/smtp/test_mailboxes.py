import pytest
from hypothesis import given
from hypothesis import strategies as st

from koda.adapters.smtp.mailboxes import mailbox, named_mailbox
from koda.domain.model.errors import InvalidValue


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("bea@example.com", "bea@example.com"),
        (" bea+koda@mail.example.com\n", "bea+koda@mail.example.com"),
        ("o'hara@localhost", "o'hara@localhost"),
        ("bea@bücher.example", "bea@xn--bcher-kva.example"),
        ("bea@Bücher.Example", "bea@xn--bcher-kva.example"),
        ("bea@xn--bcher-kva.example", "bea@xn--bcher-kva.example"),
        ("info@faßbier.de", "info@xn--fabier-cta.de"),
        ("info@fassbier.de", "info@fassbier.de"),
    ],
)
def test_address_is_read(text: str, address: str) -> None:
    """Domains of any script are written as servers take them."""
    read = mailbox(text)

    assert read is not None
    assert read.addr_spec == address


@pytest.mark.parametrize(
    "text",
    [
        "",
        "bea",
        "@example.com",
        "bea@",
        "bea@exa mple.com",
        "bea@example..com",
        "bea@example.com\r\nRCPT TO:<ada@example.com>",
        "bea@example.com>, <ada@example.com",
        "Bea <bea@example.com>",
        '"bea"@example.com',
        "béa@example.com",
        f"{'b' * 65}@example.com",
        f"bea@{'.'.join(['a' * 60] * 5)}",
        f"bea@{'a' * 64}.example",
        "bea\ud800@example.com",
        "bea@\ud800.example",
        "bea@☃.example",
        "bea@xn--a.example",
        f"bea@{'ü.' * 10_000}example",
    ],
)
def test_what_no_mail_can_go_to_is_none(text: str) -> None:
    """Nothing that could be more or less than one address is sent to."""
    assert mailbox(text) is None


@given(st.text())
def test_any_text_is_an_address_or_none(text: str) -> None:
    """What comes from outside never raises, and what is read is plain ASCII without spaces."""
    read = mailbox(text)

    assert read is None or read.addr_spec.isascii()
    assert read is None or not any(letter.isspace() for letter in read.addr_spec)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Koda <receipts@koda.example>", "Koda <receipts@koda.example>"),
        ("receipts@koda.example", "receipts@koda.example"),
        (
            '"Koda, the market" <receipts@koda.example>',
            '"Koda, the market" <receipts@koda.example>',
        ),
        ("=?utf-8?q?Koda=0D=0ABcc:_x@y.example?= <receipts@koda.example>", None),
        ("Ko\u202eda <receipts@koda.example>", None),
        ("Koda <receipts@koda.example>\r\nBcc: x", None),
        ("receipts", None),
        ("", None),
    ],
)
def test_sender_is_an_address_with_or_without_a_name(text: str, shown: str | None) -> None:
    """As an operator writes it; anything else is refused."""
    if shown is None:
        with pytest.raises(InvalidValue, match="must be an address such as"):
            named_mailbox(text)
    else:
        assert str(named_mailbox(text)) == shown
