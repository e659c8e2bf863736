from datetime import timedelta

import pytest

from koda.domain.model.errors import PayoutsNotReady
from koda.domain.model.events import PayoutAccountOpened, PayoutStatusChanged
from koda.domain.model.identifiers import AccountId, UserId
from koda.domain.model.sellers import (
    PayoutStatus,
    Pending,
    Ready,
    Restricted,
    Seller,
    name_of,
    ready_seller,
)
from koda.domain.model.sentences import sentence
from koda.testing.examples import NOON, a_seller

STATUSES: dict[str, PayoutStatus] = {
    "pending": Pending((sentence("iban"),)),
    "ready": Ready(),
    "restricted": Restricted(sentence("requirements.past_due"), (sentence("iban"),), NOON),
}
every_status = pytest.mark.parametrize("name", STATUSES)


@every_status
def test_status_has_a_word(name: str) -> None:
    """Pending, ready or restricted."""
    assert name == name_of(STATUSES[name])


@every_status
def test_only_ready_sellers_are_ready(name: str) -> None:
    """A pending or restricted account neither lists nor sells."""
    seller = a_seller(status=STATUSES[name])

    assert (name == "ready") is seller.ready
    if name == "ready":
        assert seller == ready_seller(seller)
    else:
        with pytest.raises(PayoutsNotReady):
            ready_seller(seller)


def test_who_never_onboarded_is_not_ready() -> None:
    """No payout account at all is refused the same way."""
    with pytest.raises(PayoutsNotReady) as refused:
        ready_seller(None)

    assert refused.value.data() == {}


def test_status_changes_with_its_moment() -> None:
    """The seller is who they were, as the provider describes them now."""
    later = NOON + timedelta(hours=1)
    seller, events = a_seller().with_status(Pending(), later)

    assert a_seller(status=Pending(), updated_at=later) == seller
    (event,) = events
    assert isinstance(event, PayoutStatusChanged)
    assert (event.subject, event.revision, event.status) == ("seller/user_ada", 1, "pending")


def test_status_of_the_same_kind_is_no_event() -> None:
    """Further demands of the provider's change what is kept, and nothing happened."""
    seller, events = a_seller(status=Restricted(sentence("listed"))).with_status(
        Restricted(sentence("fraud")), NOON
    )

    assert (seller.status, events) == (Restricted(sentence("fraud")), ())


def test_user_becomes_a_seller() -> None:
    """With an account at the provider, which waits for everything."""
    seller, (event,) = Seller.opened(UserId("user_ada"), AccountId("acct_ada"), NOON)

    assert (seller.ready, seller.created_at) == (False, NOON)
    assert isinstance(event, PayoutAccountOpened)
    assert (event.id, event.account_id) == ("seller/user_ada/0/0", "acct_ada")
