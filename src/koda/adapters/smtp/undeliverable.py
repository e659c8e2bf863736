"""What notices say of money that goes back since what it paid for had been suspended."""

from typing import assert_never

from koda.adapters.smtp.message import Message
from koda.domain.model.notices import UndeliverableNotice, UndeliveredSaleNotice
from koda.domain.model.sentences import counted, sentence
from koda.domain.model.validation import one_line


def message_of_undeliverable(notice: UndeliverableNotice | UndeliveredSaleNotice) -> Message:
    """Return what `notice` says."""
    match notice:
        case UndeliverableNotice():
            return _to_buyer(notice)
        case UndeliveredSaleNotice():
            return _to_seller(notice)
        case _:
            assert_never(notice)


def _to_buyer(notice: UndeliverableNotice) -> Message:
    count, title = len(notice.lines), one_line(notice.lines[0].title)
    return Message(
        "undeliverable",
        sentence("{title} cannot be delivered: the money goes back", title=title)
        if count == 1
        else counted(
            "{count} automation cannot be delivered: the money goes back",
            "{count} automations cannot be delivered: the money goes back",
            count,
        ),
        sentence("Your money goes back"),
        counted(
            "The marketplace took this off sale before your payment arrived, so it is not in your "
            "library, and what you paid for it goes back to where it came from. You need do "
            "nothing; it may take your bank some days.",
            "The marketplace took these off sale before your payment arrived, so they are not in "
            "your library, and what you paid for them goes back to where it came from. You need "
            "do nothing; it may take your bank some days.",
            count,
        ),
        notice.lines,
        ((sentence("Goes back"), notice.total),),
        sentence("See your orders"),
        "/orders",
    )


def _to_seller(notice: UndeliveredSaleNotice) -> Message:
    count, title = len(notice.lines), one_line(notice.lines[0].title)
    return Message(
        "undelivered-sale",
        sentence("A late payment for {title} goes back", title=title)
        if count == 1
        else counted(
            "A late payment for {count} automation goes back",
            "A late payment for {count} automations goes back",
            count,
        ),
        sentence("No sale: the listing is suspended"),
        counted(
            "A buyer paid for this before the checkout could be closed. Since the marketplace has "
            "suspended the listing, nothing was delivered, and the money goes back to the buyer. "
            "Nothing of it is yours.",
            "A buyer paid for these before the checkout could be closed. Since the marketplace "
            "has suspended the listings, nothing was delivered, and the money goes back to the "
            "buyer. Nothing of it is yours.",
            count,
        ),
        notice.lines,
        ((sentence("Goes back"), notice.total),),
        sentence("See your listings"),
        "/selling",
    )
