"""People in memory."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from threading import Lock

from koda.domain.model.identifiers import UserId
from koda.domain.model.people import Person, PersonRemoved
from koda.ports.people import People


class MemoryPeople(People):
    """All that this process knows of users: the last update of each, and the last removals."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._people: dict[UserId, Person] = {}
        self._removals: dict[UserId, datetime] = {}

    def some(self, user_ids: Iterable[UserId]) -> Mapping[UserId, Person]:
        with self._lock:
            return {
                user_id: self._people[user_id] for user_id in user_ids if user_id in self._people
            }

    def find(self, user_id: UserId) -> Person | PersonRemoved | None:
        with self._lock:
            person, removal = self._people.get(user_id), self._removals.get(user_id)
        if person is None and removal is not None:
            return PersonRemoved(user_id, removal)
        return person

    def put(self, person: Person) -> None:
        with self._lock:
            current = self._people.get(person.id)
            known = current.updated_at if current else self._removals.get(person.id)
            if known is None or person.updated_at > known:
                self._people[person.id] = person

    def remove(self, user_id: UserId, at: datetime) -> None:
        with self._lock:
            self._removals[user_id] = max(at, self._removals.get(user_id, at))
            person = self._people.get(user_id)
            if person is not None and person.updated_at <= at:
                del self._people[user_id]
