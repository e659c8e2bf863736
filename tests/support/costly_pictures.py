"""Pictures that are small and take a decoder long."""

import struct
import zlib
from io import BytesIO

from PIL import Image

PROFILE = b"a\0\0" + zlib.compress(bytes(1_048_000), 9)
"""A colour profile of a PNG, of a megabyte once it is unpacked."""


def chunk(kind: bytes, content: bytes) -> bytes:
    """A chunk of a PNG."""
    check = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", check)


def png(width: int, height: int, more: bytes = b"", depth: int = 8) -> bytes:
    """A PNG in four channels of `depth` bits, with `more` chunks before its pixels."""
    header = struct.pack(">IIBBBBB", width, height, depth, 6, 0, 0, 0)
    packing = zlib.compressobj(9)
    row = bytes(1 + width * depth // 2)
    pixels = b"".join(packing.compress(row) for _ in range(height)) + packing.flush()
    parts = chunk(b"IHDR", header), more, chunk(b"IDAT", pixels), chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def jpeg(segment: bytes, times: int) -> bytes:
    """A small JPEG in which `segment` stands so many times."""
    saved = _saved("JPEG")
    return saved[:2] + segment * times + saved[2:]


def gif(block: bytes, times: int) -> bytes:
    """A small GIF in which `block` stands so many times."""
    saved = _saved("GIF")
    at = 13 + 3 * 2 ** (1 + (saved[10] & 7))
    return saved[:at] + block * times + saved[at:]


def webp(width: int, height: int) -> bytes:
    """A lossless WebP of noise."""
    written = BytesIO()
    Image.effect_noise((width, height), 30).convert("RGBA").save(written, "WEBP", lossless=True)
    return written.getvalue()


def _saved(kind: str) -> bytes:
    written = BytesIO()
    Image.new("P" if kind == "GIF" else "L", (16, 16)).save(written, kind)
    return written.getvalue()
