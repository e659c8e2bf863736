"""What every adapter of `Sellers` does."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import ClassVar

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, rule

from koda.domain.model.errors import AlreadyExists, Conflict, StaleWrite
from koda.domain.model.identifiers import AccountId, UserId
from koda.domain.model.sellers import Pending, Restricted, Seller
from koda.domain.model.sentences import sentence, verbatim
from koda.ports.sellers import Sellers
from koda.testing.contracts.raw import DocumentContract
from koda.testing.contracts.running import (
    EXAMPLES,
    NOWHERE,
    assert_same,
    at_once,
    only_winner,
)
from koda.testing.examples import NOON, a_seller
from koda.testing.strategies import ids, sellers, statuses

_Make = Callable[[], Sellers]
_Again = Callable[[Sellers], Sellers]

_ADA = UserId("user_ada")
_ACCOUNT = AccountId("acct_ada")


def _filled(store: Sellers, *sellers: Seller) -> Sellers:
    """The store with some sellers in it."""
    for seller in sellers:
        store.add(seller)
    return store


class SellersContract(DocumentContract[Sellers]):
    """Subclass it and override `make`, `again` and `broken`, as `StoreContract` says."""

    port: ClassVar[type] = Sellers

    def machine(self, store: Sellers) -> RuleBasedStateMachine:
        """Sellers beside plain dictionaries."""
        return SellersMachine(store)

    def write_two(self, store: Sellers) -> Mapping[str, object]:
        """Of different ids."""
        entities = a_seller(), a_seller("user_eve")
        _filled(store, *entities)
        return {entity.user_id: entity for entity in entities}

    @EXAMPLES
    @given(seller=sellers())
    def test_what_is_added_is_read_back(self, make: _Make, seller: Seller) -> None:
        """Every status comes back as it was, by user and by account."""
        store = _filled(make(), seller)

        assert_same(seller, store.find(seller.user_id))
        assert_same(seller, store.find_by_account(seller.account_id))

    @EXAMPLES
    @given(before=sellers(), after=sellers())
    def test_what_is_saved_is_read_back(self, make: _Make, before: Seller, after: Seller) -> None:
        """A save replaces every value, the account included."""
        store = _filled(make(), before)
        saved = store.save(evolve(after, user_id=before.user_id))

        assert_same(evolve(after, user_id=before.user_id, revision=1), saved)
        assert_same(saved, store.find(before.user_id))
        assert_same(saved, store.find_by_account(after.account_id))

    @pytest.mark.parametrize("identity", NOWHERE)
    def test_unknown_is_nothing(self, make: _Make, identity: str) -> None:
        """Neither a user nor an account that was never added is found."""
        store = _filled(make(), a_seller())

        assert store.find(UserId(identity)) is None
        assert store.find_by_account(AccountId(identity)) is None

    def test_some_returns_those_that_are_sellers(self, make: _Make) -> None:
        """Unknown and repeated ids do no harm."""
        store = _filled(make(), a_seller(), a_seller("user_bob"), a_seller("user_eve"))

        asked = [_ADA, UserId("user_bob"), _ADA, *map(UserId, NOWHERE)]
        expected = {_ADA: a_seller(), UserId("user_bob"): a_seller("user_bob")}
        assert expected == dict(store.some(iter(asked)))
        assert not store.some([])

    def test_adding_a_user_twice_raises_already_exists(self, make: _Make) -> None:
        """The first account stays."""
        store = _filled(make(), a_seller())

        with pytest.raises(AlreadyExists):
            store.add(a_seller(account_id=AccountId("acct_other")))
        assert store.find(_ADA) == a_seller()
        assert store.find_by_account(AccountId("acct_other")) is None

    def test_adding_an_account_twice_raises_already_exists(self, make: _Make) -> None:
        """No two sellers are paid through one account."""
        store = _filled(make(), a_seller())

        with pytest.raises(AlreadyExists):
            store.add(a_seller("user_eve", account_id=_ACCOUNT))
        assert store.find(UserId("user_eve")) is None
        assert store.find_by_account(_ACCOUNT) == a_seller()

    def test_saving_cannot_take_another_sellers_account(self, make: _Make) -> None:
        """It is a conflict, and nothing changes."""
        store = _filled(make(), a_seller(), a_seller("user_eve"))

        with pytest.raises(Conflict):
            store.save(a_seller("user_eve", account_id=_ACCOUNT))
        assert store.find_by_account(_ACCOUNT) == a_seller()
        assert store.find(UserId("user_eve")) == a_seller("user_eve")

    def test_an_account_that_was_left_is_free(self, make: _Make) -> None:
        """After a change of account the old one finds nobody and may be another's."""
        store = _filled(make(), a_seller())
        store.save(a_seller(account_id=AccountId("acct_new")))

        assert store.find_by_account(_ACCOUNT) is None
        store.add(a_seller("user_eve", account_id=_ACCOUNT))

    def test_stale_save_raises_and_changes_nothing(self, make: _Make) -> None:
        """Who read before somebody saved must read again."""
        store = _filled(make(), a_seller())
        restricted = store.save(*a_seller().with_status(Restricted(sentence("fraud")), NOON))

        for revision in (0, 2):
            with pytest.raises(StaleWrite):
                store.save(a_seller(revision=revision))
        assert_same(restricted, store.find(_ADA))

    def test_saving_the_unknown_raises_and_keeps_nothing(self, make: _Make) -> None:
        """A save never adds."""
        store = make()

        with pytest.raises(StaleWrite):
            store.save(a_seller())
        assert store.find(_ADA) is None

    def test_of_many_adding_at_once_one_wins(self, make: _Make) -> None:
        """A user who clicks twice has one account."""
        store = make()
        accounts = [AccountId(f"acct_{number}") for number in range(8)]
        results = at_once(
            partial(store.add, a_seller(account_id=account_id)) for account_id in accounts
        )

        only_winner(results, AlreadyExists)
        sellers = [store.find_by_account(account_id) for account_id in accounts]
        assert [seller for seller in sellers if seller] == [store.find(_ADA)]

    def test_of_many_saving_at_once_one_wins(self, make: _Make) -> None:
        """The others are told that they are stale."""
        store = _filled(make(), a_seller())
        for revision in range(5):
            nexts = [
                a_seller(status=Pending((verbatim(f"{number}"),)), revision=revision)
                for number in range(8)
            ]
            winner = only_winner(
                at_once(partial(store.save, seller) for seller in nexts), StaleWrite
            )
            assert winner == store.find(_ADA)

    def test_another_handle_sees_and_refuses_what_this_one_does(
        self, make: _Make, again: _Again
    ) -> None:
        """It reads what was written, is stale after a save, and cannot take an account."""
        store = _filled(make(), a_seller())
        other = again(store)
        restricted = store.save(*a_seller().with_status(Restricted(sentence("fraud")), NOON))

        assert_same(restricted, other.find_by_account(_ACCOUNT))
        with pytest.raises(StaleWrite):
            other.save(a_seller())
        with pytest.raises(AlreadyExists):
            other.add(a_seller("user_eve", account_id=_ACCOUNT))
        assert store.find(UserId("user_eve")) is None


