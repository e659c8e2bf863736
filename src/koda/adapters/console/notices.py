"""Notices in the log."""

import logging
from collections.abc import Iterator, Mapping
from typing import assert_never

from koda.domain.model.disputes import DisputeState
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
    RefundNotice,
    RefundRequestNotice,
    SaleNotice,
    UndeliverableNotice,
    UndeliveredSaleNotice,
)
from koda.ports.notices import Notices

_Later = (
    UndeliverableNotice
    | UndeliveredSaleNotice
    | RefundNotice
    | RefundedSaleNotice
    | DisputeNotice
    | ListingNotice
)
_DECIDED: Mapping[DisputeState, str] = {
    DisputeState.WON: "won",
    DisputeState.LOST: "lost",
    DisputeState.PREVENTED: "closed",
}
"""What is said of disputes that nobody decides any more."""
_MODERATED: Mapping[Moderation, str] = {
    Moderation.SUSPENDED: "suspended",
    Moderation.REINSTATED: "put back on sale",
    Moderation.APPROVED: "reviewed and put on sale",
    Moderation.REJECTED: "reviewed and suspended",
}
_log = logging.getLogger("koda.notices")


class ConsoleNotices(Notices):
    """Writes one line a notice to the logger `koda.notices`: ids and amounts, no address."""

    def send(self, notice: Notice) -> None:
        _log.info("%s: %s (%s)", notice.user_id, _told(notice), notice.id)


def _told(notice: Notice) -> str:
    titles = ", ".join(map(repr, _titles(notice)))
    match notice:
        case Receipt():
            return f"you bought {titles} for {notice.total}"
        case SaleNotice():
            return f"you sold {titles}, {notice.net} for you"
        case HeldSaleNotice():
            return f"you sold {titles}, {notice.net} is held, not paid out ({notice.reason})"
        case DoublePaymentNotice():
            return f"you paid twice for {titles}, {notice.total} goes back"
        case RefundRequestNotice() | RefundAnswerNotice():
            return _told_of_request(notice, titles)
        case _:
            return _told_later(notice, titles)


def _titles(notice: Notice) -> Iterator[str]:
    if isinstance(notice, ListingNotice):
        yield notice.title
    else:
        yield from (line.title for line in notice.lines)


def _told_of_request(notice: RefundRequestNotice | RefundAnswerNotice, titles: str) -> str:
    if isinstance(notice, RefundRequestNotice):
        due = f"{notice.answer_by:%Y-%m-%d}"
        return f"a refund of {titles} is asked for, answer by {due}"
    part = f" in part, {notice.part}" if notice.part else ""
    return f"the refund of {titles} was {'granted' if notice.granted else 'refused'}{part}"


def _told_later(notice: _Later, titles: str) -> str:
    match notice:
        case UndeliverableNotice():
            return f"{titles} cannot be delivered any more, {notice.total} goes back"
        case UndeliveredSaleNotice():
            return f"{titles}, paid while suspended, {notice.total} goes back to the buyer"
        case RefundNotice():
            return f"{notice.amount} of what you paid for {titles} went back to you"
        case RefundedSaleNotice():
            owed = f", you owe {notice.owed}" if notice.owed.minor else ""
            return f"{notice.amount} of {titles} went back, {notice.net} was yours{owed}"
        case DisputeNotice():
            return _told_of_dispute(notice, titles)
        case ListingNotice():
            return f"{titles} was {_MODERATED[notice.done]}"
        case _:
            assert_never(notice)


def _told_of_dispute(notice: DisputeNotice, titles: str) -> str:
    ended = _DECIDED.get(notice.state)
    if ended:
        return (
            f"{titles}: the dispute of {notice.amount} was {ended} on {notice.occurred_at:%Y-%m-%d}"
        )
    due = f", answer by {notice.due_by:%Y-%m-%d}" if notice.due_by else ""
    return f"{titles}: {notice.amount} of the payment is in dispute, {notice.state}{due}"
