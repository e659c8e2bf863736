"""Figures laid out for a bar chart drawn as SVG on the server."""

from collections.abc import Sequence

from attrs import frozen

from koda.domain.model.money import Money

_WIDTH, _HEIGHT, _LEFT, _BOTTOM = 960, 260, 84, 30
_STEPS = (1, 2, 5)


@frozen
class Bar:
    """One column: two stacked boxes (net below, fee above), in the drawing's own units."""

    label: str
    x: float
    width: float
    net_y: float
    net_height: float
    fee_y: float
    fee_height: float


@frozen
class Rule:
    """A horizontal line at a round amount."""

    y: float
    amount: Money


@frozen
class Chart:
    """What the template draws: bars and rules inside `_WIDTH` by `_HEIGHT`."""

    bars: Sequence[Bar]
    rules: Sequence[Rule]
    width: int = _WIDTH
    height: int = _HEIGHT
    left: int = _LEFT
    floor: int = _HEIGHT - _BOTTOM


def round_step(top: int, parts: int = 4) -> int:
    """Return the smallest 1, 2 or 5 times a power of ten of which `parts` steps reach `top`."""
    size = 1
    while True:
        for step in _STEPS:
            if step * size * parts >= top:
                return step * size
        size *= 10


def stack(columns: Sequence[tuple[str, int, int]], currency: str) -> Chart:
    """Lay out `(label, net, fee)` columns, amounts in minor units of `currency`."""
    floor, room = _HEIGHT - _BOTTOM, _HEIGHT - _BOTTOM - 14
    step = round_step(max((net + fee for _, net, fee in columns), default=0) or 1)
    scale = room / (step * 4)
    slot = (_WIDTH - _LEFT) / max(len(columns), 1)
    width = min(slot * 0.62, 56)
    rules = tuple(
        Rule(round(floor - step * i * scale, 1), Money(step * i, currency)) for i in range(5)
    )
    bars = tuple(
        _bar(column, _LEFT + slot * (i + 0.5) - width / 2, width, floor, scale)
        for i, column in enumerate(columns)
    )
    return Chart(bars, rules)


def _bar(column: tuple[str, int, int], x: float, width: float, floor: float, scale: float) -> Bar:
    label, net, fee = column
    net_height, fee_height = net * scale, fee * scale
    net_y = floor - net_height
    places = (x, width, net_y, net_height, net_y - fee_height, fee_height)
    return Bar(label, *(round(place, 1) for place in places))
