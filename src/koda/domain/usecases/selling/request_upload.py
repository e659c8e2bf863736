"""Getting permission to upload."""

from attrs import frozen

from koda.domain.model.announcements import check_upload, content_type_of
from koda.domain.model.digests import sha256_of
from koda.domain.model.file_names import safe_file_name
from koda.domain.model.identifiers import UploadId
from koda.domain.model.people import Principal
from koda.domain.model.policy import Policy
from koda.domain.model.sellers import ready_seller
from koda.domain.model.uploads import FileKind, UploadOffer, UploadTicket
from koda.domain.model.validation import choice
from koda.ports.clock import Clock
from koda.ports.files import Files
from koda.ports.ids import Ids
from koda.ports.sellers import Sellers
from koda.ports.uploads import Uploads


@frozen(kw_only=True)
class UploadRequest:
    """What a client is about to upload: size in bytes, SHA-256 in lower-case hexadecimal."""

    kind: str
    file_name: str
    content_type: str
    size: int
    sha256: str

    @classmethod
    def of(cls, kind: FileKind, file_name: str, content: bytes) -> "UploadRequest":
        """Announce `content` itself, as what `file_name` says that it is.

        Raises:
            InvalidValue: a name that a file of `kind` cannot have.
        """
        return cls(
            kind=kind,
            file_name=file_name,
            content_type=content_type_of(kind, safe_file_name(file_name)),
            size=len(content),
            sha256=sha256_of(content),
        )


@frozen(eq=False, repr=False)
class RequestUpload:
    """Issues a ticket for one announced file, and says how to send it straight to storage."""

    sellers: Sellers
    uploads: Uploads
    files: Files
    policy: Policy
    clock: Clock
    ids: Ids

    def __call__(self, principal: Principal, announced: UploadRequest) -> UploadOffer:
        """Return the offer for `principal`'s file.

        Raises:
            InvalidValue: a kind, name, type, size or hash that is not allowed.
            PayoutsNotReady: only sellers who can be paid upload.
        """
        return self.files.offer(self.ticket(principal, announced))

    def ticket(self, principal: Principal, announced: UploadRequest) -> UploadTicket:
        """Issue the ticket alone, for bytes that the caller hands to the file store itself."""
        kind = choice("kind", FileKind, announced.kind)
        name = check_upload(
            kind, announced.file_name, announced.content_type, announced.size, self.policy
        )
        ticket = UploadTicket(
            UploadId(self.ids("upl")),
            principal.user_id,
            kind,
            name,
            announced.content_type,
            announced.size,
            announced.sha256,
            self.clock() + self.policy.upload_lifetime,
        )
        ready_seller(self.sellers.find(principal.user_id))
        self.uploads.add(ticket)
        return ticket
