"""Checking preview images."""

from collections.abc import Callable, Mapping

from koda.domain.inspection.images import Size, gif_size, jpeg_size, png_size, webp_size
from koda.domain.inspection.refusals import refusal
from koda.domain.model.uploads import LARGEST_SIDE

MOST_PIXELS = 16_000_000
"""More than a screen of 5K has; decoded, each takes four bytes."""

_READERS: Mapping[str, tuple[str, Callable[[bytes], Size]]] = {
    "image/png": ("PNG", png_size),
    "image/jpeg": ("JPEG", jpeg_size),
    "image/webp": ("WebP", webp_size),
    "image/gif": ("GIF", gif_size),
}


def check_preview(content_type: str, content: bytes) -> None:
    """Refuse a preview that is not a whole image of `content_type`, or too large to be decoded.

    Raises:
        InvalidValue: what is wrong with `file`, and what to do.
    """
    if content_type not in _READERS:
        raise refusal("must be a PNG, JPEG, WebP or GIF image")
    name, size_of = _READERS[content_type]
    try:
        size = size_of(content)
    except ValueError as error:
        problem = f"is not a whole {name} image ({error}); save the picture as {name} again"
        raise refusal(problem) from error
    check_pixels(*size)


def check_pixels(width: int, height: int) -> None:
    """Refuse a picture without pixels, or with too many of them on a side or in all.

    Raises:
        InvalidValue: what is wrong with `file`, and what to do.
    """
    sides = 1 <= width <= LARGEST_SIDE and 1 <= height <= LARGEST_SIDE
    if not sides or width * height > MOST_PIXELS:
        raise refusal(
            f"is {width} by {height} pixels; make it smaller, each side must have 1 to "
            f"{LARGEST_SIDE:,} of them and the whole at most {MOST_PIXELS:,}"
        )
