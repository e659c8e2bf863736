"""Why a buyer cannot download a purchase."""

from koda.domain.model.automations import Automation
from koda.domain.model.purchases import Purchase, PurchaseState
from koda.domain.model.sentences import sentence
from koda.entrypoints.web.language import language

_SUSPENDED = sentence(
    "An administrator took this off sale while it is being looked at; it cannot be downloaded."
)
_LOST = sentence("Your bank gave you the money back, so the file can no longer be downloaded.")
_ENDED = {
    PurchaseState.DISPUTED: sentence(
        "Its payment is disputed. You can download it again once the dispute is settled."
    ),
    PurchaseState.REFUNDED: sentence(
        "You got your money back, so the file can no longer be downloaded."
    ),
    PurchaseState.REVOKED: sentence(
        "Its payment was taken back in a dispute, so it is no longer yours."
    ),
}


def why_withheld(purchase: Purchase, automation: Automation) -> str:
    """Say why `purchase` of `automation` cannot be downloaded now; nothing if it can."""
    if purchase.lost:
        return language().say(_LOST)
    if purchase.state is not PurchaseState.ACTIVE:
        return language().say(_ENDED[purchase.state])
    return language().say(_SUSPENDED) if automation.suspended else ""
