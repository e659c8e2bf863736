"""Uploads: the ticket that permits one, what was found in it, what was stored."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from attrs import Attribute, evolve, field, frozen

from koda.domain.model.digests import sha256_of
from koda.domain.model.errors import Expired, InvalidValue, NotFound
from koda.domain.model.identifiers import FileKey, UploadId, UserId
from koda.domain.model.redactions import Change
from koda.domain.model.reports import InspectionReport
from koda.domain.model.sentences import Sentence, sentence
from koda.domain.model.sizes import ARTIFACT_CEILING
from koda.domain.model.validation import identifier, integer, sha256, utc


class FileKind(StrEnum):
    """What an upload is for."""

    ARTIFACT = "artifact"
    PREVIEW = "preview"


@frozen
class StoredFile:
    """A file as it lies in storage, under a key that never changes its content."""

    key: FileKey
    name: str
    content_type: str
    size: int = field(validator=integer(1, ARTIFACT_CEILING))
    sha256: str = field(validator=sha256)

    @property
    def stat(self) -> "FileStat":
        """What storage says of it."""
        return FileStat(self.size, self.content_type, self.sha256)


LARGEST_SIDE = 10_000
"""Pixels."""
_MOST_SIZES = 5


@frozen
class SizedPicture:
    """A picture as it lies in storage, `width` by `height` pixels large."""

    file: StoredFile
    width: int = field(validator=integer(1, LARGEST_SIDE))
    height: int = field(validator=integer(1, LARGEST_SIDE))


@frozen
class Preview:
    """The preview picture of a listing in every size that was made of it, the smallest first."""

    sizes: tuple[SizedPicture, ...] = field()

    @sizes.validator
    def _check_sizes(self, _: "Attribute[Any]", sizes: Any) -> None:
        if type(sizes) is not tuple or not 1 <= len(sizes) <= _MOST_SIZES:
            raise InvalidValue(
                "sizes", sentence("must be 1 to {most_sizes} pictures", most_sizes=_MOST_SIZES)
            )

    @property
    def smallest(self) -> SizedPicture:
        """The picture for lists."""
        return self.sizes[0]

    @property
    def largest(self) -> SizedPicture:
        """The picture for a page of its own."""
        return self.sizes[-1]

    def file_of(self, sha256: str) -> StoredFile | None:
        """The picture of that content, if it is one of the sizes."""
        return next((size.file for size in self.sizes if size.file.sha256 == sha256), None)


@frozen
class Unchecked:
    """Nobody has looked into the upload yet."""


@frozen
class SoundArtifact:
    """The upload is a workflow file, which is kept; `title` is one for its listing, or empty."""

    file: StoredFile
    report: InspectionReport
    title: str = ""


@frozen
class CleanedArtifact:
    """The upload holds what is for no buyer; `file` is made of it without that, and is kept.

    `changes` are the first of the `total` places in which the two differ. `original` is the report
    of the upload as it was sent, which its seller may insist on; there is none if something in it
    looks like a secret.
    """

    file: StoredFile
    report: InspectionReport
    changes: tuple[Change, ...]
    total: int
    original: InspectionReport | None = None
    title: str = ""

    def check_choice(self, *, redact: bool | None) -> None:
        """Refuse a choice between the cleaned file and the original that cannot be made.

        Raises:
            InvalidValue: nothing was chosen, or the original, which holds a secret.
        """
        if self.original is None and not redact:
            raise InvalidValue("redact", _SECRET)
        if redact is None:
            raise InvalidValue("redact", _UNDECIDED)


@frozen
class SoundPreview:
    """The upload was a picture, of which sizes were made."""

    preview: Preview


@frozen
class Refused:
    """The upload is not what it claims to be; `problem` says why, and what to do."""

    problem: Sentence


Finding = Unchecked | SoundArtifact | CleanedArtifact | SoundPreview | Refused
"""What is known of an upload's content. All but the first are final: it cannot change any more."""

LISTABLE = timedelta(days=1)
"""How long an upload that was looked into may be listed: its owner reads, and writes of it."""
_SECRET = sentence(
    "must be agreed to, since something in the file looks like a secret; or upload another file"
)
_UNDECIDED = sentence(
    "must be true or false, since the file tells of your accounts; take the cleaned file or the "
    "original as it is, or upload another file"
)


