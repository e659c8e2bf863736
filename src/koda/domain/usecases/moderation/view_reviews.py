"""Looking at what waits for a moderator."""

from collections.abc import Mapping

from attrs import frozen

from koda.domain.model.automations import Automation
from koda.domain.model.identifiers import UserId
from koda.domain.model.paging import Cursor, ListPage
from koda.domain.model.people import Person, Principal
from koda.domain.model.policy import Policy
from koda.domain.model.roles import Permission
from koda.domain.usecases.administration.authorize import Authorize
from koda.domain.usecases.administration.view_waiting import MOST_COUNTED, Count
from koda.ports.automations import Automations
from koda.ports.people import People

_SCOPE = "reviews"


@frozen
class ReviewsListed:
    """A page of listings in review, and who is known of their sellers."""

    page: ListPage[Automation]
    people: Mapping[UserId, Person]


@frozen(eq=False, repr=False)
class ViewReviews:
    """Lists what is in review for those who moderate listings."""

    automations: Automations
    people: People
    authorize: Authorize
    policy: Policy

    def __call__(
        self, principal: Principal, cursor: str | None = None, limit: int | None = None
    ) -> ReviewsListed:
        """Return a page of the listings that wait, that which waits longest first.

        Raises:
            Forbidden: `principal` may not moderate listings.
            InvalidValue: a cursor of another list, or a limit that is not allowed.
        """
        self.authorize(principal, Permission.MODERATE_LISTINGS)
        after = Cursor.decode(cursor, _SCOPE) if cursor else None
        page = self.automations.in_review(self.policy.limit(limit), after)
        known = self.people.some({automation.seller_id for automation in page.items})
        return ReviewsListed(page.in_list(_SCOPE), known)

    def count(self, principal: Principal) -> Count:
        """Return how many wait, as far as they are counted.

        Raises:
            Forbidden: `principal` may not moderate listings.
        """
        self.authorize(principal, Permission.MODERATE_LISTINGS)
        page = self.automations.in_review(MOST_COUNTED)
        return Count(len(page.items), more=page.next_place is not None)
