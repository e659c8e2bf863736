"""What every way of telling users does."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from koda.domain.model.money import Money
from koda.domain.model.notices import (
    DoublePaymentNotice,
    HeldSaleNotice,
    Notice,
    Receipt,
    SaleNotice,
)
from koda.ports.notices import Notices
from koda.testing.examples import a_line, an_order

ORDER = an_order()
LINES = (a_line(1), a_line(2))
NOTICES: tuple[Notice, ...] = (
    Receipt(ORDER.buyer_id, ORDER.id, LINES, Money(2500, "EUR")),
    SaleNotice(LINES[0].seller_id, ORDER.id, LINES, Money(2125, "EUR")),
    HeldSaleNotice(LINES[0].seller_id, ORDER.id, LINES, Money(2125, "EUR")),
    DoublePaymentNotice(ORDER.buyer_id, ORDER.id, LINES, Money(2500, "EUR")),
)
"""One notice of each kind."""


class NoticesContract:
    """Subclass it, with a fixture `make` that returns a function which makes a `Notices`."""

    @pytest.mark.parametrize("notice", NOTICES, ids=lambda notice: type(notice).__name__)
    def test_every_kind_of_notice_is_taken(
        self, make: Callable[[], Notices], notice: Notice
    ) -> None:
        """No kind of notice is unknown, and sending one again is harmless."""
        notices = make()

        notices.send(notice)
        notices.send(notice)

    def test_threads_send_at_once(self, make: Callable[[], Notices]) -> None:
        """Many threads may send through one adapter."""
        notices = make()

        with ThreadPoolExecutor(8) as threads:
            list(threads.map(notices.send, NOTICES * 20))
