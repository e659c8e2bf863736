"""Where minted download links are recorded."""

from abc import abstractmethod
from typing import Protocol

from koda.domain.model.grants import Grant
from koda.domain.model.identifiers import PurchaseId


class Grants(Protocol):
    """All grants, kept for good as evidence. Methods raise `Unavailable` like the other stores."""

    @abstractmethod
    def record(self, grant: Grant) -> None:
        """Keep a grant; recording the same one again changes nothing."""

    @abstractmethod
    def of_purchase(self, purchase_id: PurchaseId) -> tuple[Grant, ...]:
        """Return the grants under a purchase, oldest first, then by id."""
