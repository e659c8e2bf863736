"""What a listing of a file may be called, by the file itself."""

import re
from collections.abc import Iterable

from koda.domain.model.errors.roots import InvalidValue
from koda.domain.model.listings import TITLE_LENGTH
from koda.domain.model.validation import check_text, cleaned

_UNNAMED = re.compile(
    r"(my workflow|untitled( zap)?|new scenario|workflow|flow|blueprint|export|scenario)[ \d()]*",
    re.IGNORECASE,
)
"""What platforms call a workflow that nobody has named."""


def title_of(titles: Iterable[str | None], file_name: str) -> str:
    """Return the first title that a listing may have, or one made of the file's name.

    It is empty if none of them says anything.
    """
    stem = file_name.rpartition(".")[0].removesuffix(".blueprint")
    named = re.sub(r"[-_.\s]+", " ", stem)
    return next(filter(None, map(_title, (*titles, f"{named[:1].upper()}{named[1:]}"))), "")


def _title(text: str | None) -> str:
    """`text` as a title, or nothing."""
    title = " ".join(cleaned(text or "", TITLE_LENGTH[1]).split())
    try:
        check_text("title", title, *TITLE_LENGTH)
    except InvalidValue:
        return ""
    return "" if _UNNAMED.fullmatch(title) else title
