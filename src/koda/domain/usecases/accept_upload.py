"""Turning an upload into a kept file."""

import hashlib

from attrs import evolve, frozen

from koda.domain.inspection.artifacts import check_artifact
from koda.domain.inspection.previews import check_preview
from koda.domain.model.errors import UploadMissing
from koda.domain.model.identifiers import UploadId
from koda.domain.model.people import Principal
from koda.domain.model.uploads import FileKind, StoredFile, UploadTicket
from koda.ports.clock import Clock
from koda.ports.files import Files
from koda.ports.uploads import Uploads


@frozen
class AcceptUpload:
    """Checks that an upload is the caller's and what was announced, and keeps it for good."""

    uploads: Uploads
    files: Files
    clock: Clock

    def __call__(self, principal: Principal, upload_id: UploadId, kind: FileKind) -> StoredFile:
        """Return the kept file; a repeat returns it again.

        Raises:
            NotFound: no ticket of `principal`'s for a file of `kind`.
            Expired: the ticket's time is over.
            UploadMissing: its bytes never arrived.
            InvalidValue: they are not what was announced, or cannot be read as what they claim.
        """
        ticket = self.uploads.get(upload_id).claimed_by(principal.user_id, kind, self.clock())
        content = self._content(ticket)
        if kind is FileKind.ARTIFACT:
            check_artifact(ticket.file_name, content)
        else:
            check_preview(ticket.content_type, content)
        return self.files.keep(ticket)

    def _content(self, ticket: UploadTicket) -> bytes:
        stat = self.files.stat(ticket.pending_key)
        if stat is None:
            raise UploadMissing(ticket.id)
        ticket.check(stat)
        content = self.files.read(ticket.pending_key, ticket.size)
        ticket.check(evolve(stat, sha256=hashlib.sha256(content).hexdigest()))
        return content
