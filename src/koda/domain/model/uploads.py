"""Files on their way in: what is announced, the permission to store it, what was stored."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from attrs import field, frozen

from koda.domain.model.errors import Expired, InvalidValue, NotFound
from koda.domain.model.identifiers import FileKey, UploadId, UserId
from koda.domain.model.policy import ARTIFACT_CEILING, Policy
from koda.domain.model.validation import BIDI_CONTROLS, identifier, integer, sha256, utc

LONGEST_FILE_NAME = 100
LONGEST_EXTENSION = 16
DEVICE_DIGITS = "123456789\u00b9\u00b2\u00b3"
RESERVED_NAMES = frozenset(
    ["con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in DEVICE_DIGITS)]
)
"""Names that Windows keeps for devices, with any extension."""


class FileKind(StrEnum):
    """What an upload is for."""

    ARTIFACT = "artifact"
    PREVIEW = "preview"


ARTIFACT_TYPES: Mapping[str, str] = {".json": "application/json", ".py": "text/x-python"}
"""The extensions of workflow files, and the one content type of each."""
PREVIEW_TYPES: Mapping[str, str] = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".webp": "image/webp",
    ".gif": "image/gif",
}
"""The extensions of preview images, and the one content type of each."""
TYPES: Mapping[FileKind, Mapping[str, str]] = {
    FileKind.ARTIFACT: ARTIFACT_TYPES,
    FileKind.PREVIEW: PREVIEW_TYPES,
}
"""By kind, what its files may be; browsers call some of the types otherwise."""


def safe_file_name(name: str) -> str:
    """Turn what a client calls its file into a name that is safe on every disk and in a header.

    Folders, control characters, direction overrides and characters that a file system reserves
    go; device names get a leading underscore; the stem is cut so that the whole has at most 100
    characters and keeps its extension.

    Raises:
        InvalidValue: nothing is left of the name, or it has no extension of a usual length.
    """
    last = re.split(r"[/\\]", name)[-1]
    kept = "".join(filter(_is_safe, unicodedata.normalize("NFC", last)))
    kept = re.sub(r'[<>:"|?*;]', "-", kept).strip(" .")
    stem, dot, extension = kept.rpartition(".")
    suffix = (dot + extension).lower() if dot else ""
    if not 0 < len(suffix) <= LONGEST_EXTENSION:
        raise InvalidValue("file_name", "must be a file name with an extension, such as flow.json")
    device = stem.split(".")[0].rstrip().casefold() in RESERVED_NAMES
    stem = f"{'_' if device else ''}{stem}"[: LONGEST_FILE_NAME - len(suffix)]
    return f"{stem.rstrip(' .')}{suffix}"


def _is_safe(character: str) -> bool:
    if character.isascii():
        return character.isprintable()
    return unicodedata.category(character)[0] != "C" and character not in BIDI_CONTROLS


def content_type_of(kind: FileKind, file_name: str) -> str:
    """The one content type that a file of `kind` has under a safe file name.

    Raises:
        InvalidValue: an extension that `kind` does not allow.
    """
    content_type = TYPES[kind].get(f".{file_name.rpartition('.')[2]}")
    if content_type is None:
        raise InvalidValue("file_name", f"must end in one of {', '.join(TYPES[kind])}")
    return content_type


def most_bytes(kind: FileKind, policy: Policy) -> int:
    """How many bytes a file of `kind` may have."""
    return policy.artifact_bytes if kind is FileKind.ARTIFACT else policy.preview_bytes


def check_upload(
    kind: FileKind, file_name: str, content_type: str, size: int, policy: Policy
) -> str:
    """Return the safe file name of an announced upload that this marketplace takes.

    Raises:
        InvalidValue: an extension, content type or size (bytes) that `kind` does not allow.
    """
    name = safe_file_name(file_name)
    expected = content_type_of(kind, name)
    if content_type != expected:
        raise InvalidValue("content_type", f"must be {expected} for this file name")
    most = most_bytes(kind, policy)
    if type(size) is not int or not 1 <= size <= most:
        raise InvalidValue("size", f"must be between 1 and {most} bytes")
    return name


@frozen
class StoredFile:
    """A file as it lies in storage, under a key that never changes its content."""

    key: FileKey
    name: str
    content_type: str
    size: int = field(validator=integer(1, ARTIFACT_CEILING))
    sha256: str = field(validator=sha256)


@frozen
class FileStat:
    """What storage itself says of stored bytes: size in bytes, type and SHA-256."""

    size: int
    content_type: str
    sha256: str


@frozen
class UploadTicket:
    """Permission for `owner` to put one announced file in storage until `expires_at` (UTC)."""

    id: UploadId = field(validator=identifier)
    owner: UserId = field(validator=identifier)
    kind: FileKind
    file_name: str
    content_type: str
    size: int = field(validator=integer(1, ARTIFACT_CEILING))
    sha256: str = field(validator=sha256)
    expires_at: datetime = field(validator=utc)

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
            raise InvalidValue("file", "is not the announced one; upload it again")


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
