"""Grants in memory."""

from threading import Lock

from koda.domain.model.grants import Grant
from koda.domain.model.identifiers import GrantId, PurchaseId
from koda.ports.grants import Grants


class MemoryGrants(Grants):
    """All grants of this process."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._grants: dict[GrantId, Grant] = {}

    def record(self, grant: Grant) -> None:
        with self._lock:
            self._grants.setdefault(grant.id, grant)

    def of_purchase(self, purchase_id: PurchaseId) -> tuple[Grant, ...]:
        with self._lock:
            grants = [grant for grant in self._grants.values() if grant.purchase_id == purchase_id]
        return tuple(sorted(grants, key=lambda grant: (grant.granted_at, grant.id)))
