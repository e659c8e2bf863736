"""Turning an upload into a kept file."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import BoundedSemaphore, Lock
from typing import cast

from attrs import evolve, frozen

from koda.domain.inspection.artifacts import check_artifact
from koda.domain.model.digests import sha256_of
from koda.domain.model.errors import InspectionBusy, InvalidValue, StaleWrite, UploadMissing
from koda.domain.model.identifiers import UploadId
from koda.domain.model.people import Principal
from koda.domain.model.uploads import (
    FileKind,
    Preview,
    Refused,
    SizedPicture,
    SoundArtifact,
    SoundPreview,
    Unchecked,
    UploadTicket,
)
from koda.ports.clock import Clock
from koda.ports.files import Files
from koda.ports.pictures import MadePicture, Pictures
from koda.ports.uploads import Uploads

_turn = Lock()
"""A process looks into one upload at a time, which bounds the memory that files can cost it."""
_places = BoundedSemaphore(2)
"""One request that looks, and one that waits: the others are refused and keep no thread."""


@frozen(eq=False, repr=False)
class AcceptUpload:
    """Checks that an upload is the caller's and what was announced, and keeps it for good.

    An upload is read and looked into once: what was found is kept with its ticket.
    """

    uploads: Uploads
    files: Files
    pictures: Pictures
    clock: Clock

    def __call__(
        self, principal: Principal, upload_id: UploadId, kind: FileKind
    ) -> SoundArtifact | SoundPreview:
        """Return what the upload of `kind` is kept as; a repeat returns it again.

        Of a picture only the sizes that were made of it are kept.

        Raises:
            NotFound: no ticket of `principal`'s for a file of `kind`.
            Expired: the ticket's time is over.
            UploadMissing: its bytes never arrived.
            InspectionBusy: this process has enough to look into.
            InvalidValue: they are not what was announced, or cannot be read as what they claim.
        """
        finding = self._claimed(principal, upload_id, kind).finding
        if isinstance(finding, Unchecked):
            with _turn_to_look():
                finding = self._checked(self._claimed(principal, upload_id, kind))
        if isinstance(finding, Refused):
            raise InvalidValue("file", finding.problem)
        return finding

    def artifact(self, principal: Principal, upload_id: UploadId) -> SoundArtifact:
        """Return what an upload of a workflow file is kept as; raises as a call does."""
        return cast("SoundArtifact", self(principal, upload_id, FileKind.ARTIFACT))

    def preview(self, principal: Principal, upload_id: UploadId) -> Preview:
        """Return what an upload of a picture is kept as; raises as a call does."""
        return cast("SoundPreview", self(principal, upload_id, FileKind.PREVIEW)).preview

    def _claimed(self, principal: Principal, upload_id: UploadId, kind: FileKind) -> UploadTicket:
        return self.uploads.get(upload_id).claimed_by(principal.user_id, kind, self.clock())

    def _checked(self, ticket: UploadTicket) -> SoundArtifact | SoundPreview | Refused:
        """What is found in the upload, noted on its ticket for whoever asks next."""
        if not isinstance(ticket.finding, Unchecked):
            return ticket.finding  # somebody else looked while this request waited
        finding = self._finding(ticket)
        with suppress(StaleWrite):  # another process found the same, or the ticket is forgotten
            self.uploads.save(evolve(ticket, finding=finding))
        return finding

    def _finding(self, ticket: UploadTicket) -> SoundArtifact | SoundPreview | Refused:
        content = self._content(ticket)
        try:
            if ticket.kind is FileKind.PREVIEW:
                return SoundPreview(self._preview(ticket, content))
            report = check_artifact(ticket.file_name, content)
        except InvalidValue as error:
            return Refused(error.problem)
        return SoundArtifact(self.files.keep(ticket), report)

    def _preview(self, ticket: UploadTicket, content: bytes) -> Preview:
        made = self.pictures.sizes(ticket.content_type, content)
        return Preview(tuple(self._kept(ticket, picture) for picture in made))

    def _kept(self, ticket: UploadTicket, picture: MadePicture) -> SizedPicture:
        extension = picture.content_type.rpartition("/")[2]
        name = f"{ticket.file_name.rpartition('.')[0]}.{extension}"
        file = self.files.put(picture.content, name, picture.content_type)
        return SizedPicture(file, picture.width, picture.height)

    def _content(self, ticket: UploadTicket) -> bytes:
        stat = self.files.stat(ticket.pending_key)
        if stat is None:
            raise UploadMissing(ticket.id)
        ticket.check(stat)
        content = self.files.read(ticket.pending_key, ticket.size)
        ticket.check(evolve(stat, sha256=sha256_of(content)))
        return content


@contextmanager
def _turn_to_look() -> Iterator[None]:
    """Wait for the turn to look into an upload; raises `InspectionBusy` where somebody waits."""
    if not _places.acquire(blocking=False):
        raise InspectionBusy
    try:
        with _turn:
            yield
    finally:
        _places.release()
