import struct
import zlib
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koda.domain.inspection.images import MOST_SCANS
from koda.domain.inspection.previews import check_preview
from koda.domain.model.errors import InvalidValue
from koda.testing.examples import PIXEL


def chunk(kind: bytes, body: bytes = b"") -> bytes:
    """A chunk of a PNG file."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width: int = 2, height: int = 3, depth: int = 8, colour: int = 2) -> bytes:
    """A PNG image whose header says what is given."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", b"data") + chunk(b"IEND")


def jpeg(width: int = 2, height: int = 3, frame: int = 0xC2, before: bytes = b"") -> bytes:
    """A JPEG image with one frame header and one scan."""
    start = b"\xff\xd8" + before + b"\xff\xe0\0\x04JF" + b"\xff\xc4\0\x04HT"
    header = bytes([0xFF, frame]) + struct.pack(">HBHHB", 11, 8, height, width, 1) + b"\1\x11\0"
    return start + header + b"\xff\xda\0\x08\1\1\0\0\x3f\0" + b"data" + b"\xff\xd9"


def gif(width: int = 2, height: int = 3, version: bytes = b"GIF89a", images: int = 1) -> bytes:
    """A GIF image with colour tables, an extension and image blocks."""
    screen = version + struct.pack("<HHBBB", width, height, 0x80, 0, 0) + b"\0" * 6
    extension = b"!\xf9\x04\0\0\0\0\0"
    image = b"," + struct.pack("<HHHHB", 0, 0, width, height, 0x81) + b"\0" * 12 + b"\2\2\x4c\1\0"
    return screen + extension + image * images + b";"


def webp(kind: bytes, body: bytes) -> bytes:
    """A WebP image of one chunk."""
    inside = b"WEBP" + kind + struct.pack("<I", len(body)) + body
    return b"RIFF" + struct.pack("<I", len(inside)) + inside


def lossy(width: int = 2, height: int = 3) -> bytes:
    """A lossy WebP image."""
    return webp(b"VP8 ", b"\0\0\0\x9d\x01\x2a" + struct.pack("<HH", width, height) + b"data")


def lossless(width: int = 2, height: int = 3) -> bytes:
    """A lossless WebP image."""
    return webp(b"VP8L", struct.pack("<BI", 0x2F, (width - 1) | (height - 1) << 14) + b"data")


def extended(width: int = 2, height: int = 3) -> bytes:
    """An extended WebP image."""
    sides = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return webp(b"VP8X", b"\0\0\0\0" + sides + b"VP8 data")


IMAGES = {
    "image/png": [PIXEL, png(), png(10_000, 900), png(depth=16, colour=6), png(colour=3)],
    "image/jpeg": [jpeg(), jpeg(1600, 10_000), jpeg(frame=0xC0), jpeg(before=b"\xff")],
    "image/webp": [lossy(), lossless(), extended(), lossless(10_000, 1), extended(1, 10_000)],
    "image/gif": [gif(), gif(3000, 3000), gif(version=b"GIF87a"), gif(images=3)],
}
EVERY = [(kind, content) for kind, contents in IMAGES.items() for content in contents]


def problem_of(content_type: str, content: bytes) -> str:
    """What is wrong with an image that must be refused."""
    with pytest.raises(InvalidValue) as refused:
        check_preview(content_type, content)
    assert refused.value.field == "file"
    return str(refused.value.problem)


@pytest.mark.parametrize(("content_type", "content"), EVERY)
def test_whole_image_passes(content_type: str, content: bytes) -> None:
    """An image that is what it claims passes, up to 10,000 pixels a side and its type's in all."""
    check_preview(content_type, content)


@pytest.mark.parametrize("content_type", IMAGES)
@pytest.mark.parametrize(("real_type", "content"), EVERY)
def test_image_of_another_type_is_refused(
    content_type: str, real_type: str, content: bytes
) -> None:
    """A real image of another type than declared does not pass."""
    if content_type == real_type:
        return

    assert "signature" in problem_of(content_type, content)


@pytest.mark.parametrize(("content_type", "content"), EVERY)
def test_cut_off_image_is_refused(content_type: str, content: bytes) -> None:
    """No beginning of an image passes for the whole."""
    for end in range(len(content)):
        assert "is not a whole" in problem_of(content_type, content[:end])


