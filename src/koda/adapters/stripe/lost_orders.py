"""Orders as their checkout sessions remember them, should the store have lost one.

What a line sells lies in the session's own lines, where it is read only if it is needed.
"""

from collections.abc import Iterable
from datetime import UTC, datetime

from stripe import LineItem
from stripe.checkout import Session

from koda.adapters.stripe.amounts import from_stripe
from koda.adapters.stripe.notes import (
    ACCOUNT_NOTE,
    AUTOMATION_NOTE,
    BUYER_NOTE,
    FEE_NOTE,
    NUMBER_NOTE,
    ORDER_NOTE,
    SELLER_NOTE,
    VERSION_NOTE,
    note,
)
from koda.domain.model.checkouts import CheckoutSession
from koda.domain.model.identifiers import (
    AccountId,
    AutomationId,
    CheckoutSessionId,
    OrderId,
    UserId,
)
from koda.domain.model.money import Money
from koda.domain.model.order_lines import OrderLine
from koda.domain.model.orders import Order
from koda.domain.model.versions import Version


def notes_of(line: OrderLine) -> dict[str, str]:
    """What a session remembers of a line, beside its title and price."""
    return {
        NUMBER_NOTE: str(line.number),
        AUTOMATION_NOTE: line.automation_id,
        VERSION_NOTE: str(line.version),
        SELLER_NOTE: line.seller_id,
        ACCOUNT_NOTE: line.account_id,
        FEE_NOTE: str(line.fee.minor),
    }


def order_from(session: Session, items: Iterable[LineItem]) -> Order | None:
    """The order of a session with these lines; nothing where it is none of Koda's, or damaged."""
    try:
        lines = sorted(map(_line, items), key=lambda line: line.number)
        order = Order(
            OrderId(note(session, ORDER_NOTE) or ""),
            UserId(note(session, BUYER_NOTE) or ""),
            tuple(lines),
            datetime.fromtimestamp(session.created, UTC),
        )
    except ValueError:
        return None
    closes = datetime.fromtimestamp(session.expires_at, UTC)
    # The page is gone once somebody paid.
    return order.offered(CheckoutSession(CheckoutSessionId(session.id), session.url or "", closes))


def _line(item: LineItem) -> OrderLine:
    """A line as it was sold; raises `ValueError` where it does not say."""
    price = from_stripe(item.amount_subtotal, item.currency)
    return OrderLine(
        int(note(item, NUMBER_NOTE) or ""),
        AutomationId(note(item, AUTOMATION_NOTE) or ""),
        Version.parse(note(item, VERSION_NOTE) or ""),
        UserId(note(item, SELLER_NOTE) or ""),
        AccountId(note(item, ACCOUNT_NOTE) or ""),
        item.description or "",
        price,
        Money(int(note(item, FEE_NOTE) or ""), price.currency),
    )
