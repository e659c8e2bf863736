import struct
import zlib
from io import BytesIO
from typing import Any

import pytest
from PIL import Image, ImageChops

from koda.adapters.pillow.essentials import essentials
from koda.adapters.pillow.pictures import PillowPictures, _scaled
from koda.domain.model.errors import InvalidValue

LEFT, RIGHT = (200, 40, 40), (40, 40, 200)


def picture(mode: str, kind: str, **options: Any) -> bytes:
    """A picture of 64 by 32 pixels, red at the left and blue at the right."""
    image = Image.new("RGB", (64, 32), LEFT)
    image.paste(RIGHT, (32, 0, 64, 32))
    written = BytesIO()
    image.convert(mode).save(written, kind, **options)
    return written.getvalue()


def opened(content_type: str, content: bytes) -> Image.Image:
    """What is made of a picture."""
    (made,) = PillowPictures().sizes(content_type, content)
    return Image.open(BytesIO(made.content))


def near(color: Any, other: tuple[int, int, int]) -> bool:
    """Whether two colours look alike."""
    return all(abs(a - b) < 40 for a, b in zip(color[:3], other, strict=True))


@pytest.mark.parametrize(
    ("mode", "kind"),
    [
        ("RGB", "PNG"),
        ("P", "PNG"),
        ("RGBA", "PNG"),
        ("P", "GIF"),
        ("RGB", "WEBP"),
        ("CMYK", "JPEG"),
    ],
)
def test_colours_come_through_whatever_their_form(mode: str, kind: str) -> None:
    """Palettes, transparency and inks become plain colours."""
    made = opened(f"image/{kind.lower()}", picture(mode, kind))

    assert near(made.getpixel((8, 16)), LEFT)
    assert near(made.getpixel((56, 16)), RIGHT)


def test_transparency_stays() -> None:
    """Where nothing was, the page shows through."""
    written = BytesIO()
    Image.new("LA", (8, 8), (128, 0)).save(written, "PNG")

    assert opened("image/png", written.getvalue()).convert("RGBA").getpixel((4, 4))[3] == 0  # type: ignore[index]


@pytest.mark.parametrize(
    ("orientation", "red"),
    [
        (1, (8, 16)),
        (2, (56, 16)),
        (3, (56, 16)),
        (4, (8, 16)),
        (5, (16, 8)),
        (6, (16, 8)),
        (7, (16, 56)),
        (8, (16, 56)),
        (99, (8, 16)),
    ],
)
def test_a_picture_stands_upright(orientation: int, red: tuple[int, int]) -> None:
    """Its orientation tag is applied, and an unknown one is none."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    made = opened("image/jpeg", picture("RGB", "JPEG", exif=exif))

    assert made.size == ((32, 64) if 5 <= orientation <= 8 else (64, 32))
    assert near(made.getpixel(red), LEFT)


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_an_animation_shows_its_first_frame(kind: str) -> None:
    """What it shows at the start stands for all of it."""
    frames = [Image.new("RGB", (64, 32), colour) for colour in (LEFT, RIGHT)]
    written = BytesIO()
    frames[0].save(written, kind, save_all=True, append_images=frames[1:])
    made = opened(f"image/{kind.lower()}", written.getvalue())

    assert getattr(made, "n_frames", 1) == 1
    assert near(made.getpixel((32, 16)), LEFT)


def test_a_frame_larger_than_its_screen_is_refused() -> None:
    """Pillow makes room for it, so that the size is compared once more before it decodes."""
    screen = b"GIF89a\x08\0\x04\0\0\0\0"
    content = screen + b",\0\0\0\0\x88\x13\x88\x13\0\x02\x02\x4c\x01\0;"

    with pytest.raises(InvalidValue, match="5000 by 5000 pixels; make it smaller"):
        PillowPictures().sizes("image/gif", content)


def test_exif_that_nobody_can_read_does_not_stop_a_picture() -> None:
    """It says nothing about how the picture lies."""
    made = opened("image/webp", picture("RGB", "WEBP", exif=b"Exif\0\0nothing of the kind"))

    assert made.size == (64, 32)


def chunk(kind: bytes, content: bytes) -> bytes:
    """A chunk of a PNG."""
    whole = kind + content
    return struct.pack(">I", len(content)) + whole + struct.pack(">I", zlib.crc32(whole))


def turned(kind: str) -> bytes:
    """A picture that says that it lies on its side."""
    exif = Image.Exif()
    exif[0x0112] = 6
    return picture("RGB", kind, exif=exif)


def test_decoder_meets_no_profile_and_no_text_of_a_png() -> None:
    """Each would be unpacked: 9,000 profiles in 10 MiB are 9 GB."""
    bare, profile = turned("PNG"), chunk(b"iCCP", b"a\0\0" + zlib.compress(bytes(1000)))
    text, exif = chunk(b"zTXt", b"b\0\0" + zlib.compress(bytes(1000))), chunk(b"eXIf", b"MM\0*")
    full = bare[:33] + (profile + text) * 9 + bare[33:-12] + exif * 9 + bare[-12:]

    assert essentials("image/png", full) == bare


def test_decoder_meets_one_exif_segment_of_a_jpeg() -> None:
    """They would be joined one by one; the first says how the picture must be turned."""
    bare = turned("JPEG")
    more = b"\xff\xe1" + struct.pack(">H", 108) + b"Exif\0\0" + bytes(100)
    comment = b"\xff\xfe\0\x04ab"
    at = bare.index(b"\xff\xdb")
    full = bare[:at] + (more + comment) * 9 + bare[at:]

    assert essentials("image/jpeg", full) == bare
    assert essentials("image/jpeg", picture("CMYK", "JPEG")).count(b"Adobe") == 1


def test_decoder_meets_no_comment_of_a_gif_and_one_image() -> None:
    """Comments would be joined one by one, too."""
    saved = picture("P", "GIF")
    at = 13 + 3 * 2 ** (1 + (saved[10] & 7))
    head, image = saved[:at], saved[saved.index(b",", at) : -1]
    comment, control = b"!\xfe\x02ab\0", b"!\xf9\x04\x01\0\0\0\0"
    full = head + comment * 9 + control + comment + (image + comment) * 2 + b";"

    assert essentials("image/gif", full) == head + control + image + b";"


@pytest.mark.parametrize("size", [(1700, 401), (3999, 999), (1601, 3000), (300, 6001)])
@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L"])
def test_bands_make_what_the_whole_would(size: tuple[int, int], mode: str) -> None:
    """No seam shows where one ends."""
    image = Image.effect_noise(size, 15).convert(mode)
    width = min(1600, size[0], round(size[0] * 3200 / size[1]))
    height = min(3200, size[1], round(size[1] * 1600 / size[0]))
    plain = image if mode == "RGBA" else image.convert("RGB")

    made = _scaled(image, (width, height))

    whole = plain.resize((width, height), Image.Resampling.LANCZOS)
    difference = ImageChops.difference(made.convert("RGB"), whole.convert("RGB"))
    assert max(most for _, most in difference.getextrema()) <= 3  # type: ignore[misc]
