"""Looking at what one is about to buy."""

from attrs import frozen

from koda.domain.model.basket import Basket, basket_lines
from koda.domain.model.identifiers import AutomationId
from koda.domain.model.money import Money
from koda.domain.model.people import Principal
from koda.domain.model.policy import Policy
from koda.ports.automations import Automations
from koda.ports.purchases import Purchases
from koda.ports.sellers import Sellers


@frozen(eq=False, repr=False)
class ViewBasket:
    """Shows what is in a basket and what stands in the way of buying it."""

    automations: Automations
    sellers: Sellers
    purchases: Purchases
    policy: Policy

    def __call__(
        self, principal: Principal | None, automation_ids: tuple[AutomationId, ...]
    ) -> Basket:
        """Return one line for each of `automation_ids`, in their order."""
        automations = self.automations.some(automation_ids)
        sellers = self.sellers.some({automation.seller_id for automation in automations.values()})
        buyer = principal.user_id if principal else None
        owned = self.purchases.owned(buyer, automation_ids) if buyer else frozenset()
        currency, wanted = self.policy.currency, tuple(dict.fromkeys(automation_ids))
        lines = basket_lines(wanted, automations, sellers, buyer, owned, currency)
        prices = (
            line.automation.listing.price
            for line in lines
            if line.automation and line.obstacle is None
        )
        return Basket(lines, Money.total(prices, currency))
