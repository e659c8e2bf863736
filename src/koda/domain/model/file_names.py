"""Names of files that are safe on every disk and in a header."""

import re
import unicodedata

from koda.domain.model.errors.roots import InvalidValue
from koda.domain.model.sentences import sentence
from koda.domain.model.validation import BIDI_CONTROLS

LONGEST_FILE_NAME = 100
LONGEST_EXTENSION = 16
DEVICE_DIGITS = "123456789\u00b9\u00b2\u00b3"
RESERVED_NAMES = frozenset(
    ["con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in DEVICE_DIGITS)]
)
"""Names that Windows keeps for devices, with any extension."""


def safe_file_name(name: str) -> str:
    """Turn what a client calls its file into a name that is safe on every disk and in a header.

    Folders, control characters, direction overrides and characters that a file system reserves
    go; device names get a leading underscore; the stem is cut so that the whole has at most 100
    characters and keeps its extension.

    Raises:
        InvalidValue: nothing is left of the name, or it has no extension of a usual length.
    """
    last = re.split(r"[/\\]", name)[-1]
    safe = "".join(filter(_is_safe, unicodedata.normalize("NFC", last)))
    safe = re.sub(r'[<>:"|?*;]', "-", safe).strip(" .")
    stem, dot, extension = safe.rpartition(".")
    suffix = (dot + extension).lower() if dot else ""
    if not 0 < len(suffix) <= LONGEST_EXTENSION:
        raise InvalidValue(
            "file_name", sentence("must be a file name with an extension, such as flow.json")
        )
    device = stem.split(".")[0].rstrip().casefold() in RESERVED_NAMES
    stem = f"{'_' if device else ''}{stem}"[: LONGEST_FILE_NAME - len(suffix)]
    return f"{stem.rstrip(' .')}{suffix}"


def _is_safe(character: str) -> bool:
    if character.isascii():
        return character.isprintable()
    return unicodedata.category(character)[0] != "C" and character not in BIDI_CONTROLS
