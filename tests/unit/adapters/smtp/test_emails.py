import re
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from html.parser import HTMLParser

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from koda.adapters.smtp.mailboxes import mailbox
from koda.domain.model.disputes import DisputeState
from koda.domain.model.event import DomainEventId
from koda.domain.model.hold_reasons import HoldReason
from koda.domain.model.identifiers import OrderId, UserId
from koda.domain.model.money import Money
from koda.domain.model.notices import (
    DisputeNotice,
    DoublePaymentNotice,
    HeldSaleNotice,
    ListingNotice,
    Moderation,
    Notice,
    Receipt,
    RefundAnswerNotice,
    RefundedSaleNotice,
    SaleNotice,
    UndeliverableNotice,
    UndeliveredSaleNotice,
)
from koda.domain.model.validation import one_line
from koda.testing.contracts.notices import NOTICES
from koda.testing.examples import NOON, a_line
from tests.support.smtp import letters

RECEIPT, SALE, HELD, DOUBLE, REFUND, REFUNDED_SALE, DISPUTE, *OTHERS = NOTICES
STOPPED, (REQUEST, ANSWER, MODERATED) = OTHERS[:2], OTHERS[2:]
HEADERS = [
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "Auto-Submitted",
    "MIME-Version",
    "Content-Type",
]


def written(notice: Notice, name: str | None = "Bea", *, reply_to: str = "") -> EmailMessage:
    """The message as it arrives: written to bytes and read from them."""
    bea = mailbox("bea@example.com")
    assert bea is not None
    sent = letters(reply_to=reply_to).write(notice, name, bea, NOON)
    return message_from_bytes(sent.as_bytes(), policy=SMTP)


def part(message: EmailMessage, kind: str) -> str:
    """The text of one part."""
    body = message.get_body((kind,))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


def titled(title: str) -> Receipt:
    """A receipt for one thing."""
    lines = (a_line(1, title=title),)
    return Receipt(
        RECEIPT.id, NOON, UserId("user_bea"), OrderId("ord_1"), lines, Money(1250, "EUR")
    )


def single(notice: Notice) -> Notice:
    """The same about its first line alone, if it is about lines."""
    if isinstance(notice, ListingNotice):
        return notice
    first = notice.lines[0]
    if isinstance(notice, SaleNotice | HeldSaleNotice):
        return evolve(notice, lines=(first,), net=first.net)
    if isinstance(
        notice, Receipt | DoublePaymentNotice | UndeliverableNotice | UndeliveredSaleNotice
    ):
        return evolve(notice, lines=(first,), total=first.price)
    return evolve(notice, lines=(first,))


