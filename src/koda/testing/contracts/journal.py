"""What every adapter of `Journal` does."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import ClassVar

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis.stateful import RuleBasedStateMachine

from koda.domain.model.books.accounts import Account, AccountKind
from koda.domain.model.books.balances import Balance
from koda.domain.model.books.entries import Entry
from koda.domain.model.books.queries import EntryQuery
from koda.domain.model.errors import AlreadyExists
from koda.domain.model.identifiers import OrderId, UserId
from koda.ports.journal import Journal
from koda.testing.contracts.journal_machine import JournalMachine
from koda.testing.contracts.raw import DocumentContract
from koda.testing.contracts.running import EXAMPLES, NOWHERE, assert_same, at_once, walk
from koda.testing.examples import NOON, an_entry, an_order
from koda.testing.journal_strategies import entries

Make = Callable[[], Journal]
Again = Callable[[Journal], Journal]

PROVIDER = Account(AccountKind.PROVIDER)
PAYABLE = Account(AccountKind.PAYABLE, UserId("user_ada"))
LATER = NOON + timedelta(days=3)
TOTAL = an_entry().change_of(PROVIDER)


def spread(count: int = 7) -> list[Entry]:
    """Entries of three days, six hours apart."""
    return [
        an_entry(f"pi_{number}", occurred_at=NOON + timedelta(hours=6 * number))
        for number in range(count)
    ]


class JournalContract(DocumentContract[Journal]):
    """Subclass it and override `make`, `again` and `broken`, as `StoreContract` says."""

    port: ClassVar[type] = Journal

    def machine(self, store: Journal) -> RuleBasedStateMachine:
        """A journal beside a list of its entries."""
        return JournalMachine(store)

    def write_two(self, store: Journal) -> Mapping[str, object]:
        """Of different charges."""
        both = an_entry(), an_entry("pi_2", order_id=OrderId("ord_2"))
        store.add(both)
        return {entry.key: entry for entry in both}

    @EXAMPLES
    @given(entry=entries())
    def test_what_is_added_is_read_back(self, make: Make, entry: Entry) -> None:
        """With all its postings, in their order."""
        store = make()
        store.add([entry])

        assert_same((entry,), store.entries(EntryQuery(), 10).items)

    def test_adding_none_keeps_none(self, make: Make) -> None:
        """As for an order whose money did not move."""
        store = make()
        store.add([])

        assert store.entries(EntryQuery(), 10).items == ()
        assert store.balances(LATER) == ()

    def test_adding_again_changes_nothing(self, make: Make) -> None:
        """Not even the time, whether alone, beside a new one, or twice in one call."""
        store = make()
        again = an_entry(occurred_at=LATER)
        store.add([an_entry(), again])
        store.add([again])
        store.add([again, an_entry("pi_2")])

        assert store.entries(EntryQuery(), 10).items == (an_entry(), an_entry("pi_2"))
        assert store.balance(PROVIDER, "EUR", LATER).minor == 2 * TOTAL

    @pytest.mark.parametrize("first", [(), (an_entry(),)], ids=["one call", "two calls"])
    def test_another_entry_under_a_kept_key_is_refused(
        self, make: Make, first: tuple[Entry, ...]
    ) -> None:
        """And nothing of that call is kept."""
        store = make()
        store.add(first)
        other = an_entry(line=7)
        together = (an_entry("pi_2"), *((an_entry(),) if not first else ()), other)

        with pytest.raises(AlreadyExists) as refusal:
            store.add(together)
        assert refusal.value.id == other.key
        assert store.entries(EntryQuery(), 10).items == first

    @pytest.mark.parametrize(
        "query",
        [
            EntryQuery.of_account(PAYABLE),
            EntryQuery.of_seller(UserId("user_ada")),
            EntryQuery.of_order(an_order().id),
        ],
        ids=["account", "seller", "order"],
    )
    def test_lists_hold_what_they_are_about(self, make: Make, query: EntryQuery) -> None:
        """And nothing of another account, seller or order."""
        store = make()
        held = Account(AccountKind.HELD, UserId("user_eve"))
        postings = tuple(
            evolve(posting, account=held if posting.account == PAYABLE else PROVIDER)
            for posting in an_entry().postings
            if posting.account.kind is not AccountKind.REVENUE
        )
        balanced = (postings[1], evolve(postings[0], minor=-postings[1].minor))
        other = an_entry("pi_2", order_id=OrderId("ord_2"), postings=balanced)
        store.add([an_entry(), other])

        assert store.entries(query, 10).items == (an_entry(),)

    @pytest.mark.parametrize("name", NOWHERE)
    def test_nothing_is_listed_of_what_has_no_entries(self, make: Make, name: str) -> None:
        """Whatever it is called."""
        store = make()
        store.add([an_entry()])

        assert store.entries(EntryQuery.of_order(OrderId(name)), 10).items == ()
        assert store.entries(EntryQuery.of_seller(UserId(name)), 10).items == ()

    @pytest.mark.parametrize("limit", [1, 2, 3, 10])
    def test_pages_are_oldest_first_then_by_key(self, make: Make, limit: int) -> None:
        """Whatever the order in which they were added."""
        store = make()
        same = [an_entry("pi_0a"), an_entry("pi_0b")]
        store.add([*reversed(spread()), *reversed(same)])
        query = EntryQuery.of_seller(UserId("user_ada"))
        listed = walk(lambda after: store.entries(query, limit, after), limit)

        assert listed == [spread()[0], *same, *spread()[1:]]

    @pytest.mark.parametrize(
        ("since", "until", "expected"),
        [
            (None, NOON, slice(0)),
            (NOON, NOON + timedelta(hours=6), slice(1)),
            (None, NOON + timedelta(hours=6, milliseconds=1), slice(2)),
            (NOON + timedelta(milliseconds=1), None, slice(1, None)),
            (NOON + timedelta(hours=12), NOON + timedelta(hours=18), slice(2, 3)),
        ],
    )
    def test_a_period_begins_with_its_first_moment_and_ends_before_its_last(
        self, make: Make, since: datetime | None, until: datetime | None, expected: slice
    ) -> None:
        """To the millisecond, page by page."""
        store = make()
        store.add(spread())
        query = EntryQuery().between(since, until)
        listed = walk(lambda after: store.entries(query, 2, after), 2)

        assert listed == spread()[expected]

    @pytest.mark.parametrize("hours", [0, 1, 6, 12, 13, 36, 37, 100])
    def test_balances_are_of_what_occurred_before(self, make: Make, hours: int) -> None:
        """On whole days and in the middle of one."""
        store = make()
        store.add(spread())
        moment = NOON + timedelta(hours=hours)
        count = sum(entry.occurred_at < moment for entry in spread())
        expected = {
            posting.account: posting.minor * count for posting in an_entry().postings if count
        }

        balances = store.balances(moment)
        assert {balance.account: balance.minor for balance in balances} == expected
        assert [balance.account for balance in balances] == sorted(expected)
        assert store.balance(PROVIDER, "EUR", moment).minor == TOTAL * count
        assert store.balance(PAYABLE, "EUR", moment).credit == -expected.get(PAYABLE, 0)

    def test_currencies_are_never_summed(self, make: Make) -> None:
        """Each account has a balance in each that it was used in, and none in others."""
        store = make()
        store.add([an_entry(), an_entry("pi_2", currency="JPY")])

        used = [balance.currency for balance in store.balances(LATER)]
        assert used == ["EUR", "JPY"] * len(an_entry().postings)
        assert store.balance(PROVIDER, "USD", LATER) == Balance(PROVIDER, "USD")

    def test_entry_of_an_earlier_day_counts_in_balances_that_were_read(
        self, make: Make, again: Again
    ) -> None:
        """As what reconciliation finds does, whoever adds it."""
        store = make()
        other = again(store)
        store.add(spread(4))
        before = store.balance(PROVIDER, "EUR", LATER).minor
        other.add([an_entry("pi_late")])

        assert before == 4 * TOTAL
        assert store.balance(PROVIDER, "EUR", LATER).minor == 5 * TOTAL
        assert other.balances(LATER) == store.balances(LATER)

    def test_totals_that_are_rebuilt_are_the_same(self, make: Make) -> None:
        """Of three days."""
        store = make()
        store.add(spread())
        balances = store.balances(LATER)

        assert store.rebuild_totals() == len({entry.occurred_at.date() for entry in spread()})
        assert store.balances(LATER) == balances

    def test_of_many_adding_at_once_all_are_kept_once(self, make: Make, again: Again) -> None:
        """Each order by four callers on two handles, as messages and pages come together."""
        store = make()
        handles = [store, again(store)] * 2
        calls = [(an_entry(f"pi_{number}a"), an_entry(f"pi_{number}b")) for number in range(4)]
        results = at_once(partial(handle.add, call) for call in calls for handle in handles)

        assert results == [None] * len(results)
        assert store.entries(EntryQuery(), 10).items == tuple(
            entry for call in calls for entry in call
        )
        assert store.balance(PROVIDER, "EUR", LATER).minor == 8 * TOTAL

    def test_of_two_at_once_that_disagree_only_one_is_kept(self, make: Make, again: Again) -> None:
        """The other is refused."""
        store = make()
        both = an_entry(), an_entry(line=7)
        handles = store, again(store)
        results = at_once(
            partial(handle.add, [entry]) for handle, entry in zip(handles, both, strict=True)
        )

        (kept,) = store.entries(EntryQuery(), 10).items
        assert sorted(type(result).__name__ for result in results) == ["AlreadyExists", "NoneType"]
        assert results[both.index(kept)] is None
        assert store.balance(PROVIDER, "EUR", LATER).minor == TOTAL
