"""Authorizing downloads: a link for those who paid."""

from attrs import frozen

from koda.domain.model.automations import Automation
from koda.domain.model.errors import (
    AutomationSuspended,
    Forbidden,
    NotBought,
    NotFound,
    PurchaseDisputed,
    PurchaseRefunded,
    PurchaseRevoked,
)
from koda.domain.model.grants import Grant
from koda.domain.model.identifiers import AutomationId, GrantId
from koda.domain.model.people import Principal
from koda.domain.model.policy import Policy
from koda.domain.model.purchases import Purchase, PurchaseState
from koda.domain.model.uploads import DownloadLink
from koda.domain.model.versions import Version
from koda.ports.automations import Automations
from koda.ports.clock import Clock
from koda.ports.files import Files
from koda.ports.grants import Grants
from koda.ports.ids import Ids
from koda.ports.purchases import Purchases

_REFUSALS: dict[PurchaseState, type[Forbidden]] = {
    PurchaseState.REFUNDED: PurchaseRefunded,
    PurchaseState.DISPUTED: PurchaseDisputed,
    PurchaseState.REVOKED: PurchaseRevoked,
}


@frozen(eq=False, repr=False)
class AuthorizeDownload:
    """Mints a short-lived link when it is asked for, never before, and records that it did."""

    automations: Automations
    purchases: Purchases
    files: Files
    grants: Grants
    policy: Policy
    clock: Clock
    ids: Ids

    def __call__(
        self, principal: Principal, automation_id: AutomationId, version: Version | None = None
    ) -> DownloadLink:
        """Return a link to the release of `version`, the newest by default.

        Raises:
            NotFound: no such automation or release, or one that `principal` may not know of.
            NotBought, PurchaseRefunded, PurchaseDisputed, PurchaseRevoked: no right to it.
            AutomationSuspended: an admin has stopped it.
        """
        automation = self.automations.get(automation_id)
        purchase = self._right(principal, automation)
        release = automation.release_of(version)
        now = self.clock()
        link = self.files.link(release.file, now + self.policy.download_lifetime)
        self.grants.record(
            Grant(
                GrantId(self.ids("grt")),
                principal.user_id,
                automation_id,
                release.version,
                purchase.id if purchase else None,
                now,
                link.expires_at,
            )
        )
        return link

    def _right(self, principal: Principal, automation: Automation) -> Purchase | None:
        """The purchase that gives the right; nothing for the seller's own file."""
        if automation.seller_id == principal.user_id:
            return None
        purchase = self.purchases.find(principal.user_id, automation.id)
        if purchase is None:
            raise NotBought if automation.for_sale else NotFound("automation", automation.id)
        if purchase.state in _REFUSALS:
            raise _REFUSALS[purchase.state]
        if automation.suspended:
            raise AutomationSuspended
        return purchase
