"""Preview images of the samples: a small diagram of steps, drawn by Pillow."""

import colorsys
import hashlib
from io import BytesIO
from itertools import pairwise

from PIL import Image, ImageDraw, ImageOps

WIDTH, HEIGHT = 960, 540
_MARGIN = 90
_NODE = (150, 96)
"""Width and height of a step, in pixels."""
_CORNER = 18
_LINE = 6
_WHITE = (255, 255, 255)

_Colour = tuple[int, int, int]
Place = tuple[int, int]


def draw(title: str) -> bytes:
    """A PNG that is always the same for `title`: three to five steps and what joins them."""
    chance = hashlib.sha256(title.encode()).digest()
    hue = chance[0] / 256
    picture = _faded(_colour(hue, 0.93, 0.55), _colour(hue + 0.07, 0.80, 0.50))
    pencil = ImageDraw.Draw(picture)
    places = _places(3 + chance[1] % 3, chance[2:])
    for start, end in pairwise(places):
        _join(pencil, start, end, _colour(hue, 0.55, 0.35))
    for number, place in enumerate(places):
        _step(pencil, place, hue + number * 0.06, first=number == 0)
    file = BytesIO()
    picture.save(file, "PNG", optimize=True)
    return file.getvalue()


def _colour(hue: float, lightness: float, saturation: float) -> _Colour:
    """A colour from its hue, lightness and saturation, each from 0 to 1."""
    red, green, blue = colorsys.hls_to_rgb(hue % 1, lightness, saturation)
    return round(red * 255), round(green * 255), round(blue * 255)


def _faded(top: _Colour, bottom: _Colour) -> Image.Image:
    """A picture that fades from one colour to another."""
    return ImageOps.colorize(Image.linear_gradient("L").resize((WIDTH, HEIGHT)), top, bottom)


def _places(count: int, chance: bytes) -> list[Place]:
    """The middles of the steps, from left to right at different heights."""
    gap = (WIDTH - 2 * _MARGIN - _NODE[0]) // (count - 1)
    heights = [HEIGHT * (30 + byte % 41) // 100 for byte in chance]
    return [(_MARGIN + _NODE[0] // 2 + gap * n, heights[n]) for n in range(count)]


def _join(pencil: ImageDraw.ImageDraw, start: Place, end: Place, paint: _Colour) -> None:
    middle = (start[0] + end[0]) // 2
    corners = [start, (middle, start[1]), (middle, end[1]), end]
    pencil.line(corners, paint, _LINE, joint="curve")


def _step(pencil: ImageDraw.ImageDraw, middle: Place, hue: float, *, first: bool) -> None:
    """A card with a round badge and two lines of text; the first one, the trigger, is dark."""
    left, top = middle[0] - _NODE[0] // 2, middle[1] - _NODE[1] // 2
    ink = _colour(hue, 0.42, 0.55)
    light = _WHITE if first else ink
    boxes = (
        ((0, 6), _NODE, _colour(hue, 0.68, 0.30), _CORNER),
        ((0, 0), _NODE, ink if first else _WHITE, _CORNER),
        ((16, 28), (40, 40), light, 20),
        ((68, 34), (64, 10), light, 5),
        ((68, 54), (44, 10), light, 5),
    )
    for (right, down), (width, height), paint, corner in boxes:
        x, y = left + right, top + down
        pencil.rounded_rectangle((x, y, x + width - 1, y + height - 1), corner, paint)
