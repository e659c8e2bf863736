"""Sizes and clean copies of pictures, made by Pillow."""

import struct
import zlib
from io import BytesIO
from math import ceil, floor

from PIL import Image

from koda.adapters.pillow.essentials import essentials
from koda.domain.inspection.previews import check_pixels, check_preview
from koda.domain.inspection.refusals import refusal
from koda.domain.model.errors import InvalidValue
from koda.domain.model.sentences import sentence
from koda.ports.pictures import MadePicture, Pictures

CARD_WIDTH, PAGE_WIDTH = 640, 1600
"""Pixels: for a card of the catalogue on a dense screen, and for a page of its own."""
QUALITY = 82
"""Of lossy WebP, from 0 to 100."""
MADE_TYPE = "image/webp"
_BAND = 128
"""How many rows of the smaller picture are made at a time."""
_AROUND = 3
"""So many pixels of the smaller picture on either side make one, by Lanczos' filter."""

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
    only, of the parts that pixels are made of. What is decoded has at most 9 million pixels of
    four bytes each, and is made smaller a band at a time, without another copy of it.
    """

    def sizes(self, content_type: str, content: bytes) -> tuple[MadePicture, ...]:
        check_preview(content_type, content)
        try:
            return _made(content_type, essentials(content_type, content))
        except InvalidValue:
            raise
        except _BROKEN as error:
            raise refusal(
                sentence("is damaged, so that it cannot be shown; save the picture again")
            ) from error


def _made(content_type: str, content: bytes) -> tuple[MadePicture, ...]:
    page = _page(content_type, content)
    card = page.copy()
    card.thumbnail(_box(CARD_WIDTH), Image.Resampling.LANCZOS)
    pictures = (page,) if card.size == page.size else (card, page)
    return tuple(map(_encoded, pictures))


def _page(content_type: str, content: bytes) -> Image.Image:
    """The picture for a page; what was decoded is let go before anything is encoded."""
    kind = content_type.partition("/")[2].upper()
    with Image.open(BytesIO(content), formats=[kind]) as opened:
        check_pixels(content_type, *opened.size)
        return _upright(opened)


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
    scale = min(1, *(most / side for most, side in zip(box, opened.size, strict=True)))
    picture = _scaled(opened, (_part(opened.width, scale), _part(opened.height, scale)))
    turn = _TURNS.get(orientation)
    return picture if turn is None else picture.transpose(turn)


def _part(side: int, scale: float) -> int:
    return max(1, round(side * scale))


def _scaled(opened: Image.Image, size: tuple[int, int]) -> Image.Image:
    """The picture in plain colours and a smaller size, or the same one, made band by band."""
    scaled = Image.new("RGBA" if opened.has_transparency_data else "RGB", size)
    rows = opened.height / size[1]
    for top in range(0, size[1], _BAND):
        end = min(top + _BAND, size[1])
        # Each pixel is made of those around it, at the edges of a band as anywhere else.
        first = max(0, floor(top * rows - _AROUND * rows) - 1)
        last = min(opened.height, ceil(end * rows + _AROUND * rows) + 1)
        band = opened.crop((0, first, opened.width, last)).convert(scaled.mode)
        box = (0, top * rows - first, opened.width, min(end * rows, opened.height) - first)
        resized = band.resize((size[0], end - top), Image.Resampling.LANCZOS, box)
        scaled.paste(resized, (0, top))
    return scaled


def _orientation(opened: Image.Image) -> int:
    """How the picture lies; as it should where its EXIF says nothing that can be read."""
    try:
        return int(opened.getexif().get(_ORIENTATION, 1))
    except _BROKEN:
        return 1


def _encoded(picture: Image.Image) -> MadePicture:
    """The picture's pixels alone: nothing else of their origin came with them."""
    written = BytesIO()
    picture.save(written, "WEBP", quality=QUALITY, method=4)
    return MadePicture(written.getvalue(), MADE_TYPE, picture.width, picture.height)
