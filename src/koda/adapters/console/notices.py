"""Notices in the log."""

import logging
from typing import assert_never

from koda.domain.model.notices import (
    DisputeNotice,
    DoublePaymentNotice,
    HeldSaleNotice,
    Notice,
    Receipt,
    RefundedSaleNotice,
    RefundNotice,
    SaleNotice,
)
from koda.ports.notices import Notices

_log = logging.getLogger("koda.notices")


class ConsoleNotices(Notices):
    """Writes one line a notice to the logger `koda.notices`: ids and amounts, no address."""

    def send(self, notice: Notice) -> None:
        _log.info("%s: %s (%s)", notice.user_id, _told(notice), notice.id)


def _told(notice: Notice) -> str:
    titles = ", ".join(repr(line.title) for line in notice.lines)
    match notice:
        case Receipt():
            return f"you bought {titles} for {notice.total}"
        case SaleNotice():
            return f"you sold {titles}, {notice.net} for you"
        case HeldSaleNotice():
            return f"you sold {titles}, {notice.net} is held, not paid out ({notice.reason})"
        case DoublePaymentNotice():
            return f"you paid twice for {titles}, {notice.total} goes back"
        case RefundNotice() | RefundedSaleNotice() | DisputeNotice():
            return _told_later(notice, titles)
        case _:
            assert_never(notice)


def _told_later(notice: RefundNotice | RefundedSaleNotice | DisputeNotice, titles: str) -> str:
    match notice:
        case RefundNotice():
            return f"{notice.amount} of what you paid for {titles} went back to you"
        case RefundedSaleNotice():
            return (
                f"{notice.amount} of what you sold, {titles}, went back, {notice.net} of it yours"
            )
        case DisputeNotice():
            due = f", answer by {notice.due_by:%Y-%m-%d}" if notice.due_by else ""
            return f"{titles}: the payment is in dispute, {notice.state}{due}"
        case _:
            assert_never(notice)
