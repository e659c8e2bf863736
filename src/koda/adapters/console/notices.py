"""Notices in the log."""

import logging
from typing import assert_never

from koda.domain.model.notices import (
    DoublePaymentNotice,
    HeldSaleNotice,
    Notice,
    Receipt,
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
        case _:
            assert_never(notice)
