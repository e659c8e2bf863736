"""What the forms that sell a file share: first the file is looked into, then it is described."""

from attrs import frozen

from koda.domain.model.identifiers import AutomationId, UploadId
from koda.domain.model.people import Principal
from koda.domain.model.uploads import FileKind
from koda.domain.usecases.selling.inspect_upload import InspectUpload, UploadInspection
from koda.entrypoints.web.forms import REFUSALS, Refusal, Typed
from koda.entrypoints.web.uploads import FormFiles

YES = "yes"
"""What the box sends by which a seller agrees to the cleaned file."""


@frozen
class UploadSteps:
    """Takes the file of a new listing, or of a release of `automation_id`, and looks into it."""

    files: FormFiles
    inspect: InspectUpload

    def take(
        self, principal: Principal, automation_id: AutomationId | None = None
    ) -> UploadId | Refusal:
        """Return the upload of the form at hand, or what is wrong with the file."""
        typed = Typed.read()
        for refusal in self.files.take(principal, typed, FileKind.ARTIFACT):
            return refusal
        upload_id = typed.uploads[FileKind.ARTIFACT]
        inspection = self.look(principal, upload_id, automation_id)
        return inspection if isinstance(inspection, Refusal) else upload_id

    def look(
        self, principal: Principal, upload_id: str, automation_id: AutomationId | None = None
    ) -> UploadInspection | Refusal:
        """Return what is in an upload, or why it cannot be sold."""
        try:
            return self.inspect(principal, UploadId(upload_id), automation_id)
        except REFUSALS as error:
            return Refusal.of_upload(FileKind.ARTIFACT, error)
