"""What each kind of notice says, apart from how it looks."""

from collections.abc import Mapping
from typing import assert_never

from attrs import frozen

from koda.adapters.smtp.mailboxes import one_line
from koda.domain.model.money import Money
from koda.domain.model.notices import (
    DoublePaymentNotice,
    HeldSaleNotice,
    Notice,
    Receipt,
    SaleNotice,
)
from koda.domain.model.order_lines import OrderLine


@frozen
class Message:
    """A message's words: `sums` are amounts by what they are, the last one being the point.

    `path` leads to the page of the site that `action` names.
    """

    kind: str
    subject: str
    heading: str
    text: str
    lines: tuple[OrderLine, ...]
    sums: Mapping[str, Money]
    action: str
    path: str


def message_of(notice: Notice) -> Message:
    """Return what `notice` says; a sale names the automation and never who bought it."""
    many = len(notice.lines) > 1
    what = f"{len(notice.lines)} automations" if many else one_line(notice.lines[0].title)
    match notice:
        case Receipt():
            return _receipt(notice, what, many=many)
        case SaleNotice():
            return _sale(notice, what, many=many)
        case HeldSaleNotice():
            return _held_sale(notice, what, many=many)
        case DoublePaymentNotice():
            return _double_payment(notice, what, many=many)
        case _:
            assert_never(notice)


def _receipt(notice: Receipt, what: str, *, many: bool) -> Message:
    return Message(
        "receipt",
        f"Your receipt for {what}",
        f"Thank you, {'they are' if many else 'it is'} yours",
        f"The payment is confirmed. Your {'files are' if many else 'file is'} in the "
        "library, ready to download.",
        notice.lines,
        {"Total": notice.total},
        "Open your library",
        "/library",
    )


def _sale(notice: SaleNotice, what: str, *, many: bool) -> Message:
    return Message(
        "sale",
        f"You sold {what}",
        "You made a sale",
        f"{'These were' if many else 'This was'} bought and paid for. Your part is on its "
        "way to your payout account.",
        notice.lines,
        _parts(notice, "Your part"),
        "See your sales",
        "/sales",
    )


def _held_sale(notice: HeldSaleNotice, what: str, *, many: bool) -> Message:
    return Message(
        "held",
        f"You sold {what}, but your part could not be paid out",
        "A sale, and money that is held",
        f"{'These were' if many else 'This was'} bought and paid for, but the payment "
        "provider refused to pass your part on to your payout account. Nothing was paid "
        "out to you: the marketplace holds it. See on your selling page what stands in "
        "the way, and ask the marketplace to pay it out once that is settled.",
        notice.lines,
        _parts(notice, "Your part, held"),
        "See what stands in the way",
        "/selling",
    )


def _double_payment(notice: DoublePaymentNotice, what: str, *, many: bool) -> Message:
    return Message(
        "double",
        f"You paid twice for {what}: the money goes back",
        "You paid twice",
        f"You had {'these' if many else 'this'} already, so this second payment goes back "
        "to where it came from. You need do nothing; it may take your bank some days.",
        notice.lines,
        {"Goes back": notice.total},
        "Open your library",
        "/library",
    )


def _parts(notice: SaleNotice | HeldSaleNotice, own: str) -> Mapping[str, Money]:
    """The price of what was sold, and what becomes of it."""
    price = Money.total((line.price for line in notice.lines), notice.net.currency)
    return {"Price": price, "Marketplace fee": price - notice.net, own: notice.net}
