"""What of a picture's bytes its pixels are made of, so that a decoder meets nothing else.

Pillow unpacks each colour profile and text of a PNG, and joins comments of a GIF and EXIF segments
of a JPEG one by one: 10 MiB of them take minutes. The bytes are those of a whole picture, as
`koda.domain.inspection.images` checks.
"""

import struct
from collections.abc import Iterator

from koda.domain.inspection.images import (
    JPEG_MARK,
    JPEG_SCAN,
    after_gif_block,
    gif_colours,
)

_PNG_PARTS = frozenset({b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"eXIf", b"IEND"})
_JPEG_EXIF, _JPEG_COMMENT = 0xE1, 0xFE
_JPEG_COLOURS = frozenset({0xE0, 0xEE})
"""The segments of JFIF and of Adobe, which say what the numbers of a colour mean."""
_JPEG_TOLD = frozenset({*range(0xE0, 0xF0), _JPEG_COMMENT})
"""The segments that say something of the picture, and are no part of it."""
_GIF_CONTROL = 0xF9
"""The label of what says which colour of the next image is transparent."""


def essentials(content_type: str, content: bytes) -> bytes:
    """Return the picture without what its pixels do not need; how it must be turned stays.

    Of several images in one file the first stays, but for WebP, whose decoder reads no more.
    """
    match content_type:
        case "image/png":
            return content[:8] + b"".join(_png_parts(content))
        case "image/jpeg":
            return content[:2] + b"".join(_jpeg_parts(content))
        case "image/gif":
            return b"".join(_gif_parts(content))
        case _:
            return content


def _png_parts(content: bytes) -> Iterator[bytes]:
    at, told = 8, False
    while at < len(content):
        length, kind = struct.unpack_from(">I4s", content, at)
        end = at + 12 + length
        if kind in _PNG_PARTS and not (kind == b"eXIf" and told):
            told = told or kind == b"eXIf"
            yield content[at:end]
        at = end


def _jpeg_parts(content: bytes) -> Iterator[bytes]:
    at, told = 2, False
    while True:
        _, marker, length = struct.unpack_from(">BBH", content, at)
        if marker == JPEG_SCAN:
            yield content[at:]
            return
        end = at + (1 if marker == JPEG_MARK else 2 + length)
        turned = marker == _JPEG_EXIF and not told
        if turned or marker in _JPEG_COLOURS or marker not in _JPEG_TOLD:
            told = told or turned
            yield content[at:end]
        at = end


def _gif_parts(content: bytes) -> Iterator[bytes]:
    at = 13 + gif_colours(content[10])
    yield content[:at]
    control = b""
    while True:
        end = after_gif_block(content, at)
        if content[at : at + 1] == b",":
            yield control + content[at:end] + b";"
            return
        if content[at + 1] == _GIF_CONTROL:
            control = content[at:end]
        at = end
