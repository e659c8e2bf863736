"""Showing sellers what their upload holds before they list it."""

from attrs import frozen

from koda.domain.inspection.artifacts import check_listed
from koda.domain.model.file_formats import FileFormat
from koda.domain.model.identifiers import AutomationId, UploadId
from koda.domain.model.people import Principal
from koda.domain.model.policy import Policy
from koda.domain.model.redactions import Change
from koda.domain.model.reports import InspectionReport
from koda.domain.model.uploads import CleanedArtifact
from koda.domain.usecases.selling.accept_upload import AcceptUpload
from koda.ports.automations import Automations

FIRST_VERSION = "1.0.0"


@frozen
class UploadInspection:
    """What is found in an upload, and what may be said of it when it is listed.

    `report` is of the file that is to be sold. `changes` are the first of the `total` places in
    which that differs from the upload; with `must_redact` the upload itself may not be sold.
    `platform`, `title` and `version` are suggestions; the second is empty if there is none.
    """

    upload_id: UploadId
    report: InspectionReport
    changes: tuple[Change, ...]
    total: int
    must_redact: bool
    platform: str
    title: str
    version: str


@frozen(eq=False, repr=False)
class InspectUpload:
    """Looks into a seller's own upload of a workflow file, once."""

    accept: AcceptUpload
    automations: Automations
    policy: Policy

    def __call__(
        self, principal: Principal, upload_id: UploadId, automation_id: AutomationId | None = None
    ) -> UploadInspection:
        """Return what is found, and suggestions for a new listing or a release of `automation_id`.

        Raises:
            NotFound, Expired, UploadMissing, InspectionBusy: as `AcceptUpload` says of the upload;
                no automation of `principal`'s.
            InvalidValue: as `AcceptUpload` says of it; no platform runs the file, or not that of
                the automation.
        """
        finding = self.accept.look_at(principal, upload_id)
        platform, version = self._suggested(principal, finding.report, automation_id)
        cleaned = finding if isinstance(finding, CleanedArtifact) else None
        return UploadInspection(
            upload_id=upload_id,
            report=finding.report,
            changes=cleaned.changes if cleaned else (),
            total=cleaned.total if cleaned else 0,
            must_redact=cleaned is not None and cleaned.original is None,
            platform=platform,
            title=finding.title,
            version=version,
        )

    def _suggested(
        self, principal: Principal, report: InspectionReport, automation_id: AutomationId | None
    ) -> tuple[str, str]:
        """The platform and the version to say, which the file must fit."""
        platform, version = self._platform(report.file_format), FIRST_VERSION
        if automation_id is not None:
            automation = self.automations.get(automation_id).owned_by(principal.user_id)
            platform = automation.listing.platform
            version = str(automation.latest.version.next_minor)
        check_listed(report, platform, self.policy.format_of(platform))
        return platform, version

    def _platform(self, file_format: FileFormat) -> str:
        """The name of the first platform that reads this format, or else any, or just the first."""
        by_format = {of.file_format: of.name for of in reversed(self.policy.platforms)}
        any_file = by_format.get(FileFormat.NONE, self.policy.platform_names[0])
        return by_format.get(file_format, any_file)
