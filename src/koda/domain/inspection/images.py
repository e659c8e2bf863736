"""The structure of image files, as far as it shows that the bytes are a whole image.

Each function takes the bytes of a file and returns width and height in pixels. They raise
`BrokenImage` when the bytes are not such an image, or end too soon. No pixel is
decoded.
"""

import struct
import zlib
from typing import Any

from attrs import define

from koda.domain.model.sentences import Sentence, sentence, translatable

Size = tuple[int, int]

_MOST_PARTS = 100_000
"""How many chunks, blocks or segments are read: far more than pictures have, and soon done."""
MOST_SCANS = 100
"""How often a JPEG may go over the picture: progressive ones do about ten times, and each time
costs a decoder a pass over all of it."""
_TOO_MANY = sentence("more parts than a picture has")
_CUT_SHORT = sentence("cut short")

_PNG_DEPTHS = {0: {1, 2, 4, 8, 16}, 2: {8, 16}, 3: {1, 2, 4, 8}, 4: {8, 16}, 6: {8, 16}}
"""The bit depths that each colour type of PNG allows (W3C PNG, table 11.1)."""
_JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""The markers of a JPEG frame header, SOF0 to SOF15 (ITU-T T.81, table B.1)."""
JPEG_SCAN, JPEG_MARK = 0xDA, 0xFF
"""The marker of a scan, and what stands before every marker (ITU-T T.81, table B.1)."""
_SCAN_BEGINS = b"\xff\xda"
_VP8X_HEADER = 30
"""Where the image data of an extended WebP begins."""
_VP8L_SIGNATURE = 0x2F


@define(slots=False)
class BrokenImage(ValueError):
    """The bytes are no whole image of their kind; `why` in a few words."""

    why: Sentence


def png_size(content: bytes) -> Size:
    """Read a PNG (W3C PNG): signature, header, then whole chunks from image data to the end."""
    _expect(content[:8] == b"\x89PNG\r\n\x1a\n", translatable("no PNG signature"))
    length, kind, width, height, depth, colour = _read(">I4sIIBB", content, 8)
    _expect((length, kind) == (13, b"IHDR"), translatable("no header"))
    _expect(depth in _PNG_DEPTHS.get(colour, ()), translatable("an unknown kind of colour"))
    _expect(
        _read(">I", content, 29) == (zlib.crc32(content[12:29]),), translatable("a damaged header")
    )
    _expect(b"IDAT" in _png_chunks(content, 33), translatable("no image data"))
    return width, height


def _png_chunks(content: bytes, at: int) -> set[bytes]:
    """The kinds of the chunks from `at`, of which the last must end the file."""
    kinds: set[bytes] = set()
    for _ in range(_MOST_PARTS):
        length, kind = _read(">I4s", content, at)
        kinds.add(kind)
        at += 12 + length
        if kind == b"IEND":
            break
    else:
        raise BrokenImage(_TOO_MANY)
    _expect(at == len(content), translatable("cut short, or something behind its end"))
    return kinds


def gif_size(content: bytes) -> Size:
    """Read a GIF (GIF89a specification): screen, then whole blocks with an image to the end."""
    _expect(content[:6] in {b"GIF87a", b"GIF89a"}, translatable("no GIF signature"))
    width, height, flags = _read("<HHB", content, 6)
    at = 13 + gif_colours(flags)
    images = 0
    for _ in range(_MOST_PARTS):
        block = content[at : at + 1]
        if block == b";":
            break
        _expect(block in {b"!", b","}, translatable("a block of no known kind, or cut short"))
        images += block == b","
        at = after_gif_block(content, at)
    else:
        raise BrokenImage(_TOO_MANY)
    _expect(images > 0, translatable("no image data"))
    return width, height


def after_gif_block(content: bytes, at: int) -> int:
    """Where the extension or image of a GIF at `at` ends: behind its header and its sub-blocks.

    Raises:
        BrokenImage: the bytes end before.
    """
    if content[at : at + 1] == b"!":
        at += 2
    else:
        (flags,) = _read("<9xB", content, at)
        at += 11 + gif_colours(flags)
    try:
        while length := content[at]:
            at += 1 + length
    except IndexError as error:
        raise BrokenImage(_CUT_SHORT) from error
    return at + 1


def gif_colours(flags: int) -> int:
    """The bytes of the colour table that the `flags` of a GIF's screen or image announce."""
    return 3 << (1 + (flags & 7)) if flags & 0x80 else 0


def jpeg_size(content: bytes) -> Size:
    """Read a JPEG (ITU-T T.81): segments with a frame among them, a scan, and the end."""
    _expect(content[:3] == b"\xff\xd8\xff", translatable("no JPEG signature"))
    size: Size | None = None
    at = 2
    for _ in range(_MOST_PARTS):
        mark, marker, length = _read(">BBH", content, at)
        _expect(mark == JPEG_MARK, translatable("a damaged segment"))
        if marker == JPEG_SCAN:
            break
        if marker in _JPEG_FRAMES:
            height, width = _read(">5xHH", content, at)
            size = (width, height)
        at += 1 if marker == JPEG_MARK else 2 + length
    else:
        raise BrokenImage(_TOO_MANY)
    if size is None:
        raise BrokenImage(sentence("no frame before the image data"))
    _expect(content.find(b"\xff\xd9", at) > 0, translatable("cut short"))
    _expect(
        content.count(_SCAN_BEGINS, at) <= MOST_SCANS, translatable("more scans than a picture has")
    )
    return size


def webp_size(content: bytes) -> Size:
    """Read a WebP (RFC 9649): one RIFF chunk of the file's size that starts with an image."""
    riff, size, form, kind = _read("<4sI4s4s", content, 0)
    _expect((riff, form) == (b"RIFF", b"WEBP"), translatable("no WebP signature"))
    _expect(size + 8 == len(content), translatable("cut short, or something behind its end"))
    if kind == b"VP8 ":
        return _lossy(content)
    if kind == b"VP8L":
        return _lossless(content)
    _expect(kind == b"VP8X", translatable("an unknown kind of image"))
    _expect(len(content) > _VP8X_HEADER, translatable("no image data"))
    width, height = (int.from_bytes(content[at : at + 3], "little") for at in (24, 27))
    return width + 1, height + 1


def _lossy(content: bytes) -> Size:
    """Read the key frame header of RFC 6386, section 9.1."""
    start, width, height = _read("<3sHH", content, 23)
    _expect(start == b"\x9d\x01\x2a", translatable("no key frame"))
    return width & 0x3FFF, height & 0x3FFF


def _lossless(content: bytes) -> Size:
    """Read the header of RFC 9649, section 3.4: 14 bits each of width and height less one."""
    signature, bits = _read("<BI", content, 20)
    _expect(signature == _VP8L_SIGNATURE, translatable("no lossless signature"))
    return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1


def _read(layout: str, content: bytes, at: int) -> tuple[Any, ...]:
    try:
        return struct.unpack_from(layout, content, at)
    except struct.error as error:
        raise BrokenImage(_CUT_SHORT) from error


def _expect(holds: object, why: str) -> None:
    if not holds:
        raise BrokenImage(Sentence(why))
