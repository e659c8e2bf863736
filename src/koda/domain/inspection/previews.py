"""Checking preview images."""

from collections.abc import Callable, Mapping

from koda.domain.inspection.images import (
    BrokenImage,
    Size,
    gif_size,
    jpeg_size,
    png_size,
    webp_size,
)
from koda.domain.inspection.refusals import refusal
from koda.domain.model.sentences import sentence
from koda.domain.model.uploads import LARGEST_SIDE

MOST_PIXELS = 9_000_000
"""More than a screen of 4K has; decoded, each takes four bytes."""
MOST_OF_JPEG = 16_000_000
"""More than most photographs have; a large one is decoded at a half of its sides, or less."""
MOST_OF_WEBP = 2_250_000
"""More than a screen of full HD has; its decoder takes 28 bytes for each."""

_READERS: Mapping[str, tuple[str, Callable[[bytes], Size], int]] = {
    "image/png": ("PNG", png_size, MOST_PIXELS),
    "image/jpeg": ("JPEG", jpeg_size, MOST_OF_JPEG),
    "image/webp": ("WebP", webp_size, MOST_OF_WEBP),
    "image/gif": ("GIF", gif_size, MOST_PIXELS),
}


def check_preview(content_type: str, content: bytes) -> None:
    """Refuse a preview that is not a whole image of `content_type`, or too large to be decoded.

    Raises:
        InvalidValue: what is wrong with `file`, and what to do.
    """
    if content_type not in _READERS:
        raise refusal(sentence("must be a PNG, JPEG, WebP or GIF image"))
    name, size_of, _ = _READERS[content_type]
    try:
        size = size_of(content)
    except BrokenImage as error:
        raise refusal(
            sentence(
                "is not a whole {name} image ({why}); save the picture as {name} again",
                name=name,
                why=error.why,
            )
        ) from error
    check_pixels(content_type, *size)


def check_pixels(content_type: str, width: int, height: int) -> None:
    """Refuse a picture without pixels, or with too many of them on a side or in all.

    Raises:
        InvalidValue: what is wrong with `file`, and what to do.
    """
    sides = 1 <= width <= LARGEST_SIDE and 1 <= height <= LARGEST_SIDE
    _, _, most = _READERS[content_type]
    if not sides or width * height > most:
        raise refusal(
            sentence(
                "is {width} by {height} pixels; make it smaller, each side must have 1 to "
                "{largest_side:,} of them and the whole at most {most:,}",
                width=width,
                height=height,
                largest_side=LARGEST_SIDE,
                most=most,
            )
        )
