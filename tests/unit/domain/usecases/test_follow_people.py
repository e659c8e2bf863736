from datetime import timedelta

import pytest

from koda.adapters.memory.provider_messages import sign_message
from koda.domain.model.errors import Unverified
from koda.domain.model.identifiers import UserId
from koda.domain.model.people import PersonChanged, PersonRemoved, Unfollowed
from koda.testing.examples import NOON, a_person
from koda.testing.marketplace import Marketplace

ADA = UserId("user_ada")


@pytest.fixture
def market() -> Marketplace:
    """A marketplace that knows nobody."""
    return Marketplace()


def test_changes_of_a_user_are_kept(market: Marketplace) -> None:
    """The last change is what is known, and the message is returned."""
    person = a_person(name="Ada Okafor")

    assert market.follow_people(*market.people_webhooks.changed(person)) == PersonChanged(person)
    assert market.people.find(ADA) == person


def test_older_changes_change_nothing(market: Marketplace) -> None:
    """A message may come late, and again."""
    late = market.people_webhooks.changed(a_person(name="Before"))
    person = a_person(name="After", updated_at=NOON + timedelta(minutes=1))
    market.follow_people(*market.people_webhooks.changed(person))

    for _ in range(2):
        market.follow_people(*late)

    assert market.people.find(ADA) == person


def test_a_deleted_user_stays_deleted(market: Marketplace) -> None:
    """Whatever is told of them afterwards that happened before."""
    removed = market.people_webhooks.removed(ADA, NOON)

    assert market.follow_people(*removed) == PersonRemoved(ADA, NOON)
    market.follow_people(*market.people_webhooks.changed(a_person()))
    market.follow_people(*removed)

    assert market.people.find(ADA) == PersonRemoved(ADA, NOON)


def test_other_messages_change_nothing(market: Marketplace) -> None:
    """They are accepted all the same."""
    message = sign_message({"kind": "weather"}, market.people_webhooks.secret, NOON)

    assert market.follow_people(*message) == Unfollowed("weather")


def test_unproven_messages_change_nothing(market: Marketplace) -> None:
    """Nobody else deletes users."""
    payload, _ = market.people_webhooks.removed(ADA, NOON)
    with pytest.raises(Unverified):
        market.follow_people(payload, {})

    assert market.people.find(ADA) is None
