"""Finding out whether a file is that of another seller's listing."""

from datetime import datetime
from functools import partial

from attrs import frozen

from koda.domain.model.automations import Automation
from koda.domain.model.errors import StaleWrite
from koda.domain.model.identifiers import AutomationId, UserId
from koda.domain.model.paging import every
from koda.domain.model.reports import InspectionReport
from koda.domain.model.reviews import Review, ReviewKind
from koda.ports.automations import Automations
from koda.ports.clock import Clock

_AT_ONCE = 100
"""Listings of a seller that are read at once, where another seller has the same file."""


@frozen(eq=False, repr=False)
class FindCopies:
    """Looks for another seller's listing with the same file, in whatever state it is.

    A file that the seller has on sale in another listing is no copy: whoever sells what others
    copied, or was allowed to, is not asked again.

    It is asked before a listing is written, and again once it is: of two sellers who list the same
    file at the same moment neither sees the other before, and at least one does afterwards.
    """

    automations: Automations
    clock: Clock

    def __call__(self, seller_id: UserId, report: InspectionReport) -> Review | None:
        """Return why a file of this report is to be reviewed, if it is.

        Raises:
            Unavailable: the store cannot be reached.
        """
        return self._review(seller_id, report, self.clock())

    def hold(self, automation: Automation) -> Automation:
        """Return a listing that was just written, held if its latest file is a copy.

        Raises:
            Unavailable: the store cannot be reached.
        """
        if not automation.for_sale:
            return automation
        latest = automation.latest
        seller = automation.seller_id
        review = self._review(seller, latest.report, latest.released_at, automation.id)
        if review is None:
            return automation
        try:
            return self.automations.save(*automation.hold(review))
        except StaleWrite:
            return self.hold(self.automations.get(automation.id))

    def _review(
        self,
        seller_id: UserId,
        report: InspectionReport,
        now: datetime,
        but: AutomationId | None = None,
    ) -> Review | None:
        if not report.fingerprint:
            return None
        other = self.automations.alike(report.fingerprint, seller_id)
        if other is None or self._sells(seller_id, report.fingerprint, but):
            return None
        return Review(ReviewKind.COPY, now, other)

    def _sells(self, seller_id: UserId, fingerprint: str, but: AutomationId | None) -> bool:
        """Whether a listing of the seller's other than `but` has such a file on sale."""
        own = every(partial(self.automations.of_seller, seller_id, _AT_ONCE))
        return any(
            item.for_sale and item.id != but and fingerprint in item.fingerprints for item in own
        )
