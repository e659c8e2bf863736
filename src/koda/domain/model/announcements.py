"""What may be announced as an upload: names, content types and sizes."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from koda.domain.model.errors import InvalidValue
from koda.domain.model.file_names import safe_file_name
from koda.domain.model.sentences import sentence
from koda.domain.model.sizes import ByteSize
from koda.domain.model.uploads import FileKind

if TYPE_CHECKING:
    from koda.domain.model.policy import Policy

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


def content_type_of(kind: FileKind, file_name: str) -> str:
    """The one content type that a file of `kind` has under a safe file name.

    Raises:
        InvalidValue: an extension that `kind` does not allow.
    """
    content_type = TYPES[kind].get(f".{file_name.rpartition('.')[2]}")
    if content_type is None:
        raise InvalidValue(
            "file_name", sentence("must end in one of {endings}", endings=tuple(TYPES[kind]))
        )
    return content_type


def most_bytes(kind: FileKind, file_name: str, policy: "Policy") -> int:
    """How many bytes a file of `kind` under a safe file name may have."""
    if kind is FileKind.PREVIEW:
        return policy.preview_bytes
    script = file_name.endswith(".py")
    return min(policy.script_bytes, policy.artifact_bytes) if script else policy.artifact_bytes


def check_upload(
    kind: FileKind, file_name: str, content_type: str, size: int, policy: "Policy"
) -> str:
    """Return the safe file name of an announced upload that this marketplace takes.

    Raises:
        InvalidValue: an extension, content type or size (bytes) that `kind` does not allow.
    """
    name = safe_file_name(file_name)
    expected = content_type_of(kind, name)
    if content_type != expected:
        raise InvalidValue(
            "content_type", sentence("must be {expected} for this file name", expected=expected)
        )
    most = most_bytes(kind, name, policy)
    if type(size) is not int or not 1 <= size <= most:
        raise InvalidValue("size", sentence("must be from 1 byte to {most}", most=ByteSize(most)))
    return name
