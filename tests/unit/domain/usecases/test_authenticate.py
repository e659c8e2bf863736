from collections.abc import Iterable, Mapping
from datetime import timedelta

import pytest
from attrs import define

from koda.adapters.memory.people import MemoryPeople
from koda.domain.model.errors import NotAuthenticated
from koda.domain.model.identifiers import UserId
from koda.domain.model.people import Credentials, Person, PersonRemoved
from koda.testing.examples import NOON, a_person
from koda.testing.marketplace import Marketplace

ADA = UserId("user_ada")


@define(eq=False, init=False)
class CountedPeople(MemoryPeople):
    """People who are counted as they are read."""

    reads: int

    def __init__(self) -> None:
        super().__init__()
        self.reads = 0

    def find(self, user_id: UserId) -> Person | PersonRemoved | None:
        """One read."""
        self.reads += 1
        return super().find(user_id)

    def some(self, user_ids: Iterable[UserId]) -> Mapping[UserId, Person]:
        """One read."""
        self.reads += 1
        return super().some(user_ids)


@pytest.fixture
def people() -> CountedPeople:
    """Nobody yet."""
    return CountedPeople()


@pytest.fixture
def market(people: CountedPeople) -> Marketplace:
    """A marketplace that knows nobody."""
    return Marketplace(people=people)


@pytest.fixture
def credentials(market: Marketplace) -> Credentials:
    """Ada's, who is signed in."""
    return Credentials(f"Bearer {market.identity.sign_in(ADA)}")


def test_caller_is_who_signed_in_and_what_is_known_of_them(
    market: Marketplace, people: CountedPeople, credentials: Credentials
) -> None:
    """The person comes with the principal, by one read."""
    people.put(a_person())

    caller = market.authenticate(credentials)

    assert caller.principal == market.identity.authenticate(credentials)
    assert caller.person == a_person()
    assert people.reads == 1


def test_whoever_is_not_known_yet_may_come_in(
    market: Marketplace, credentials: Credentials
) -> None:
    """The provider's message may be on its way."""
    caller = market.authenticate(credentials)

    assert (caller.principal.user_id, caller.person) == (ADA, None)


def test_a_deleted_user_is_refused(market: Marketplace, credentials: Credentials) -> None:
    """However good the credentials still are."""
    market.people.put(a_person())
    market.people.remove(ADA, NOON)

    with pytest.raises(NotAuthenticated, match="deleted"):
        market.authenticate(credentials)


def test_a_user_who_is_back_may_come_in(market: Marketplace, credentials: Credentials) -> None:
    """A change that is newer than the removal counts."""
    back = a_person(updated_at=NOON + timedelta(seconds=1))
    market.people.remove(ADA, NOON)
    market.people.put(back)

    assert market.authenticate(credentials).person == back


def test_credentials_that_do_not_hold_read_nothing(
    market: Marketplace, people: CountedPeople
) -> None:
    """Strangers cost the store nothing."""
    for credentials in (Credentials(), Credentials("Bearer forged"), Credentials(cookie="x")):
        with pytest.raises(NotAuthenticated):
            market.authenticate(credentials)

    assert people.reads == 0
