"""What notices say of money that goes back, or may have to."""

from typing import assert_never

from koda.adapters.smtp.message import Message, parts
from koda.adapters.smtp.requests import message_of_request
from koda.domain.model.disputes import DisputeState
from koda.domain.model.money import Money
from koda.domain.model.notices import (
    DisputeNotice,
    RefundAnswerNotice,
    RefundedSaleNotice,
    RefundNotice,
    RefundRequestNotice,
)
from koda.domain.model.sentences import Sentence, sentence
from koda.domain.model.validation import one_line

_Return = (
    RefundNotice | RefundedSaleNotice | RefundRequestNotice | RefundAnswerNotice | DisputeNotice
)


_GOES_ON = frozenset({DisputeState.INQUIRY, DisputeState.OPEN, DisputeState.APPEALED})


def message_of_return(notice: _Return) -> Message:
    """Return what `notice` says."""
    match notice:
        case RefundRequestNotice() | RefundAnswerNotice():
            return message_of_request(notice)
        case RefundNotice():
            return _refund(notice)
        case RefundedSaleNotice():
            return _refunded_sale(notice)
        case DisputeNotice():
            return _dispute(notice)
        case _:
            assert_never(notice)


def _refund(notice: RefundNotice) -> Message:
    title = one_line(notice.lines[0].title)
    return Message(
        "refund",
        sentence("A refund for {title}", title=title),
        sentence("Your money goes back"),
        sentence(
            "What is named below was refunded. It goes back to where it came from; it may take "
            "your bank some days to show it. If all of the price was refunded, the file cannot be "
            "downloaded any more."
        ),
        notice.lines,
        ((sentence("Refunded"), notice.amount),),
        sentence("See your orders"),
        "/orders",
    )


def _refunded_sale(notice: RefundedSaleNotice) -> Message:
    title = one_line(notice.lines[0].title)
    return Message(
        "refunded-sale",
        sentence("A sale of {title} was refunded", title=title),
        sentence("A sale was refunded"),
        _refunded_sale_text(notice.owed),
        notice.lines,
        (
            (sentence("Refunded"), notice.amount),
            (sentence("Marketplace fee"), notice.amount - notice.net),
            (sentence("Your part of it"), notice.net),
            *([(sentence("You owe"), notice.owed)] if notice.owed.minor else []),
        ),
        sentence("See your sales"),
        "/sales",
    )


def _refunded_sale_text(owed: Money) -> Sentence:
    if not owed.minor:
        return sentence(
            "A buyer got back what is named below. Your part of it is yours no more; the "
            "marketplace bears its fee."
        )
    return sentence(
        "A buyer got back what is named below. Your part of it is yours no more; the marketplace "
        "bears its fee. Your account did not hold all of it: you owe {owed}, which is taken from "
        "your account once you have sold more.",
        owed=owed,
    )


def _dispute(notice: DisputeNotice) -> Message:
    title = one_line(notice.lines[0].title)
    return Message(
        "dispute",
        sentence("The payment of {title} is in dispute", title=title)
        if notice.state in _GOES_ON
        else sentence("The dispute about {title} is over", title=title),
        _dispute_heading(notice.state),
        _dispute_text(notice),
        notice.lines,
        ((sentence("Disputed"), notice.amount), *parts(notice, sentence("Your part"))),
        sentence("See your sales"),
        "/sales",
    )


def _dispute_heading(state: DisputeState) -> Sentence:
    match state:
        case DisputeState.INQUIRY:
            return sentence("A bank asks about a payment")
        case DisputeState.OPEN:
            return sentence("A bank questions a payment")
        case DisputeState.WON:
            return sentence("The dispute was won")
        case DisputeState.LOST:
            return sentence("The dispute was lost")
        case DisputeState.APPEALED:
            return sentence("The dispute may be decided anew")
        case DisputeState.PREVENTED:
            return sentence("The question is settled")
        case _:
            assert_never(state)


def _dispute_text(notice: DisputeNotice) -> Sentence:
    match notice.state:
        case DisputeState.INQUIRY:
            return _inquiry_text(notice)
        case DisputeState.OPEN:
            return _open_text(notice)
        case DisputeState.WON:
            return sentence(
                "The bank decided for the marketplace. The buyer can download again what was not "
                "refunded, and what was held of your part, or taken back, is paid out to you."
            )
        case DisputeState.LOST:
            return sentence(
                "The bank decided for the buyer, who keeps what they disputed. Your part of that "
                "is taken back; your statement says how much it is."
            )
        case DisputeState.APPEALED:
            return sentence(
                "The bank decided for the buyer, and the card network may decide anew. Your part "
                "is taken back until it does. The marketplace answers it; you need do nothing."
            )
        case DisputeState.PREVENTED:
            return sentence("It ended before it became a dispute. Nothing was taken.")
        case _:
            assert_never(notice.state)


def _inquiry_text(notice: DisputeNotice) -> Sentence:
    if notice.due_by is None:
        return sentence(
            "The buyer's bank asks about the payment. Nothing was taken, and the buyer can "
            "download as before. The marketplace answers it; you need do nothing."
        )
    return sentence(
        "The buyer's bank asks about the payment. Nothing was taken, and the buyer can download "
        "as before. The marketplace answers it by {day}; you need do nothing.",
        day=notice.due_by.date(),
    )


def _open_text(notice: DisputeNotice) -> Sentence:
    if notice.due_by is None:
        return sentence(
            "The buyer's bank has taken the money. The buyer cannot download until the bank "
            "decides, and nothing of this payment moves. You need do nothing."
        )
    return sentence(
        "The buyer's bank has taken the money. The buyer cannot download until the bank decides, "
        "and nothing of this payment moves. The marketplace has until {day} to send evidence. "
        "You need do nothing.",
        day=notice.due_by.date(),
    )
