"""Putting an automation up for sale."""

from collections.abc import Mapping

from attrs import field, frozen

from koda.domain.inspection.artifacts import check_listed
from koda.domain.model.automations import NOTES_LENGTH, Automation, Release
from koda.domain.model.errors import AlreadyExists
from koda.domain.model.extras import ExtraValue
from koda.domain.model.identifiers import AutomationId, UploadId
from koda.domain.model.listings import Listing
from koda.domain.model.money import Money
from koda.domain.model.people import Principal
from koda.domain.model.policy import Policy
from koda.domain.model.sellers import ready_seller
from koda.domain.model.validation import Problems, check_text
from koda.domain.model.versions import Version
from koda.domain.usecases.moderation.find_copies import FindCopies
from koda.domain.usecases.selling.accept_upload import AcceptUpload
from koda.ports.automations import Automations
from koda.ports.clock import Clock
from koda.ports.sellers import Sellers


def listed_as(upload_id: UploadId) -> AutomationId:
    """Return the id of the automation that a listing of this upload has, or would have."""
    return AutomationId(f"aut_{upload_id.removeprefix('upl_')}")


@frozen(kw_only=True)
class Submission:
    """A new automation: what is said of it, and the uploads of its file and picture.

    `price` may be typed text in the marketplace's currency, such as `"12.50"`; `extras` are values
    by the names that the policy declares. Where Koda made a cleaned file of the upload, `redact`
    says whether that is sold, or the original as it is.
    """

    title: str
    description: str
    price: Money | str
    category: str
    platform: str
    tags: tuple[str, ...] = ()
    extras: Mapping[str, ExtraValue | None] = field(factory=dict)
    artifact: UploadId
    preview: UploadId | None = None
    version: str = "1.0.0"
    notes: str = ""
    redact: bool | None = None


@frozen(eq=False, repr=False)
class SubmitAutomation:
    """Lists a seller's automation."""

    automations: Automations
    sellers: Sellers
    accept: AcceptUpload
    copies: FindCopies
    policy: Policy
    clock: Clock

    def __call__(self, principal: Principal, submission: Submission) -> Automation:
        """Return the published automation; submitting the same upload again returns it again.

        It is in review instead if its file is that of another seller's listing (see `FindCopies`).

        Raises:
            InvalidForm: what is said of it is not allowed, every fault at once.
            PayoutsNotReady: the seller cannot be paid.
            NotFound, Expired, UploadMissing, InspectionBusy, InvalidValue: as `AcceptUpload` says
                of the uploads; the file is not what the platform runs.
        """
        listing, version = self._checked(submission)
        ready_seller(self.sellers.find(principal.user_id))
        sound = self.accept.artifact(principal, submission.artifact, redact=submission.redact)
        platform = listing.platform
        check_listed(sound.report, platform, self.policy.format_of(platform))
        chosen = submission.preview
        preview = self.accept.preview(principal, chosen) if chosen else None
        release = Release(version, sound.file, submission.notes, self.clock(), sound.report)
        new_id = listed_as(submission.artifact)
        review = self.copies(principal.user_id, sound.report)
        listed = Automation.listed(new_id, principal.user_id, listing, release, preview, review)
        try:
            self.automations.add(*listed)
        except AlreadyExists:
            added = self.automations.get(new_id).owned_by(principal.user_id)
            return added if added.revision else self.copies.hold(added)
        return self.copies.hold(listed.state)

    def _checked(self, submission: Submission) -> tuple[Listing, Version]:
        problems = Problems()
        listing = problems.collect(
            Listing.propose,
            self.policy,
            title=submission.title,
            description=submission.description,
            price=submission.price,
            category=submission.category,
            platform=submission.platform,
            tags=submission.tags,
            extras=submission.extras,
        )
        version = problems.collect(Version.parse, submission.version)
        problems.collect(check_text, "notes", submission.notes, *NOTES_LENGTH)
        problems.check()
        return listing, version