@pytest.mark.parametrize(
    ("content_type", "content"),
    [
        ("image/png", png(0, 1)),
        ("image/png", png(1, 10_001)),
        ("image/jpeg", jpeg(0, 1)),
        ("image/jpeg", jpeg(1, 0)),
        ("image/jpeg", jpeg(10_001, 1)),
        ("image/webp", lossy(0, 1)),
        ("image/webp", lossy(1, 10_001)),
        ("image/webp", lossless(16_384, 1)),
        ("image/webp", extended(1, 16_777_216)),
        ("image/gif", gif(0, 1)),
        ("image/gif", gif(65_535, 1)),
        ("image/png", png(3001, 3000)),
        ("image/jpeg", jpeg(4001, 4000)),
        ("image/webp", lossless(1501, 1500)),
    ],
)
def test_image_without_or_with_too_many_pixels_is_refused(
    content_type: str, content: bytes
) -> None:
    """Each side has 1 to 10,000 pixels, and the whole at most as many as its decoder bears."""
    assert "make it smaller, each side must have 1 to 10,000" in problem_of(content_type, content)


@pytest.mark.parametrize(
    ("content_type", "content", "problem"),
    [
        ("image/png", png() + b"more", "something behind its end"),
        ("image/png", png(depth=3), "an unknown kind of colour"),
        ("image/png", png(colour=5), "an unknown kind of colour"),
        ("image/png", png().replace(b"\0\0\0\2\0\0\0\3", b"\0\0\0\2\0\0\0\4"), "a damaged header"),
        ("image/png", png().replace(b"IHDR", b"iHDR"), "no header"),
        ("image/png", png().replace(b"IDAT", b"iDAT"), "no image data"),
        ("image/jpeg", jpeg(frame=0xC8), "no frame before the image data"),
        ("image/jpeg", jpeg(before=b"\xff\xe1\0\3"), "a damaged segment"),
        ("image/webp", lossy() + b"more", "something behind its end"),
        ("image/webp", webp(b"ICCP", b"x" * 20), "an unknown kind of image"),
        ("image/webp", webp(b"VP8X", b"\0" * 10), "no image data"),
        ("image/webp", lossy().replace(b"\x9d\x01\x2a", b"\x9d\x01\x2b"), "no key frame"),
        ("image/webp", lossless().replace(b"\x2f", b"\x2e"), "no lossless signature"),
        ("image/gif", gif(images=0), "no image data"),
        ("image/gif", gif()[:-1] + b"?", "a block of no known kind"),
        ("image/gif", gif(images=100_001), "more parts than a picture has"),
        ("image/svg+xml", b"<svg/>", "must be a PNG, JPEG, WebP or GIF image"),
        ("", b"", "must be a PNG, JPEG, WebP or GIF image"),
        ("image/png", b"", "no PNG signature"),
        ("image/webp", b"<html>", "cut short"),
    ],
)
def test_faulty_image_is_refused_in_words(content_type: str, content: bytes, problem: str) -> None:
    """What is wrong is said, and what to do."""
    assert problem in problem_of(content_type, content)


@given(
    content_type=st.sampled_from(sorted(IMAGES)),
    content=st.binary()
    | st.sampled_from(EVERY)
    .map(lambda pair: pair[1])
    .flatmap(
        lambda content: st.tuples(st.integers(0, len(content)), st.binary()).map(
            lambda cut: content[: cut[0]] + cut[1] + content[cut[0] + len(cut[1]) :]
        )
    ),
)
def test_any_bytes_pass_or_are_invalid(content_type: str, content: bytes) -> None:
    """No bytes at all, damaged images among them, bring out another error."""
    with suppress(InvalidValue):
        check_preview(content_type, content)


@pytest.mark.parametrize(
    ("content_type", "content"),
    [
        ("image/jpeg", b"\xff\xd8" + b"\xff" * 5_000_000),
        ("image/jpeg", b"\xff\xd8" + b"\xff" * 5_000_000 + jpeg()[2:]),
        ("image/gif", gif()[:-1] + b"!\xf9\0" * 3_000_000 + b";"),
        ("image/png", png()[:-12] + chunk(b"tEXt") * 800_000 + chunk(b"IEND")),
    ],
    ids=["fill", "fill-then-image", "extensions", "remarks"],
)
def test_endless_parts_are_given_up(content_type: str, content: bytes) -> None:
    """A file of nothing but tiny parts is refused after a bounded number of them."""
    assert "is not a whole" in problem_of(content_type, content)


def test_jpeg_that_goes_over_the_picture_again_and_again_is_refused() -> None:
    """A scan of 32 bytes costs a decoder a pass over all pixels."""
    most = jpeg()[:-2] + b"\xff\xda" * (MOST_SCANS - 1) + b"\xff\xd9"
    check_preview("image/jpeg", most)

    with pytest.raises(InvalidValue, match="more scans than a picture has"):
        check_preview("image/jpeg", most + b"\xff\xda")
