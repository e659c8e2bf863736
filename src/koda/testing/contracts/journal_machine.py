"""A journal beside a list of its entries: any history of additions and reads."""

from datetime import datetime, timedelta

import pytest
from attrs import evolve
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from koda.domain.model.books.entries import Entry
from koda.domain.model.books.queries import EntryQuery
from koda.domain.model.errors import AlreadyExists
from koda.domain.model.identifiers import OrderId, UserId
from koda.ports.journal import Journal
from koda.testing.contracts.running import walk
from koda.testing.examples import NOON
from koda.testing.journal_strategies import entries
from koda.testing.strategies import ids

_MOMENTS = st.integers(-40, 40).map(lambda hours: NOON + timedelta(hours=hours))
_QUERIES = st.sampled_from(
    [
        EntryQuery(),
        EntryQuery.of_seller(UserId("user_1")),
        EntryQuery.of_order(OrderId("ord_1")),
    ]
)


class JournalMachine(RuleBasedStateMachine):
    """Sums come from the whole list, which shares nothing with how stores keep totals."""

    def __init__(self, store: Journal) -> None:
        super().__init__()
        self.store = store
        self.kept: dict[str, Entry] = {}

    @rule(
        made=st.lists(entries(ids("entry", 12), ids("user", 2)), min_size=1, max_size=3),
        moment=_MOMENTS,
    )
    def add(self, made: list[Entry], moment: datetime) -> None:
        """Add some, new, kept or different from what is kept."""
        drawn = [evolve(entry, occurred_at=moment) for entry in made]
        known = dict(self.kept)
        for entry in drawn:
            first = known.setdefault(entry.key, entry)
            if evolve(first, occurred_at=moment) != entry:
                break
        else:
            self.store.add(drawn)
            self.kept = known
            return
        with pytest.raises(AlreadyExists):
            self.store.add(drawn)

    @rule()
    def add_again(self) -> None:
        """Add all that is kept once more."""
        self.store.add(list(self.kept.values()))

    @rule(query=_QUERIES, limit=st.integers(1, 4), since=_MOMENTS, until=_MOMENTS)
    def entries(self, query: EntryQuery, limit: int, since: datetime, until: datetime) -> None:
        """List those of a period."""
        asked = evolve(query, since=since, until=until)
        expected = sorted(
            (entry for entry in self.kept.values() if asked.lists(entry)),
            key=lambda entry: (entry.occurred_at, entry.key),
        )
        assert walk(lambda after: self.store.entries(asked, limit, after), limit) == expected

    @rule(moment=_MOMENTS)
    def balances(self, moment: datetime) -> None:
        """Sum what occurred before."""
        sums: dict[tuple[object, str], int] = {}
        for entry in self.kept.values():
            if entry.occurred_at < moment:
                for posting in entry.postings:
                    of = (posting.account, entry.currency)
                    sums[of] = sums.get(of, 0) + posting.minor
        found = self.store.balances(moment)
        assert {(of.account, of.currency): of.minor for of in found} == sums
        assert sum(balance.minor for balance in found) == 0
        for balance in found:
            assert self.store.balance(balance.account, balance.currency, moment) == balance

    @rule()
    def rebuild(self) -> None:
        """Sum the days anew."""
        days = {entry.occurred_at.date() for entry in self.kept.values()}
        assert self.store.rebuild_totals() == len(days)
