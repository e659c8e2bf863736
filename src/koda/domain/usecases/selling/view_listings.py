"""Looking at one's own listings."""

from typing import Final

from attrs import frozen

from koda.domain.model.automations import Automation
from koda.domain.model.identifiers import UserId
from koda.domain.model.paging import Cursor, ListPage, Page
from koda.domain.model.people import Principal
from koda.domain.model.policy import Policy
from koda.domain.model.timestamps import to_milliseconds
from koda.domain.search.catalogue import Search
from koda.domain.search.plain import PlainSearch
from koda.ports.automations import Automations

MOST_READ: Final = 500
"""Listings that are read for one page of a search, at most."""
_AT_ONCE = 100


@frozen(eq=False, repr=False)
class ViewListings:
    """Shows a seller all of their automations, in every state.

    The catalogue's index holds only what is for sale, so a search by words reads the seller's
    listings one after another.
    """

    automations: Automations
    policy: Policy

    def __call__(
        self,
        principal: Principal,
        cursor: str | None = None,
        limit: int | None = None,
        q: str = "",
    ) -> ListPage[Automation]:
        """Return a page of `principal`'s automations, newest first; with `q`, of those that match.

        Those have all of its words (see `PlainSearch`). A page of a search may be short, or empty,
        and still have a next one: 500 listings are read for it at most.

        Raises:
            InvalidForm: `q` is longer than 200 characters, or has unprintable ones.
            InvalidValue: a cursor of another list, or a limit that is not allowed.
        """
        text = Search(q=q).query(self.policy).text
        scope = f"automations:{principal.user_id}" + (f":{text!r}" if text else "")
        size = self.policy.limit(limit)
        after = Cursor.decode(cursor, scope) if cursor else None
        if text:
            page = self._matching(principal.user_id, PlainSearch.of(text), size, after)
        else:
            page = self.automations.of_seller(principal.user_id, size, after)
        return page.in_list(scope)

    def _matching(
        self, seller_id: UserId, search: PlainSearch, size: int, after: Cursor | None
    ) -> Page[Automation]:
        matching: list[Automation] = []
        for _ in range(MOST_READ // _AT_ONCE):
            read = self.automations.of_seller(seller_id, _AT_ONCE, after)
            matching += filter(search.finds, read.items)
            if len(matching) > size:
                shown = tuple(matching[:size])
                return Page(shown, _place(shown[-1]))
            after = read.next_place
            if after is None:
                break
        return Page(tuple(matching), after)


def _place(automation: Automation) -> Cursor:
    return Cursor(to_milliseconds(automation.created_at), automation.id)
