"""Turning an upload into a kept file."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import BoundedSemaphore, Lock
from typing import cast

from attrs import evolve, frozen

from koda.domain.inspection.preparing import prepared
from koda.domain.model.digests import sha256_of
from koda.domain.model.errors import (
    InspectionBusy,
    InvalidValue,
    NotFound,
    StaleWrite,
    UploadMissing,
)
from koda.domain.model.identifiers import UploadId
from koda.domain.model.people import Principal
from koda.domain.model.uploads import (
    CleanedArtifact,
    FileKind,
    Finding,
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
from koda.ports.secret_scanner import SecretScanner
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
    scanner: SecretScanner
    clock: Clock

    def __call__(
        self, principal: Principal, upload_id: UploadId, kind: FileKind
    ) -> SoundArtifact | CleanedArtifact | SoundPreview:
        """Return what the upload of `kind` is kept as; a repeat returns it again.

        Of a picture only the sizes that were made of it are kept, of a workflow file that holds
        what is for no buyer only the cleaned one. What is refused, or holds what looks like a
        secret, lies nowhere from then on.

        Raises:
            NotFound: no ticket of `principal`'s for a file of `kind`.
            Expired: the ticket's time is over.
            UploadMissing: its bytes never arrived.
            InspectionBusy: this process has enough to look into.
            InvalidValue: they are not what was announced, or cannot be read as what they claim.
        """
        return _accepted(self._looked_into(principal, upload_id, kind))

    def artifact(
        self, principal: Principal, upload_id: UploadId, *, redact: bool | None = None
    ) -> SoundArtifact:
        """Return the file to be sold of an upload of a workflow file; raises as a call does.

        Where a cleaned file was made, `redact` chooses between it and the original. The original
        is forgotten with the choice of the other.

        Raises:
            InvalidValue: also where that was not chosen, or the original must not be sold.
        """
        ticket = self._looked_into(principal, upload_id, FileKind.ARTIFACT)
        finding = _accepted(ticket)
        if isinstance(finding, CleanedArtifact):
            return self._chosen(ticket, finding, redact=redact)
        return cast("SoundArtifact", finding)

    def look_at(self, principal: Principal, upload_id: UploadId) -> SoundArtifact | CleanedArtifact:
        """Return what an upload of a workflow file is kept as; raises as a call does."""
        finding = self(principal, upload_id, FileKind.ARTIFACT)
        return cast("SoundArtifact | CleanedArtifact", finding)

    def preview(self, principal: Principal, upload_id: UploadId) -> Preview:
        """Return what an upload of a picture is kept as; raises as a call does."""
        return cast("SoundPreview", self(principal, upload_id, FileKind.PREVIEW)).preview

    def _chosen(
        self, ticket: UploadTicket, finding: CleanedArtifact, *, redact: bool | None
    ) -> SoundArtifact:
        finding.check_choice(redact=redact)
        if redact or finding.original is None:
            if finding.original is not None:
                self.files.forget_pending(ticket)
            return SoundArtifact(finding.file, finding.report)
        try:
            return SoundArtifact(self.files.keep(ticket), finding.original)
        except NotFound as error:  # the cleaned file was chosen before
            raise UploadMissing(ticket.id) from error

    def _looked_into(
        self, principal: Principal, upload_id: UploadId, kind: FileKind
    ) -> UploadTicket:
        ticket = self._claimed(principal, upload_id, kind)
        if isinstance(ticket.finding, Unchecked):
            with _turn_to_look():
                ticket = self._checked(self._claimed(principal, upload_id, kind))
        return ticket

    def _claimed(self, principal: Principal, upload_id: UploadId, kind: FileKind) -> UploadTicket:
        return self.uploads.get(upload_id).claimed_by(principal.user_id, kind, self.clock())

    def _checked(self, ticket: UploadTicket) -> UploadTicket:
        """The ticket with what is found in the upload, as it is kept for whoever asks next."""
        if not isinstance(ticket.finding, Unchecked):
            return ticket  # somebody else looked while this request waited
        checked = ticket.looked_into(self._finding(ticket), self.clock())
        with suppress(StaleWrite):  # another process found the same, or the ticket is forgotten
            self.uploads.save(checked)
        return checked

    def _finding(self, ticket: UploadTicket) -> Finding:
        content = self._content(ticket)
        try:
            if ticket.kind is FileKind.PREVIEW:
                return SoundPreview(self._preview(ticket, content))
            return self._artifact(ticket, content)
        except InvalidValue as error:
            self.files.forget_pending(ticket)
            return Refused(error.problem)

    def _artifact(self, ticket: UploadTicket, content: bytes) -> SoundArtifact | CleanedArtifact:
        ready = prepared(ticket.file_name, content, self.scanner.scan)
        redaction = ready.redaction
        if not redaction.total:
            return SoundArtifact(self.files.keep(ticket), ready.report, ready.title)
        file = self.files.put(redaction.content, ticket.file_name, ticket.content_type)
        if ready.original is None:
            self.files.forget_pending(ticket)
        return CleanedArtifact(
            file, ready.report, redaction.changes, redaction.total, ready.original, ready.title
        )

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


def _accepted(ticket: UploadTicket) -> SoundArtifact | CleanedArtifact | SoundPreview:
    """What was found in an upload that was looked into; raises `InvalidValue` if it is refused."""
    finding = ticket.finding
    if isinstance(finding, Refused):
        raise InvalidValue("file", finding.problem)
    return cast("SoundArtifact | CleanedArtifact | SoundPreview", finding)


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
