from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from koda.adapters.pillow.pictures import PillowPictures
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


def near(one: Any, other: tuple[int, int, int]) -> bool:
    """Whether two colours look alike."""
    return all(abs(a - b) < 40 for a, b in zip(one[:3], other, strict=True))


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
