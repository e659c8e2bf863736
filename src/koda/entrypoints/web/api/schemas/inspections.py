"""What is found in an upload before it is listed, as the API tells it."""

from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from koda.domain.model.file_formats import FileFormat
from koda.domain.model.redactions import Change
from koda.domain.model.scans import Scanned
from koda.domain.usecases.selling.inspect_upload import UploadInspection
from koda.entrypoints.web.api.schemas.common import Identifier
from koda.entrypoints.web.api.schemas.reports import WorkflowItem, workflow_item
from koda.entrypoints.web.language import language


class InspectionQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the upload is for."""

    automation_id: (
        Annotated[Identifier, Meta(description="The listing that it is to be a release of.")]
        | UnsetType
    ) = UNSET


class ChangeItem(Struct, frozen=True, kw_only=True):
    """A place in which the cleaned file differs from the upload, and why.

    `before` is what stood there, masked if it looks like a secret, and `after` what stands there in
    the cleaned file; both are cut, and empty where nothing can be shown.
    """

    kind: str
    path: str
    before: str
    after: str


class InspectionAnswer(Struct, frozen=True, kw_only=True):
    """What is found in an upload, and suggestions for its listing.

    `format`, `imports`, `remarks` and `workflow` are as in a release, of the file that is to be
    sold. `changes` are the first of the `total_changes` places in which that differs from the
    upload: say `redact` when you list it. With `must_redact` the upload itself cannot be sold.
    `title` is empty where there is none to suggest. `scanned` says whether a scanner looked through
    the file for secrets beside Koda; "not scanned" does not say that there are none.
    """

    upload_id: str
    format: FileFormat
    imports: tuple[str, ...]
    remarks: tuple[str, ...]
    workflow: WorkflowItem | None
    changes: tuple[ChangeItem, ...]
    total_changes: int
    must_redact: bool
    scanned: Scanned
    platform: str
    title: str
    version: str


def inspection_answer(inspection: UploadInspection) -> InspectionAnswer:
    """Present what is found in an upload."""
    say, report = language().say, inspection.report
    return InspectionAnswer(
        upload_id=inspection.upload_id,
        format=report.file_format,
        imports=report.imports,
        remarks=tuple(map(say, report.remarks)),
        workflow=workflow_item(report.workflow) if report.workflow else None,
        changes=tuple(map(_change_item, inspection.changes)),
        total_changes=inspection.total,
        must_redact=inspection.must_redact,
        scanned=report.scanned,
        platform=inspection.platform,
        title=inspection.title,
        version=inspection.version,
    )


def _change_item(change: Change) -> ChangeItem:
    return ChangeItem(
        kind=language().say(change.kind),
        path=change.path,
        before=change.before,
        after=change.after,
    )
