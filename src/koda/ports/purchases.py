"""Where purchases are kept."""

from abc import abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Protocol

from koda.domain.model.events import DomainEvent
from koda.domain.model.identifiers import AutomationId, PurchaseId, UserId
from koda.domain.model.paging import Cursor, Page
from koda.domain.model.purchases import Purchase, SalesDay


class Purchases(Protocol):
    """All purchases. Every method raises `Unavailable` while the store cannot be reached."""

    @abstractmethod
    def record(self, purchases: Sequence[Purchase]) -> tuple[Purchase, ...]:
        """Keep each purchase once for its order line; return them as kept, in the same order.

        With each that is new, `Purchase.recorded` is kept: what happened.

        A line that is kept already stays as it is and is returned so, whatever happened to it
        since. Where the buyer has another live purchase of the automation, the new one is kept as
        `purchase.as_double()`. Both hold for any number of callers at once. If the store fails in
        the middle, some may be kept; calling again completes.
        """

    @abstractmethod
    def get(self, purchase_id: PurchaseId) -> Purchase:
        """Return one.

        Raises:
            NotFound: there is none of this id.
        """

    @abstractmethod
    def some(self, purchase_ids: Iterable[PurchaseId]) -> Mapping[PurchaseId, Purchase]:
        """Return those that exist among `purchase_ids`, by id."""

    @abstractmethod
    def find(self, buyer_id: UserId, automation_id: AutomationId) -> Purchase | None:
        """Return the buyer's live purchase of the automation; else the newest other; else nothing.

        Newest is by `bought_at`, then by id. Doubles are no answer.
        """

    @abstractmethod
    def owned(
        self, buyer_id: UserId, automation_ids: Iterable[AutomationId]
    ) -> frozenset[AutomationId]:
        """Return those of `automation_ids` of which the buyer has a live purchase."""

    @abstractmethod
    def of_buyer(self, buyer_id: UserId, limit: int, after: Cursor | None = None) -> Page[Purchase]:
        """Return a buyer's purchases but for doubles, newest first, then by id descending.

        `after` is the place `(bought_at in ms, id)`, as is `next_place`.
        """

    @abstractmethod
    def of_seller(
        self, seller_id: UserId, limit: int, after: Cursor | None = None
    ) -> Page[Purchase]:
        """Return what a seller sold but for doubles, newest first, then by id descending.

        `after` is the place `(bought_at in ms, id)`, as is `next_place`.
        """

    @abstractmethod
    def sales_by_day(self, seller_id: UserId, since: date | None = None) -> tuple[SalesDay, ...]:
        """Return a seller's days with live sales, one a day (UTC) and currency, oldest first.

        Only purchases that are active or disputed count; `since` (included) leaves out earlier
        days.
        """

    @abstractmethod
    def save(self, purchase: Purchase, events: Sequence[DomainEvent] = ()) -> Purchase:
        """Replace the kept purchase by this next state; return it as kept, with the next revision.

        `events`, what happened, are kept in the same write (see `Outbox`), or nothing is.

        Raises:
            StaleWrite: somebody saved first, or there is none of this id.
            AlreadyExists: the buyer has another live purchase of the automation.
        """
