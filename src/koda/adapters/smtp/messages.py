"""What each kind of notice says, apart from how it looks."""

from koda.adapters.smtp.message import Message, parts
from koda.adapters.smtp.moderation import message_of_moderation
from koda.adapters.smtp.returns import message_of_return
from koda.adapters.smtp.undeliverable import message_of_undeliverable
from koda.domain.model.hold_reasons import HoldReason
from koda.domain.model.notices import (
    DoublePaymentNotice,
    HeldSaleNotice,
    ListingNotice,
    Notice,
    Receipt,
    SaleNotice,
    UndeliverableNotice,
    UndeliveredSaleNotice,
)
from koda.domain.model.sentences import Sentence, counted, sentence
from koda.domain.model.validation import one_line


def message_of(notice: Notice) -> Message:
    """Return what `notice` says; a sale names the automation and never who bought it."""
    match notice:
        case Receipt() | DoublePaymentNotice():
            return _to_buyer(notice)
        case SaleNotice():
            return _sale(notice)
        case HeldSaleNotice():
            return _held_sale(notice)
        case UndeliverableNotice() | UndeliveredSaleNotice():
            return message_of_undeliverable(notice)
        case ListingNotice():
            return message_of_moderation(notice)
        case _:
            return message_of_return(notice)


def _to_buyer(notice: Receipt | DoublePaymentNotice) -> Message:
    return _receipt(notice) if isinstance(notice, Receipt) else _double_payment(notice)


def _receipt(notice: Receipt) -> Message:
    count, title = len(notice.lines), one_line(notice.lines[0].title)
    return Message(
        "receipt",
        sentence("Your receipt for {title}", title=title)
        if count == 1
        else counted(
            "Your receipt for {count} automation", "Your receipt for {count} automations", count
        ),
        counted("Thank you, it is yours", "Thank you, they are yours", count),
        counted(
            "The payment is confirmed. Your file is in the library, ready to download.",
            "The payment is confirmed. Your files are in the library, ready to download.",
            count,
        ),
        notice.lines,
        ((sentence("Total"), notice.total),),
        sentence("Open your library"),
        "/library",
    )


def _sale(notice: SaleNotice) -> Message:
    count, title = len(notice.lines), one_line(notice.lines[0].title)
    return Message(
        "sale",
        sentence("You sold {title}", title=title)
        if count == 1
        else counted("You sold {count} automation", "You sold {count} automations", count),
        sentence("You made a sale"),
        counted(
            "This was bought and paid for. Your part is on its way to your payout account.",
            "These were bought and paid for. Your part is on its way to your payout account.",
            count,
        ),
        notice.lines,
        parts(notice, sentence("Your part")),
        sentence("See your sales"),
        "/sales",
    )


def _held_sale(notice: HeldSaleNotice) -> Message:
    count, title = len(notice.lines), one_line(notice.lines[0].title)
    return Message(
        "held",
        sentence("You sold {title}, but your part could not be paid out", title=title)
        if count == 1
        else counted(
            "You sold {count} automation, but your part could not be paid out",
            "You sold {count} automations, but your part could not be paid out",
            count,
        ),
        sentence("A sale, and money that is held"),
        _why_held(notice.reason, count),
        notice.lines,
        parts(notice, sentence("Your part, held")),
        sentence("See what stands in the way"),
        "/selling",
    )


def _why_held(reason: HoldReason, count: int) -> Sentence:
    if reason is HoldReason.DISPUTED:
        return counted(
            "This was bought and paid for, but the buyer's bank questions the payment. Nothing was "
            "paid out to you: the marketplace holds it until that is decided. You need do nothing.",
            "These were bought and paid for, but the buyer's bank questions the payment. Nothing "
            "was paid out to you: the marketplace holds it until that is decided. You need do "
            "nothing.",
            count,
        )
    if reason is HoldReason.REFUND_UNMATCHED:
        return counted(
            "This was bought and paid for, but a part of the payment went back to the buyer, and "
            "the marketplace has yet to say what for. Nothing was paid out to you: the marketplace "
            "holds it until then. You need do nothing.",
            "These were bought and paid for, but a part of the payment went back to the buyer, and "
            "the marketplace has yet to say what for. Nothing was paid out to you: the marketplace "
            "holds it until then. You need do nothing.",
            count,
        )
    return counted(
        "This was bought and paid for, but the payment provider refused to pass your part on to "
        "your payout account. Nothing was paid out to you: the marketplace holds it. See on your "
        "selling page what stands in the way, and ask the marketplace to pay it out once that is "
        "settled.",
        "These were bought and paid for, but the payment provider refused to pass your part on to "
        "your payout account. Nothing was paid out to you: the marketplace holds it. See on your "
        "selling page what stands in the way, and ask the marketplace to pay it out once that is "
        "settled.",
        count,
    )


def _double_payment(notice: DoublePaymentNotice) -> Message:
    count, title = len(notice.lines), one_line(notice.lines[0].title)
    return Message(
        "double",
        sentence("You paid twice for {title}: the money goes back", title=title)
        if count == 1
        else counted(
            "You paid twice for {count} automation: the money goes back",
            "You paid twice for {count} automations: the money goes back",
            count,
        ),
        sentence("You paid twice"),
        counted(
            "You had this already, so this second payment goes back to where it came from. You "
            "need do nothing; it may take your bank some days.",
            "You had these already, so this second payment goes back to where it came from. You "
            "need do nothing; it may take your bank some days.",
            count,
        ),
        notice.lines,
        ((sentence("Goes back"), notice.total),),
        sentence("Open your library"),
        "/library",
    )
