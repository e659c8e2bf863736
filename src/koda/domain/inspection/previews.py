"""Checking preview images."""

from collections.abc import Callable, Mapping

from koda.domain.inspection.images import Size, gif_size, jpeg_size, png_size, webp_size
from koda.domain.inspection.refusals import refusal

LARGEST_SIDE = 10_000
"""Pixels."""

_READERS: Mapping[str, tuple[str, Callable[[bytes], Size]]] = {
    "image/png": ("PNG", png_size),
    "image/jpeg": ("JPEG", jpeg_size),
    "image/webp": ("WebP", webp_size),
    "image/gif": ("GIF", gif_size),
}


def check_preview(content_type: str, content: bytes) -> None:
    """Refuse a preview that is not a whole image of `content_type` of 1 to 10,000 pixels a side.

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
    if not all(1 <= side <= LARGEST_SIDE for side in size):
        width, height = size
        raise refusal(
            f"is {width} by {height} pixels; each side must have 1 to {LARGEST_SIDE} of them"
        )
