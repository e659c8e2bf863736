"""Evidence for the bank of a buyer who disputes a payment."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from attrs import field, frozen

from koda.domain.model.automations import Automation
from koda.domain.model.grants import Grant
from koda.domain.model.identifiers import AutomationId
from koda.domain.model.order_lines import OrderLine
from koda.domain.model.validation import utc

if TYPE_CHECKING:
    from koda.domain.model.orders import Order

LONGEST_TEXT = 20_000
"""Characters of a text of evidence; all texts together may be more than twice as long."""


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_TEXT else f"{text[: LONGEST_TEXT - 1]}…"


@frozen
class Evidence:
    """What a bank is told of a disputed payment, in English; texts are cut to `LONGEST_TEXT`.

    `payment` says what was paid and when, `product` what was sold as it is described now, `access`
    when the buyer asked for download links: nothing of what they did not ask for, since that speaks
    for them. `paid_at` is UTC.
    """

    payment: str = field(converter=_cut)
    product: str = field(converter=_cut)
    access: str = field(converter=_cut)
    paid_at: datetime = field(validator=utc)


def evidence_of(
    order: "Order",
    listings: Mapping[AutomationId, Automation],
    grants: Mapping[int, Iterable[Grant]],
) -> Evidence:
    """Assemble the evidence of a paid order; `grants` are by the number of the line."""
    paid_at = order.paid_at or order.created_at
    products = (_product(line, listings.get(line.automation_id)) for line in order.sold)
    requests = (
        asked for line in order.sold for asked in _access(line, grants.get(line.number, ()))
    )
    return Evidence(
        "\n".join(_payment(order, paid_at)), "\n\n".join(products), "\n".join(requests), paid_at
    )


def _payment(order: "Order", paid_at: datetime) -> Iterator[str]:
    yield f"Order {order.id} of the account {order.buyer_id}, made {_moment(order.created_at)}."
    yield f"Paid {_moment(paid_at)}: {order.total} by the payment {order.payment_id}."
    yield "Digital goods, delivered by download links. Sold were:"
    yield from (f"- {_named(line)}, {line.price}" for line in order.sold)


def _product(line: OrderLine, listing: Automation | None) -> str:
    return _named(line) if listing is None else f"{_named(line)}\n{listing.listing.description}"


def _access(line: OrderLine, grants: Iterable[Grant]) -> Iterator[str]:
    for grant in grants:
        yield (
            f"{_moment(grant.granted_at)}: {grant.user_id} asked for a download link of "
            f"{line.title}, version {grant.version}."
        )


def _named(line: OrderLine) -> str:
    return f"{line.title}, version {line.version}"


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"