class Page(HTMLParser):
    """Which elements a page has, what it says, and where it leads."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: set[str] = set()
        self.links: set[str] = set()
        self.said = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        self.elements.add(tag)
        self.links |= {str(value) for name, value in attrs if name in {"href", "src"}}

    def handle_data(self, data: str) -> None:
        """Note a text."""
        self.said += data


def test_receipt_says_what_was_bought() -> None:
    """In text: what, for how much, where it is, and which order it was."""
    assert part(written(RECEIPT), "plain") == (
        "Thank you, they are yours\n\n"
        "Hello Bea,\n\n"
        "The payment is confirmed. Your files are in the library, ready to download.\n\n"
        "- Post to every network, version 1.0.0: 12.50 EUR\n"
        "- Post to every network, version 1.0.0: 12.50 EUR\n\n"
        "Total: 25.00 EUR\n\n"
        "Open your library: https://koda.example/library\n\n"
        "Order ord_1, 1 March 2026\n\n"
        "-- \n"
        "Koda, https://koda.example\n"
        "This message was sent automatically, because of this order.\n"
    )


def test_somebody_without_a_name_is_greeted_without_one() -> None:
    """No id stands in its place."""
    message = written(RECEIPT, None)

    assert "\n\nHello,\n\n" in part(message, "plain")
    assert "Hello,</p>" in part(message, "html")


def test_sale_says_what_the_seller_gets() -> None:
    """Price, fee and net add up; who bought it is not said."""
    text = part(written(SALE, "Ada"), "plain")

    assert "Hello Ada," in text
    assert "Price: 25.00 EUR\nMarketplace fee: 3.75 EUR\nYour part: 21.25 EUR\n" in text
    assert "https://koda.example/sales" in text
    assert "bea" not in written(SALE, "Ada").as_string().replace("bea@example.com", "").lower()


def test_held_sale_says_that_nothing_was_paid_out() -> None:
    """And what the seller can do; nothing in it is on its way."""
    text = part(written(HELD, "Ada"), "plain")

    assert "Nothing was paid out to you" in text
    assert "Your part, held: 21.25 EUR\n" in text
    assert "https://koda.example/selling" in text
    assert "on its way" not in text


def test_double_payment_says_that_the_money_goes_back() -> None:
    """The buyer need do nothing."""
    text = part(written(DOUBLE), "plain")

    assert "You paid twice" in text
    assert "Goes back: 25.00 EUR" in text


def test_refund_says_how_much_went_back() -> None:
    """To the buyer, and to the seller with their part of it."""
    bought, sold = part(written(REFUND), "plain"), part(written(REFUNDED_SALE, "Ada"), "plain")

    assert "Refunded: 5.00 EUR\n" in bought
    assert "some days" in bought
    assert "Refunded: 5.00 EUR\nMarketplace fee: 0.75 EUR\nYour part of it: 4.25 EUR\n" in sold
    assert "You owe: 1.25 EUR\n" in sold


def test_seller_who_owes_nothing_reads_of_no_debt() -> None:
    """Their account held their part."""
    assert isinstance(REFUNDED_SALE, RefundedSaleNotice)
    even = evolve(REFUNDED_SALE, owed=Money(0, "EUR"))

    assert "owe" not in part(written(even, "Ada"), "plain")


def test_request_for_a_refund_says_why_and_until_when() -> None:
    """To the seller, who answers on their sales page."""
    message = written(REQUEST, "Ada")

    assert message["Subject"] == "A buyer asks for a refund of Post to every network"
    said = " ".join(part(message, "plain").split())
    assert (
        '"It does not run." Refund all of it or a part, or refuse it and say why, by 1 March'
        in (said)
    )


@pytest.mark.parametrize(("granted", "said"), [(True, "money back"), (False, "was refused")])
def test_answer_says_what_was_decided_and_why(said: str, *, granted: bool) -> None:
    """To the buyer."""
    assert isinstance(ANSWER, RefundAnswerNotice)
    told = " ".join(part(written(evolve(ANSWER, granted=granted)), "plain").split())

    assert said in told
    assert 'marketplace says: "You are right."' in told


def test_answer_that_is_a_part_says_of_how_much() -> None:
    """So that a cent does not read as a yes."""
    assert isinstance(ANSWER, RefundAnswerNotice)
    message = written(evolve(ANSWER, part=Money(1, "EUR")))

    assert message["Subject"].endswith("was granted in part")
    assert "Granted in part: 0.01 EUR of 12.50 EUR" in " ".join(part(message, "plain").split())


@pytest.mark.parametrize(
    ("done", "subject", "said"),
    [
        (Moderation.SUSPENDED, "was taken off sale", "nobody can buy it"),
        (Moderation.REINSTATED, "is back on sale", "bought and"),
        (Moderation.APPROVED, "is on sale", "You need do nothing"),
        (Moderation.REJECTED, "was not put on sale", "List a file of your own"),
    ],
)
def test_seller_reads_what_a_moderator_decided_and_why(
    done: Moderation, subject: str, said: str
) -> None:
    """And what to do; it is about a listing, and about no order."""
    assert isinstance(MODERATED, ListingNotice)
    message = written(evolve(MODERATED, done=done))
    told = " ".join(part(message, "plain").split())

    assert message["Subject"] == f"{MODERATED.title} {subject}"
    assert said in told
    assert 'says: "A buyer reported it."' in told
    assert f"Listing {MODERATED.automation_id}, 1 March 2026 -- Koda" in told
    assert "because of your listing." in told


@pytest.mark.parametrize(
    ("state", "subject", "said"),
    [
        (DisputeState.INQUIRY, "is in dispute", "answers it by 1 March 2026"),
        (DisputeState.OPEN, "is in dispute", "has until 1 March 2026 to send evidence"),
        (DisputeState.WON, "is over", "decided for the marketplace"),
        (DisputeState.LOST, "is over", "decided for the buyer"),
        (DisputeState.APPEALED, "is in dispute", "may decide anew"),
        (DisputeState.PREVENTED, "is over", "Nothing was taken"),
    ],
)
def test_dispute_says_what_happens(state: DisputeState, subject: str, said: str) -> None:
    """With the deadline, where there is one."""
    assert isinstance(DISPUTE, DisputeNotice)
    dated, undated = (
        written(evolve(DISPUTE, state=state, due_by=due_by), "Ada") for due_by in (NOON, None)
    )

    assert subject in dated["Subject"]
    assert said in " ".join(part(dated, "plain").split())
    assert "March 2026 to" not in part(undated, "plain")


@pytest.mark.parametrize(
    ("notice", "subject"),
    [
        (RECEIPT, "Your receipt for 2 automations"),
        (titled("Daily digest"), "Your receipt for Daily digest"),
        (SALE, "You sold 2 automations"),
        (single(SALE), "You sold Post to every network"),
        (DOUBLE, "You paid twice for 2 automations: the money goes back"),
    ],
)
def test_subject_says_it_all(notice: Notice, subject: str) -> None:
    """One thing is named, several are counted."""
    assert written(notice)["Subject"] == subject


def test_one_thing_is_spoken_of_as_one() -> None:
    """A receipt, a sale and a double payment of one line say "it" and "this"."""
    texts = [part(written(single(notice)), "plain") for notice in NOTICES[:4]]

    assert "Thank you, it is yours" in texts[0]
    assert "Your file is in the library" in texts[0]
    assert "This was bought and paid for." in texts[1]
    assert "This was bought and paid for, but" in texts[2]
    assert "You had this already" in texts[3]


@pytest.mark.parametrize(
    ("reason", "why"),
    [
        (HoldReason.ACCOUNT, "refused to pass your part on"),
        (HoldReason.DISPUTED, "the buyer's bank questions the payment"),
        (HoldReason.REFUND_UNMATCHED, "a part of the payment went back to the buyer"),
    ],
)
def test_held_sale_says_why(reason: HoldReason, why: str) -> None:
    """And that nothing was paid out."""
    assert isinstance(HELD, HeldSaleNotice)
    text = " ".join(part(written(evolve(HELD, reason=reason), "Ada"), "plain").split())

    assert why in text
    assert "Nothing was paid out to you" in text


def test_headers_are_those_of_a_message_by_a_program() -> None:
    """Nobody's holiday message answers it."""
    message = written(RECEIPT)

    assert message.keys() == HEADERS
    assert message["From"] == "Koda <receipts@koda.example>"
    assert message["To"] == "bea@example.com"
    assert message["Date"].datetime == NOON
    assert message["Auto-Submitted"] == "auto-generated"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]


