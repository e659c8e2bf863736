"""Looking at one automation."""

from attrs import frozen

from koda.domain.model.automations import Automation
from koda.domain.model.errors import NotFound
from koda.domain.model.identifiers import AutomationId
from koda.domain.model.people import UNNAMED_SELLER, Principal, name_of
from koda.domain.model.policy import Policy
from koda.domain.model.purchases import Purchase
from koda.domain.model.roles import Permission
from koda.domain.model.uploads import Preview
from koda.domain.usecases.administration.authorize import Authorize
from koda.ports.automations import Automations
from koda.ports.people import People
from koda.ports.purchases import Purchases


@frozen
class AutomationView:
    """An automation as the caller sees it: is it theirs, and have they bought it.

    `preview` is the picture that they may see.
    """

    automation: Automation
    seller_name: str
    own: bool
    purchase: Purchase | None
    preview: Preview | None


@frozen(eq=False, repr=False)
class ViewAutomation:
    """Shows an automation to those who may see it."""

    automations: Automations
    people: People
    purchases: Purchases
    authorize: Authorize
    policy: Policy

    def __call__(self, principal: Principal | None, automation_id: AutomationId) -> AutomationView:
        """Return what `principal`, or a visitor, sees.

        Raises:
            NotFound: there is none, or it is off sale and neither theirs nor bought.
        """
        automation = self.automations.get(automation_id)
        own = principal is not None and principal.user_id == automation.seller_id
        purchase = (
            self.purchases.find(principal.user_id, automation_id)
            if principal is not None and not own
            else None
        )
        on_sale = automation.sold_in(self.policy.currency)
        trusted = own or (not on_sale and self.authorize.allows(principal, Permission.SEE_LISTINGS))
        if not (on_sale or trusted or purchase):
            raise NotFound("automation", automation_id)
        seller = self.people.some([automation.seller_id]).get(automation.seller_id)
        name = name_of(seller, UNNAMED_SELLER)
        preview = automation.preview if trusted else automation.public_preview
        return AutomationView(automation, name, own, purchase, preview)
