"""Releasing a new version of an automation."""

from attrs import frozen

from koda.domain.inspection.artifacts import check_listed
from koda.domain.model.automations import Automation, Release
from koda.domain.model.identifiers import AutomationId, UploadId
from koda.domain.model.people import Principal
from koda.domain.model.policy import Policy
from koda.domain.model.versions import Version
from koda.domain.usecases.moderation.find_copies import FindCopies
from koda.domain.usecases.selling.accept_upload import AcceptUpload
from koda.ports.automations import Automations
from koda.ports.clock import Clock


@frozen(kw_only=True)
class NewRelease:
    """A version such as `1.1.0`, the upload of its file, and notes for the buyers.

    `redact` is as in a `Submission`.
    """

    version: str
    artifact: UploadId
    notes: str = ""
    redact: bool | None = None


@frozen(eq=False, repr=False)
class ReleaseVersion:
    """Adds a release to a seller's own automation; earlier releases stay."""

    automations: Automations
    accept: AcceptUpload
    copies: FindCopies
    policy: Policy
    clock: Clock

    def __call__(
        self, principal: Principal, automation_id: AutomationId, new: NewRelease
    ) -> Automation:
        """Return the automation with its new release.

        It is in review from then on if the new file is that of another seller's listing (see
        `FindCopies`), unless it had this file before.

        Raises:
            NotFound: not an automation of `principal`'s.
            InvalidValue: not a version, notes that are too long, or a file of another platform.
            VersionTaken: the version is not above every earlier one.
            WrongState: it is withdrawn or suspended.
            StaleWrite: it was changed meanwhile.
            Expired, UploadMissing, InspectionBusy: as `AcceptUpload` says of the upload.
        """
        version = Version.parse(new.version)
        automation = self.automations.get(automation_id).owned_by(principal.user_id)
        sound = self.accept.artifact(principal, new.artifact, redact=new.redact)
        platform = automation.listing.platform
        check_listed(sound.report, platform, self.policy.format_of(platform))
        release = Release(version, sound.file, new.notes, self.clock(), sound.report)
        if sound.report.fingerprint in automation.fingerprints:
            return self.automations.save(*automation.release(release))
        review = self.copies(principal.user_id, sound.report)
        return self.copies.hold(self.automations.save(*automation.release(release, review)))