def test_notice_has_the_same_message_id_whenever_it_is_sent() -> None:
    """Its event says which message it is: not the name, the moment, or who writes it."""
    cyd = mailbox("cyd@example.com")
    assert cyd is not None
    later = letters().write(RECEIPT, "Cyd", cyd, NOON + timedelta(days=3))

    assert later["Message-ID"] == written(RECEIPT)["Message-ID"]


def test_another_event_makes_another_message() -> None:
    """Though it says the same, to the same user."""
    others = [*NOTICES, evolve(RECEIPT, id=DomainEventId("order/ord_1/2/0"))]

    assert len({written(other)["Message-ID"] for other in others}) == len(others)


@pytest.mark.parametrize("name", [RECEIPT.id, "", "毎日", "order/ord_1\r\nBcc: ada@example.com"])
def test_message_id_is_one_whatever_the_event_is_called(name: str) -> None:
    """It is at the sender's domain, and shows neither the event nor the order."""
    message = written(evolve(RECEIPT, id=DomainEventId(name)))

    assert message.keys() == HEADERS
    assert re.fullmatch(r"<receipt\.[0-9a-f]{32}@koda\.example>", message["Message-ID"])


def test_answers_go_to_whoever_reads_them() -> None:
    """Only if somebody does is an answer asked for."""
    message = written(RECEIPT, reply_to="Help <help@koda.example>")

    assert message["Reply-To"] == "Help <help@koda.example>"
    assert "Just answer it." in part(message, "plain")
    assert "Just answer it." in part(message, "html")
    assert "answer it" not in part(written(RECEIPT), "html")


