"""What a message says, apart from how it looks."""

from attrs import frozen

from koda.domain.model.money import Money
from koda.domain.model.notices import DisputeNotice, HeldSaleNotice, SaleNotice
from koda.domain.model.order_lines import OrderLine
from koda.domain.model.sentences import Sentence, sentence


@frozen
class Message:
    """A message's words: `sums` are amounts by what they are, the last one being the point.

    `path` leads to the page of the site that `action` names.
    """

    kind: str
    subject: Sentence
    heading: Sentence
    text: Sentence
    lines: tuple[OrderLine, ...]
    sums: tuple[tuple[Sentence, Money], ...]
    action: Sentence
    path: str


def parts(
    notice: SaleNotice | HeldSaleNotice | DisputeNotice, own: Sentence
) -> tuple[tuple[Sentence, Money], ...]:
    """The price of what was sold, and what becomes of it; `own` names the seller's part."""
    price = Money.total((line.price for line in notice.lines), notice.net.currency)
    return (
        (sentence("Price"), price),
        (sentence("Marketplace fee"), price - notice.net),
        (own, notice.net),
    )
