"""Finding out whether a file is that of another seller's listing."""

from datetime import datetime

from attrs import frozen

from koda.domain.model.automations import Automation
from koda.domain.model.errors import StaleWrite
from koda.domain.model.identifiers import UserId
from koda.domain.model.reports import InspectionReport
from koda.domain.model.reviews import Review, ReviewKind
from koda.ports.automations import Automations
from koda.ports.clock import Clock


@frozen(eq=False, repr=False)
class FindCopies:
    """Looks for another seller's listing with the same file, in whatever state it is.

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
        review = self._review(automation.seller_id, latest.report, latest.released_at)
        if review is None:
            return automation
        try:
            return self.automations.save(*automation.hold(review))
        except StaleWrite:
            return self.hold(self.automations.get(automation.id))

    def _review(self, seller_id: UserId, report: InspectionReport, now: datetime) -> Review | None:
        if not report.fingerprint:
            return None
        other = self.automations.alike(report.fingerprint, seller_id)
        return None if other is None else Review(ReviewKind.COPY, now, other)
