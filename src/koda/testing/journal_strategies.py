"""Hypothesis strategies for entries of the journal."""

from hypothesis import strategies as st

from koda.domain.model.books.accounts import OF_SELLERS, Account, AccountKind
from koda.domain.model.books.entries import Cause, Entry, Posting
from koda.domain.model.identifiers import OrderId, UserId
from koda.testing.strategies import ANY_CURRENCY, IDENTIFIERS, ids, timestamps

LARGEST_CHANGE = 10**12
"""More than any payment, so that sums of many stay amounts."""


def accounts(seller_ids: st.SearchStrategy[str] = IDENTIFIERS) -> st.SearchStrategy[Account]:
    """Accounts of every kind, those of sellers with one."""
    own = st.builds(Account, st.sampled_from(sorted(set(AccountKind) - OF_SELLERS)))
    theirs = st.builds(Account, st.sampled_from(sorted(OF_SELLERS)), seller_ids.map(UserId))
    return own | theirs


@st.composite
def entries(
    draw: st.DrawFn,
    keys: st.SearchStrategy[str] = IDENTIFIERS,
    seller_ids: st.SearchStrategy[str] = IDENTIFIERS,
) -> Entry:
    """Balanced entries of every cause, of two to five accounts."""
    first, *others = draw(st.lists(accounts(seller_ids), min_size=2, max_size=5, unique=True))
    change = st.integers(-LARGEST_CHANGE, LARGEST_CHANGE)
    changes = [Posting(account, draw(change)) for account in others]
    balancing = Posting(first, -sum(posting.minor for posting in changes))
    return Entry(
        draw(keys),
        draw(st.sampled_from(Cause)),
        draw(timestamps()),
        draw(ANY_CURRENCY),
        (balancing, *changes),
        draw(st.none() | ids("ord").map(OrderId)),
        draw(st.none() | st.integers(1, 100)),
        draw(st.none() | seller_ids.map(UserId)),
        draw(st.none() | IDENTIFIERS),
    )
