"""Reading uploaded bytes as text."""

from koda.domain.inspection.refusals import refusal
from koda.domain.model.sentences import sentence

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
"""How some editors begin a file in UTF-8."""

_DISGUISES = (
    (b"\xff\xfe\0\0", sentence("is UTF-32 text; save it as UTF-8")),
    (b"\xff\xfe", sentence("is UTF-16 text; save it as UTF-8")),
    (b"\xfe\xff", sentence("is UTF-16 text; save it as UTF-8")),
    (b"\0\0\xfe\xff", sentence("is UTF-32 text; save it as UTF-8")),
    (b"\x1f\x8b", sentence("is compressed with gzip; unpack it and upload what is inside")),
    (b"PK\x03\x04", sentence("is a zip archive; unpack it and upload the one file inside")),
    (b"PK\x05\x06", sentence("is an empty zip archive; upload the workflow file itself")),
)
"""How files start that are often sent for text, and what to do about each."""


def text_in(content: bytes) -> str:
    """Return the text that `content` is in UTF-8, without the byte order mark that may lead it.

    Raises:
        InvalidValue: empty, another encoding, a packed file, or a NUL in it.
    """
    content = content.removeprefix(BYTE_ORDER_MARK)
    if not content.strip():
        raise refusal(sentence("is empty; export the workflow again"))
    for start, problem in _DISGUISES:
        if content.startswith(start):
            raise refusal(problem)
    if 0 in content[:2]:
        raise refusal(sentence("looks like UTF-16 or UTF-32 text; save it as UTF-8"))
    if 0 in content:
        raise refusal(sentence("has a NUL byte in it; upload the workflow file, not a binary one"))
    return _decoded(content)


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        before = content[: error.start]
        raise refusal(
            sentence(
                "is not UTF-8 text (line {line}, byte {place}); save it as UTF-8",
                line=before.count(b"\n") + 1,
                place=len(before) - before.rfind(b"\n"),
            )
        ) from error
