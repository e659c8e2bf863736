"""Preview images of the samples: a small diagram of steps, drawn pixel by pixel as PNG."""

import colorsys
import hashlib
import struct
import zlib
from itertools import pairwise

from attrs import define, field

WIDTH, HEIGHT = 960, 540
MARGIN = 90
NODE = (150, 96)
"""Width and height of a step, in pixels."""
CORNER = 18
LINE = 6

Colour = tuple[int, int, int]


def colour(hue: float, lightness: float, saturation: float) -> Colour:
    """A colour from its hue, lightness and saturation, each from 0 to 1."""
    red, green, blue = colorsys.hls_to_rgb(hue % 1, lightness, saturation)
    return round(red * 255), round(green * 255), round(blue * 255)


@define
class Canvas:
    """Rows of pixels that rectangles are painted on."""

    rows: list[bytearray] = field(init=False)

    @rows.default
    def _blank(self) -> list[bytearray]:
        return [bytearray(WIDTH * 3) for _ in range(HEIGHT)]

    def span(self, row: int, left: int, right: int, paint: Colour) -> None:
        """Paint one row from `left` up to but without `right`."""
        self.rows[row][left * 3 : right * 3] = bytes(paint) * (right - left)

    def fade(self, top: Colour, bottom: Colour) -> None:
        """Fill everything, from one colour to another."""
        for row in range(HEIGHT):
            share = row / (HEIGHT - 1)
            mixed = [round(a + (b - a) * share) for a, b in zip(top, bottom, strict=True)]
            self.span(row, 0, WIDTH, (mixed[0], mixed[1], mixed[2]))

    def box(self, left: int, top: int, width: int, height: int, paint: Colour, corner: int) -> None:
        """Paint a rectangle with round corners, `corner` pixels wide."""
        for row in range(height):
            depth = corner - min(row, height - 1 - row, corner)
            inset = corner - round((corner**2 - depth**2) ** 0.5)
            self.span(top + row, left + inset, left + width - inset, paint)

    def png(self) -> bytes:
        """The picture as a file (PNG 1.2, 8 bits of red, green and blue)."""
        header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
        pixels = zlib.compress(b"".join(b"\0" + row for row in self.rows), 9)
        chunks = (_chunk(b"IHDR", header), _chunk(b"IDAT", pixels), _chunk(b"IEND", b""))
        return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def _chunk(kind: bytes, content: bytes) -> bytes:
    checksum = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", checksum)


def draw(title: str) -> bytes:
    """A picture that is always the same for `title`: three to five steps and what joins them."""
    chance = hashlib.sha256(title.encode()).digest()
    hue = chance[0] / 256
    canvas = Canvas()
    canvas.fade(colour(hue, 0.93, 0.55), colour(hue + 0.07, 0.80, 0.50))
    places = _places(3 + chance[1] % 3, chance[2:])
    for start, end in pairwise(places):
        _join(canvas, start, end, colour(hue, 0.55, 0.35))
    for number, place in enumerate(places):
        _step(canvas, place, hue + number * 0.06, first=number == 0)
    return canvas.png()


def _places(count: int, chance: bytes) -> list[tuple[int, int]]:
    """The middles of the steps, from left to right at different heights."""
    gap = (WIDTH - 2 * MARGIN - NODE[0]) // (count - 1)
    heights = [HEIGHT * (30 + byte % 41) // 100 for byte in chance]
    return [(MARGIN + NODE[0] // 2 + gap * n, heights[n]) for n in range(count)]


def _join(canvas: Canvas, start: tuple[int, int], end: tuple[int, int], paint: Colour) -> None:
    middle = (start[0] + end[0]) // 2
    top, bottom = sorted((start[1], end[1]))
    canvas.box(start[0], start[1] - LINE // 2, middle - start[0], LINE, paint, 0)
    canvas.box(middle - LINE // 2, top - LINE // 2, LINE, bottom - top + LINE, paint, 0)
    canvas.box(middle, end[1] - LINE // 2, end[0] - middle, LINE, paint, 0)


def _step(canvas: Canvas, middle: tuple[int, int], hue: float, *, first: bool) -> None:
    """A card with a round badge and two lines of text; the first one, the trigger, is dark."""
    width, height = NODE
    left, top = middle[0] - width // 2, middle[1] - height // 2
    ink = colour(hue, 0.42, 0.55)
    canvas.box(left, top + 6, width, height, colour(hue, 0.68, 0.30), CORNER)
    canvas.box(left, top, width, height, ink if first else (255, 255, 255), CORNER)
    light = (255, 255, 255) if first else ink
    canvas.box(left + 16, top + 28, 40, 40, light, 20)
    canvas.box(left + 68, top + 34, 64, 10, light, 5)
    canvas.box(left + 68, top + 54, 44, 10, light, 5)
