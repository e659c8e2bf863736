"""Looking at what one bought."""

from attrs import frozen

from koda.domain.model.automations import Automation
from koda.domain.model.paging import Cursor, ListPage
from koda.domain.model.people import Principal
from koda.domain.model.policy import Policy
from koda.domain.model.purchases import Purchase
from koda.ports.automations import Automations
from koda.ports.purchases import Purchases


@frozen
class LibraryItem:
    """A purchase with the automation it gives."""

    purchase: Purchase
    automation: Automation


@frozen(eq=False, repr=False)
class ViewLibrary:
    """Shows a buyer their purchases."""

    purchases: Purchases
    automations: Automations
    policy: Policy

    def __call__(
        self, principal: Principal, cursor: str | None = None, limit: int | None = None
    ) -> ListPage[LibraryItem]:
        """Return a page of `principal`'s purchases, newest first.

        Raises:
            InvalidValue: a cursor of another list, or a limit that is not allowed.
        """
        scope = f"bought:{principal.user_id}"
        after = Cursor.decode(cursor, scope) if cursor else None
        page = self.purchases.of_buyer(principal.user_id, self.policy.limit(limit), after)
        automations = self.automations.some({purchase.automation_id for purchase in page.items})
        return page.in_list(scope).with_items(
            tuple(
                LibraryItem(purchase, automations[purchase.automation_id])
                for purchase in page.items
                if purchase.automation_id in automations
            )
        )