class SellersMachine(RuleBasedStateMachine):
    """Sellers beside a dictionary of what they should hold."""

    seen: Bundle[Seller] = Bundle("seen")

    def __init__(self, store: Sellers) -> None:
        super().__init__()
        self.store = store
        self.kept: dict[str, Seller] = {}

    def owner(self, account_id: str) -> Seller | None:
        """Who is paid through an account."""
        return next(
            (seller for seller in self.kept.values() if seller.account_id == account_id), None
        )

    @rule(target=seen, user_id=ids("user"), account_id=ids("acct"), status=statuses())
    def add(self, user_id: str, account_id: str, status: Pending) -> Seller:
        """Add one, which is refused if the user or the account is taken."""
        seller = a_seller(user_id, account_id=AccountId(account_id), status=status)
        if user_id in self.kept or self.owner(account_id):
            with pytest.raises(AlreadyExists):
                self.store.add(seller)
        else:
            self.store.add(seller)
            self.kept[user_id] = seller
        return seller

    @rule(target=seen, base=seen, account_id=st.none() | ids("acct"), status=statuses())
    def save(self, base: Seller, account_id: str | None, status: Pending) -> Seller:
        """Save a next state, which is refused if it is stale or its account another's."""
        account = AccountId(account_id or base.account_id)
        wanted = evolve(base, status=status, account_id=account)
        current = self.kept.get(base.user_id)
        if (
            current is None
            or current.revision != base.revision
            or self.owner(account) not in (None, current)
        ):
            with pytest.raises(Conflict):
                self.store.save(wanted)
            return base
        self.kept[base.user_id] = evolve(wanted, revision=base.revision + 1)
        assert_same(self.kept[base.user_id], self.store.save(wanted))
        return self.kept[base.user_id]

    @rule(user_id=ids("user"), account_id=ids("acct"))
    def find(self, user_id: str, account_id: str) -> None:
        """Find one by either name."""
        assert self.store.find(UserId(user_id)) == self.kept.get(user_id)
        assert self.store.find_by_account(AccountId(account_id)) == self.owner(account_id)

    @rule(user_ids=st.lists(ids("user")))
    def some(self, user_ids: list[str]) -> None:
        """Find several."""
        expected = {user_id: self.kept[user_id] for user_id in user_ids if user_id in self.kept}
        assert dict(self.store.some(map(UserId, user_ids))) == expected
