"""What every way of telling users does."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor

import pytest

from koda.domain.model.disputes import DisputeState
from koda.domain.model.event import DomainEventId
from koda.domain.model.hold_reasons import HoldReason
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
    RefundNotice,
    RefundRequestNotice,
    SaleNotice,
    UndeliverableNotice,
    UndeliveredSaleNotice,
)
from koda.ports.notices import Notices
from koda.testing.examples import NOON, a_line, an_order

ORDER = an_order()
LINES = (a_line(1), a_line(2))


def _id(number: int) -> DomainEventId:
    return DomainEventId(f"order/{ORDER.id}/1/{number}")


NOTICES: tuple[Notice, ...] = (
    Receipt(_id(0), NOON, ORDER.buyer_id, ORDER.id, LINES, Money(2500, "EUR")),
    SaleNotice(_id(1), NOON, LINES[0].seller_id, ORDER.id, LINES, Money(2125, "EUR")),
    HeldSaleNotice(
        _id(2),
        NOON,
        LINES[0].seller_id,
        ORDER.id,
        LINES,
        Money(2125, "EUR"),
        HoldReason.ACCOUNT,
    ),
    DoublePaymentNotice(_id(3), NOON, ORDER.buyer_id, ORDER.id, LINES, Money(2500, "EUR")),
    RefundNotice(_id(5), NOON, ORDER.buyer_id, ORDER.id, LINES[:1], Money(500, "EUR")),
    RefundedSaleNotice(
        _id(6),
        NOON,
        LINES[0].seller_id,
        ORDER.id,
        LINES[:1],
        Money(500, "EUR"),
        Money(425, "EUR"),
        Money(125, "EUR"),
    ),
    DisputeNotice(
        _id(7),
        NOON,
        LINES[0].seller_id,
        ORDER.id,
        LINES,
        Money(2125, "EUR"),
        DisputeState.OPEN,
        NOON,
        Money(2500, "EUR"),
    ),
    UndeliverableNotice(_id(8), NOON, ORDER.buyer_id, ORDER.id, LINES, Money(2500, "EUR")),
    UndeliveredSaleNotice(_id(9), NOON, LINES[0].seller_id, ORDER.id, LINES, Money(2500, "EUR")),
    RefundRequestNotice(
        _id(10), NOON, LINES[0].seller_id, ORDER.id, LINES[:1], "It does not run.", NOON
    ),
    RefundAnswerNotice(
        _id(11), NOON, ORDER.buyer_id, ORDER.id, LINES[:1], granted=True, reason="You are right."
    ),
    ListingNotice(
        DomainEventId("automation/aut_1/2/0"),
        NOON,
        LINES[0].seller_id,
        LINES[0].automation_id,
        LINES[0].title,
        done=Moderation.SUSPENDED,
        reason="A buyer reported it.",
    ),
)
"""One notice of each kind."""
OTHER_SALE = SaleNotice(_id(4), NOON, LINES[0].seller_id, ORDER.id, LINES[:1], Money(1062, "EUR"))
"""One of a kind, order and user that another one is of, too."""


class NoticesContract:
    """Subclass it, with the fixtures `make`, a function which makes a `Notices`, and `marks`.

    `marks` is a function of a `Notices`. It returns, of each message that reached somebody so far,
    what they tell a repeat by, such as the `Message-ID` of an e-mail.
    """

    @pytest.mark.parametrize("notice", NOTICES, ids=lambda notice: type(notice).__name__)
    def test_every_kind_of_notice_is_sent(
        self,
        make: Callable[[], Notices],
        marks: Callable[[Notices], Iterable[str]],
        notice: Notice,
    ) -> None:
        """No kind of notice is unknown, and each has reached somebody when `send` returns."""
        notices = make()

        notices.send(notice)

        assert len(list(marks(notices))) == 1

    @pytest.mark.parametrize("notice", NOTICES, ids=lambda notice: type(notice).__name__)
    def test_sending_again_is_harmless(
        self,
        make: Callable[[], Notices],
        marks: Callable[[Notices], Iterable[str]],
        notice: Notice,
    ) -> None:
        """By the same process or another one: whoever is told twice sees that it is the same."""
        first, second = make(), make()

        for notices in (first, first, second):
            notices.send(notice)

        assert len({*marks(first), *marks(second)}) == 1

    def test_notices_are_told_apart(
        self, make: Callable[[], Notices], marks: Callable[[Notices], Iterable[str]]
    ) -> None:
        """Each has a mark of its own, even of those to one user about one order."""
        notices = make()

        for notice in (*NOTICES, OTHER_SALE):
            notices.send(notice)

        assert len(set(marks(notices))) == len(NOTICES) + 1

    def test_threads_send_at_once(
        self, make: Callable[[], Notices], marks: Callable[[Notices], Iterable[str]]
    ) -> None:
        """Many threads may send through one adapter, and nothing of theirs is lost."""
        notices = make()

        with ThreadPoolExecutor(8) as threads:
            list(threads.map(notices.send, NOTICES * 20))

        assert len(set(marks(notices))) == len(NOTICES)
