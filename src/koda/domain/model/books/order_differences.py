"""What the books and an order differ about."""

from attrs import frozen

from koda.domain.model.books.accounts import Account
from koda.domain.model.identifiers import OrderId
from koda.domain.model.sentences import Sentence, sentence

_DIFFERS = sentence(
    "Reconcile the day of its payment: what the books lack of it is booked then. If it "
    "still differs, the order's page tells each of its entries; one of your own may correct the "
    "books."
)
_NO_ORDER = sentence(
    "There is no such order: reconcile the day of its payment, which makes an order anew that was "
    "paid. Else the entries were made by hand."
)


@frozen
class OrderDifference:
    """An account of which the books have something else of an order than the order's record says.

    Both are signed minor units, debits positive; `recorded` is nothing where there is no such
    order.
    """

    order_id: OrderId
    account: Account
    currency: str
    booked: int
    recorded: int | None

    @property
    def what_to_do(self) -> Sentence:
        """What a person does about it."""
        return _NO_ORDER if self.recorded is None else _DIFFERS
