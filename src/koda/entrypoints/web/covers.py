"""Pictures for listings without a preview: drawn from their ids, one motif a platform."""

from collections.abc import Callable, Iterator
from functools import lru_cache
from hashlib import blake2s
from itertools import pairwise

WIDTH, HEIGHT = 320, 180
_Point = tuple[int, int]


def _numbers(seed: str) -> Iterator[int]:
    """Yield numbers from 0 to 255 that depend on `seed` alone, without end."""
    block = seed.encode("utf-8", "replace")
    while True:
        block = blake2s(block).digest()
        yield from block


def _line(path: str) -> str:
    return f'<path class="cover-line" d="{path}"/>'


def _square(x: int, y: int, kind: str = "node", size: int = 30) -> str:
    half = size // 2
    place = f'x="{x - half}" y="{y - half}" width="{size}" height="{size}"'
    return f'<rect class="{kind}" {place} rx="8"/>'


def _disc(x: int, y: int, radius: int, kind: str = "node") -> str:
    return f'<circle class="{kind}" cx="{x}" cy="{y}" r="{radius}"/>'


def _grid() -> str:
    rules = [f"M{x} 0V{HEIGHT}" for x in range(20, WIDTH, 20)]
    rules += [f"M0 {y}H{WIDTH}" for y in range(10, HEIGHT, 20)]
    return f'<path class="grid" d="{"".join(rules)}"/>'


def _columns(draw: Iterator[int], xs: tuple[int, ...], spread: int) -> list[_Point]:
    return [(x, HEIGHT // 2 - spread + next(draw) % (2 * spread)) for x in xs]


def _canvas(draw: Iterator[int]) -> str:
    """Squares on a canvas joined by soft wires, one of them branching."""
    points = _columns(draw, (50, 125, 200, 270), 42)
    end = points[-1]
    branch = (end[0], 34 if end[1] > HEIGHT // 2 else HEIGHT - 34)
    wires = [*pairwise(points), (points[2], branch)]
    curves = [_line(f"M{a} {b}C{a + 38} {b} {c - 38} {d} {c} {d}") for (a, b), (c, d) in wires]
    lit = next(draw) % 4
    nodes = [_square(x, y, "spark" if i == lit else "node") for i, (x, y) in enumerate(points)]
    return "".join([_grid(), *curves, _square(*branch), *nodes])


def _discs(draw: Iterator[int]) -> str:
    """Round modules, large and small, on a dotted thread."""
    points = _columns(draw, (55, 125, 195, 265), 34)
    thread = "L".join(f"{x} {y}" for x, y in points)
    lit = next(draw) % 4
    nodes = [
        _disc(x, y, 20 + next(draw) % 9, "spark" if i == lit else "node")
        for i, (x, y) in enumerate(points)
    ]
    return _line(f"M{thread}") + "".join(nodes)


def _zigzag(draw: Iterator[int]) -> str:
    """A trigger and its steps as one sharp stroke."""
    points = [(40 + 48 * i, 90 + (1 if i % 2 else -1) * (18 + next(draw) % 38)) for i in range(6)]
    stroke = "L".join(f"{x} {y}" for x, y in points)
    (x, y), *_, last = points
    return _line(f"M{stroke}") + _disc(x, y, 11) + _disc(*last, 14) + _disc(*last, 6, "spark")


def _listing(draw: Iterator[int]) -> str:
    """Lines of a program, indented, one of them lit."""
    lit, indent, bars = next(draw) % 6, 0, []
    for row in range(6):
        indent = max(0, min(3, indent + next(draw) % 3 - (1 if row else 0)))
        x, width = 50 + 28 * indent, 50 + next(draw) % 90
        kind = "spark" if row == lit else "node"
        bars.append(
            f'<rect class="{kind}" x="{x}" y="{34 + 20 * row}" width="{width}" height="8" rx="4"/>'
        )
    return "".join(bars)


def _dots(draw: Iterator[int]) -> str:
    """A field of dots with one way through it."""
    xs, ys = range(55, 300, 42), (48, 90, 132)
    field = [_disc(x, y, 6) for x in xs for y in ys]
    way = [(x, ys[next(draw) % 3]) for x in xs]
    path = "L".join(f"{x} {y}" for x, y in way)
    return "".join(
        [*field, _line(f"M{path}"), _disc(*way[0], 9, "spark"), _disc(*way[-1], 9, "spark")]
    )


_MOTIFS: dict[str, Callable[[Iterator[int]], str]] = {
    "n8n": _canvas,
    "make": _discs,
    "zapier": _zigzag,
    "python": _listing,
}


@lru_cache(maxsize=4096)
def cover(platform: str, seed: str) -> str:
    """Return an inline picture for a listing: the platform chooses the motif, `seed` the drawing.

    It is markup that needs no escaping, the same for the same arguments, and carries no style
    attribute, so that a strict Content-Security-Policy lets it be.
    """
    name = platform.lower() if platform.lower() in _MOTIFS else "other"
    body = _MOTIFS.get(name, _dots)(_numbers(seed))
    box = f'viewBox="0 0 {WIDTH} {HEIGHT}" preserveAspectRatio="xMidYMid slice"'
    ground = f'<rect class="ground" width="{WIDTH}" height="{HEIGHT}"/>'
    return (
        f'<svg class="cover cover-{name}" {box} aria-hidden="true" focusable="false">'
        f"{ground}{body}</svg>"
    )
