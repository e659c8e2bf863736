"""What notices say of refunds that buyers ask for."""

from koda.adapters.smtp.message import Message
from koda.domain.model.money import Money
from koda.domain.model.notices import RefundAnswerNotice, RefundRequestNotice
from koda.domain.model.order_lines import OrderLine
from koda.domain.model.sentences import Sentence, sentence
from koda.domain.model.validation import one_line


def message_of_request(notice: RefundRequestNotice | RefundAnswerNotice) -> Message:
    """Return what `notice` says."""
    return _asked(notice) if isinstance(notice, RefundRequestNotice) else _answered(notice)


def _asked(notice: RefundRequestNotice) -> Message:
    title = one_line(notice.lines[0].title)
    return Message(
        "refund-request",
        sentence("A buyer asks for a refund of {title}", title=title),
        sentence("A refund is asked for"),
        sentence(
            'A buyer asks for their money back, and says: "{reason}" Refund all of it or a part, '
            "or refuse it and say why, by {day}. Nothing is refunded by itself.",
            reason=one_line(notice.reason),
            day=notice.answer_by.date(),
        ),
        notice.lines,
        _price(notice.lines),
        sentence("Answer it on your sales page"),
        "/sales",
    )


def _answered(notice: RefundAnswerNotice) -> Message:
    title, reason = one_line(notice.lines[0].title), one_line(notice.reason)
    return Message(
        "refund-answer",
        sentence("Your refund of {title} was granted in part", title=title)
        if notice.part
        else sentence("Your refund of {title} was granted", title=title)
        if notice.granted
        else sentence("Your refund of {title} was refused", title=title),
        _heading(notice),
        sentence(
            "You get money back for this; another message tells how much, once it is on its way. "
            'The seller or the marketplace says: "{reason}"',
            reason=reason,
        )
        if notice.granted
        else sentence(
            "The refund that you asked for was refused, and you keep what you bought. "
            'The seller or the marketplace says: "{reason}"',
            reason=reason,
        ),
        notice.lines,
        _price(notice.lines),
        sentence("See your order"),
        f"/orders/{notice.order_id}",
    )


def _heading(notice: RefundAnswerNotice) -> Sentence:
    if notice.part:
        price = notice.lines[0].price
        return sentence("Granted in part: {part} of {price}", part=notice.part, price=price)
    return sentence("Your request was granted") if notice.granted else sentence("No refund")


def _price(lines: tuple[OrderLine, ...]) -> tuple[tuple[Sentence, Money], ...]:
    return ((sentence("Price"), lines[0].price),)
