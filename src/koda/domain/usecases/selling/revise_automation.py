"""Changing what is said of an automation."""

from collections.abc import Mapping

from attrs import field, frozen

from koda.domain.inspection.artifacts import check_listed
from koda.domain.model.automations import Automation
from koda.domain.model.extras import ExtraValue
from koda.domain.model.identifiers import AutomationId, UploadId
from koda.domain.model.listings import Listing
from koda.domain.model.money import Money
from koda.domain.model.people import Principal
from koda.domain.model.policy import Policy
from koda.domain.usecases.selling.accept_upload import AcceptUpload
from koda.ports.automations import Automations
from koda.ports.clock import Clock


@frozen(kw_only=True)
class Revision:
    """What changes; what is `None` stays as it is.

    So do `extras` that are not among those by name; one that is `None` is taken away.
    """

    title: str | None = None
    description: str | None = None
    price: Money | str | None = None
    category: str | None = None
    platform: str | None = None
    tags: tuple[str, ...] | None = None
    extras: Mapping[str, ExtraValue | None] = field(factory=dict)
    preview: UploadId | None = None


@frozen(eq=False, repr=False)
class ReviseAutomation:
    """Changes a seller's own listing; orders that are open keep their frozen lines."""

    automations: Automations
    accept: AcceptUpload
    policy: Policy
    clock: Clock

    def __call__(
        self, principal: Principal, automation_id: AutomationId, revision: Revision
    ) -> Automation:
        """Return the automation as it is said to be now.

        Raises:
            NotFound: not an automation of `principal`'s.
            InvalidForm: a value is not allowed.
            InvalidValue: the new platform does not run the latest file.
            WrongState: it is withdrawn or suspended.
            StaleWrite: it was changed meanwhile.
            Expired, UploadMissing, InspectionBusy: as `AcceptUpload` says of the upload.
        """
        automation = self.automations.get(automation_id).owned_by(principal.user_id)
        listing = self._revised(automation.listing, revision)
        platform = listing.platform
        if platform != automation.listing.platform:
            report = automation.latest.report
            check_listed(report, platform, self.policy.format_of(platform))
        preview = automation.preview
        if revision.preview is not None:
            preview = self.accept.preview(principal, revision.preview)
        return self.automations.save(*automation.revise(listing, preview, self.clock()))

    def _revised(self, listing: Listing, revision: Revision) -> Listing:
        return Listing.propose(
            self.policy,
            title=listing.title if revision.title is None else revision.title,
            description=(
                listing.description if revision.description is None else revision.description
            ),
            price=listing.price if revision.price is None else revision.price,
            category=listing.category if revision.category is None else revision.category,
            platform=listing.platform if revision.platform is None else revision.platform,
            tags=listing.tags if revision.tags is None else revision.tags,
            extras=revision.extras,
            before=listing,
        )
