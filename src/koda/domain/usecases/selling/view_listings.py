"""Looking at one's own listings."""

from attrs import frozen

from koda.domain.model.automations import Automation
from koda.domain.model.paging import Cursor, ListPage
from koda.domain.model.people import Principal
from koda.domain.model.policy import Policy
from koda.ports.automations import Automations


@frozen(eq=False, repr=False)
class ViewListings:
    """Shows a seller all of their automations, in every state."""

    automations: Automations
    policy: Policy

    def __call__(
        self, principal: Principal, cursor: str | None = None, limit: int | None = None
    ) -> ListPage[Automation]:
        """Return a page of `principal`'s automations, newest first.

        Raises:
            InvalidValue: a cursor of another list, or a limit that is not allowed.
        """
        scope = f"automations:{principal.user_id}"
        after = Cursor.decode(cursor, scope) if cursor else None
        page = self.automations.of_seller(principal.user_id, self.policy.limit(limit), after)
        return page.in_list(scope)
