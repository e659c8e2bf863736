"""Sizes and clean copies of pictures, made by Pillow."""

import struct
import zlib
from io import BytesIO
from math import ceil

from PIL import Image

from koda.domain.inspection.previews import check_pixels, check_preview
from koda.domain.inspection.refusals import refusal
from koda.domain.model.errors import InvalidValue
from koda.ports.pictures import MadePicture, Pictures

CARD_WIDTH, PAGE_WIDTH = 640, 1600
"""Pixels: for a card of the catalogue on a dense screen, and for a page of its own."""
QUALITY = 82
"""Of lossy WebP, from 0 to 100."""
MADE_TYPE = "image/webp"

_ORIENTATION = 0x0112
"""The EXIF tag (CIPA DC-008, table 4) that says how a picture must be turned."""
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What brings each orientation upright; from 5 on, width and height change places."""
_SIDEWAYS = range(5, 9)
_BROKEN = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
    LookupError,
    MemoryError,
    NotImplementedError,
    OSError,
    SyntaxError,
    TypeError,
    UserWarning,
    ValueError,
    struct.error,
    zlib.error,
)
"""What Pillow raises over bytes that are not the picture that they claim to be."""


class PillowPictures(Pictures):
    """Decodes a picture safely, and writes its pixels alone as WebP.

    Structure and size are checked before Pillow sees a byte, and it tries the one announced format
    only. What is decoded has at most 16 million pixels, of four bytes each.
    """

    def sizes(self, content_type: str, content: bytes) -> tuple[MadePicture, ...]:
        check_preview(content_type, content)
        try:
            return _made(content_type.partition("/")[2].upper(), content)
        except InvalidValue:
            raise
        except _BROKEN as error:
            raise refusal(
                "is damaged, so that it cannot be shown; save the picture again"
            ) from error


def _made(kind: str, content: bytes) -> tuple[MadePicture, ...]:
    with Image.open(BytesIO(content), formats=[kind]) as opened:
        check_pixels(*opened.size)
        page = _upright(opened)
        card = page.copy()
        card.thumbnail(_box(CARD_WIDTH), Image.Resampling.LANCZOS)
        pictures = (page,) if card.size == page.size else (card, page)
        return tuple(map(_encoded, pictures))


def _box(width: int) -> tuple[int, int]:
    return width, 2 * width


def _upright(opened: Image.Image) -> Image.Image:
    """The picture in plain colours, of at most the largest size, turned as its tag says."""
    orientation = _orientation(opened)
    width, height = _box(PAGE_WIDTH)
    box = (height, width) if orientation in _SIDEWAYS else (width, height)
    scale = min(1, *(most / side for most, side in zip(box, opened.size, strict=True)))
    # Lets a large JPEG be decoded at a half, a fourth or an eighth.
    opened.draft(None, (ceil(opened.width * scale), ceil(opened.height * scale)))
    plain = "RGBA" if opened.has_transparency_data else "RGB"
    picture: Image.Image = opened if opened.mode == plain else opened.convert(plain)
    picture.thumbnail(box, Image.Resampling.LANCZOS)
    turn = _TURNS.get(orientation)
    return picture if turn is None else picture.transpose(turn)


def _orientation(opened: Image.Image) -> int:
    """How the picture lies; as it should where its EXIF says nothing that can be read."""
    try:
        return int(opened.getexif().get(_ORIENTATION, 1))
    except _BROKEN:
        return 1


def _encoded(picture: Image.Image) -> MadePicture:
    """The picture's pixels alone, whatever else the library remembers of their origin."""
    clean = Image.new(picture.mode, picture.size)
    clean.paste(picture)
    written = BytesIO()
    clean.save(written, "WEBP", quality=QUALITY, method=4)
    return MadePicture(written.getvalue(), MADE_TYPE, clean.width, clean.height)