@frozen
class FileStat:
    """What storage itself says of stored bytes: size in bytes, type and SHA-256."""

    size: int
    content_type: str
    sha256: str


@frozen
class UploadTicket:
    """Permission for `owner` to put one announced file in storage until `expires_at` (UTC).

    `finding` is what is known of its content, `revision` counts the saves.
    """

    id: UploadId = field(validator=identifier)
    owner: UserId = field(validator=identifier)
    kind: FileKind
    file_name: str
    content_type: str
    size: int = field(validator=integer(1, ARTIFACT_CEILING))
    sha256: str = field(validator=sha256)
    expires_at: datetime = field(validator=utc)
    finding: Finding = field(factory=Unchecked)
    revision: int = 0

    @property
    def pending_key(self) -> FileKey:
        """Where the bytes wait until they are kept."""
        return FileKey(f"pending/{self.id}")

    @property
    def kept_key(self) -> FileKey:
        """Where the bytes lie once kept: by kind and content, so that they never change."""
        return kept_key(self.kind, self.sha256)

    @property
    def stored(self) -> StoredFile:
        """The file as it will lie in storage once kept."""
        return StoredFile(self.kept_key, self.file_name, self.content_type, self.size, self.sha256)

    def claimed_by(self, user: UserId, kind: FileKind, now: datetime) -> "UploadTicket":
        """Return the ticket if `user` may use it for a file of `kind` at `now`.

        Raises:
            NotFound: somebody else's ticket, or one for another kind.
            Expired: its time is over.
        """
        if self.owner != user or self.kind is not kind:
            raise NotFound("upload", self.id)
        if now >= self.expires_at:
            raise Expired("upload", self.expires_at)
        return self

    def looked_into(self, finding: Finding, now: datetime) -> "UploadTicket":
        """The ticket with what was found at `now`; what may be listed can be for a day."""
        listable = not isinstance(finding, Refused)
        expires_at = max(self.expires_at, now + LISTABLE) if listable else self.expires_at
        return evolve(self, finding=finding, expires_at=expires_at)

    @property
    def announced(self) -> FileStat:
        """What storage says of the bytes if they are the announced ones."""
        return FileStat(self.size, self.content_type, self.sha256)

    def matches(self, stat: FileStat) -> bool:
        """Whether the stored bytes are the announced ones."""
        return stat == self.announced

    def check(self, stat: FileStat) -> None:
        """Raise `InvalidValue` if the stored bytes are not the announced ones."""
        if not self.matches(stat):
            raise InvalidValue("file", sentence("is not the announced one; upload it again"))


def made_file(content: bytes, name: str, content_type: str) -> StoredFile:
    """The file that bytes which Koda made are once kept, under a key that follows from them."""
    digest = sha256_of(content)
    return StoredFile(FileKey(f"made/{digest}"), name, content_type, len(content), digest)


KEPT_FOLDERS = (*(f"{kind.value}s" for kind in FileKind), "made")
"""How the keys of kept content begin, up to the slash."""
_KEPT = rf"({'|'.join(KEPT_FOLDERS)})/[0-9a-f]{{64}}"


def is_kept(key: str) -> bool:
    """Whether `key` is one of kept content."""
    return re.fullmatch(_KEPT, key) is not None


def kept_key(kind: FileKind, sha256: str) -> FileKey:
    """The key of kept content of `kind`."""
    return FileKey(f"{kind.value}s/{sha256}")


@frozen
class UploadOffer:
    """How a client sends the bytes of a ticket: `method` to `url` with `headers` or `fields`.

    `fields` are those of a multipart form whose last part is the file, for a `POST`; `headers` go
    with a `PUT`.
    """

    upload_id: UploadId
    method: str
    url: str
    headers: Mapping[str, str]
    fields: Mapping[str, str]
    expires_at: datetime = field(validator=utc)


@frozen
class DownloadLink:
    """A link that opens one file, as an attachment named `file_name`, until `expires_at` (UTC)."""

    url: str
    file_name: str
    expires_at: datetime = field(validator=utc)