def test_marketplace_without_a_name_is_called_by_its_host() -> None:
    """Where the sender is an address alone."""
    bea = mailbox("bea@example.com")
    assert bea is not None
    message = letters(sender="receipts@koda.example").write(RECEIPT, "Bea", bea, NOON)

    assert "\nkoda.example, https://koda.example" in part(message, "plain")


def test_message_has_its_own_date_and_that_of_what_happened() -> None:
    """One that is sent again days later names the same day."""
    bea = mailbox("bea@example.com")
    assert bea is not None
    at = datetime(2026, 11, 23, 9, 5, 7, tzinfo=UTC)
    message = letters().write(RECEIPT, "Bea", bea, at)

    assert str(message["Date"]) == "Mon, 23 Nov 2026 09:05:07 +0000"
    assert "1 March 2026" in part(message, "html")


def test_html_says_the_same_without_fetching_anything() -> None:
    """The same words and links, no image, no script, nothing from elsewhere."""
    page = Page(part(written(SALE), "html"))

    for said in ("You made a sale", "Hello Bea,", "12.50 EUR", "3.75 EUR", "21.25 EUR", "ord_1"):
        assert said in page.said
    assert page.links == {"https://koda.example", "https://koda.example/sales"}
    assert not page.elements & {"img", "script", "link", "iframe", "form"}


def test_title_is_text_in_html() -> None:
    """Whatever a seller or a buyer calls something or themselves."""
    page = Page(part(written(titled("<script>alert('1')</script>"), "<b>Bea</b>"), "html"))

    assert "script" not in page.elements
    assert "b" not in page.elements
    assert "<script>alert('1')</script>" in page.said
    assert "Hello <b>Bea</b>," in page.said


def test_line_ends_in_a_title_or_name_make_no_header_and_no_line() -> None:
    """Titles and names may hold line ends; in a message they are spaces."""
    title = "Daily\r\nBcc: ada@example.com\r\n\r\nHello"
    message = written(titled(title), "Bea\r\nBcc: ada@example.com")

    assert message.keys() == HEADERS
    assert message["Subject"] == "Your receipt for Daily Bcc: ada@example.com Hello"
    assert "Hello Bea Bcc: ada@example.com,\n" in part(message, "plain")
    assert "- Daily Bcc: ada@example.com Hello, version" in part(message, "plain")


@given(st.text(min_size=1, max_size=100).filter(one_line), st.text(min_size=1, max_size=200))
def test_any_title_and_name_arrive_as_they_are(title: str, name: str) -> None:
    """Every script comes through, in the subject and both parts, and never as a header."""
    message = written(titled(title), name)

    assert message.keys() == HEADERS
    assert message["Subject"] == f"Your receipt for {one_line(title)}"
    for kind in ("plain", "html"):
        assert not message.get_body((kind,)).defects  # type: ignore[union-attr]
    assert f"- {one_line(title)}, version" in part(message, "plain")
    assert f"Hello {one_line(name)}".strip() + "," in part(message, "plain")
    assert one_line(title) in Page(part(message, "html")).said


@pytest.mark.parametrize("hidden", ["=?utf-8?q?{}?=", "Daily =?us-ascii?q?{}?= digest"])
def test_encoded_word_in_a_title_or_name_is_text(hidden: str) -> None:
    """A seller can put neither a field nor words of their own into a buyer's receipt."""
    title = hidden.format("=0D=0ABcc:_ada@example.com=0D=0A=0D=0APay_here")
    message = written(titled(title), title)

    assert message.keys() == HEADERS
    assert message["Subject"] == f"Your receipt for {title}"
    assert f"Hello {title},\n" in part(message, "plain")
    assert part(message, "plain").startswith("Thank you")
