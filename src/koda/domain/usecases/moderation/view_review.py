"""Looking at a listing in review."""

from collections.abc import Mapping

from attrs import frozen

from koda.domain.model.automations import Automation
from koda.domain.model.errors import NotFound
from koda.domain.model.identifiers import AutomationId, UserId
from koda.domain.model.people import Person, Principal
from koda.domain.model.roles import Permission
from koda.domain.usecases.administration.authorize import Authorize
from koda.ports.automations import Automations
from koda.ports.people import People


@frozen
class ReviewView:
    """A listing that was held, and the one that it is compared with, if that still is there."""

    automation: Automation
    other: Automation | None
    people: Mapping[UserId, Person]


@frozen(eq=False, repr=False)
class ViewReview:
    """Shows a listing in review beside what it is compared with."""

    automations: Automations
    people: People
    authorize: Authorize

    def __call__(self, principal: Principal, automation_id: AutomationId) -> ReviewView:
        """Return both.

        Raises:
            Forbidden: `principal` may not moderate listings.
            NotFound: there is no such automation, or it is not in review.
        """
        self.authorize(principal, Permission.MODERATE_LISTINGS)
        automation = self.automations.get(automation_id)
        review = automation.review
        if review is None:
            raise NotFound("automation", automation_id)
        listings = self.automations.some([review.other] if review.other else [])
        other = listings.get(review.other) if review.other else None
        sellers = {listing.seller_id for listing in (automation, other) if listing}
        return ReviewView(automation, other, self.people.some(sellers))
