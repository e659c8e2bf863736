"""Places: whole numbers in the order of entries, which are the rows of a text index.

They follow from the time of publication, so that they are near to one another (an index keeps the
distances) and there is room between them. Where a place is taken, or would be out of order, another
one between the same neighbours is as good; where there is none, the entries around are spread over
as many places as leave room for the next ones, too.
"""

import sqlite3
from collections.abc import Callable, Iterator

from koda.domain.model.errors import Unavailable
from koda.domain.model.paging import Cursor
from koda.domain.search.entries import IndexEntry, Order

_VALUES = {Order.NEWEST: "published", Order.PRICE: "amount"}
"""The column of an entry's value in each order."""
_BITS_OF_PRICE = 23
"""How many bits of a place tell entries of the same price apart."""
SHARED_FROM: int = 2 ** (63 - _BITS_OF_PRICE) - 1
"""The price, in minor units, from which on places do not tell prices apart: none that is taken."""
_SLOT = {Order.NEWEST: 8_000, Order.PRICE: 256_000}
"""Milliseconds from one place to the next."""
_SPARE: int = 2 ** (_BITS_OF_PRICE - 3)
"""Places of a price for what was published before all others, and as many for what was after."""
_EPOCH = 1_577_836_800_000
"""The beginning of 2020: places of a price tell the times of the next 51 years apart."""
_APART = 64
"""How far from its neighbour an entry is, at most, whose own place is beyond that."""

_BELOW = """
SELECT {order} FROM index_entries WHERE ({value}, id) < (?, ?)
ORDER BY {value} DESC, id DESC LIMIT 1
"""
_ABOVE = """
SELECT {order} FROM index_entries WHERE ({value}, id) > (?, ?) ORDER BY {value}, id LIMIT 1
"""
_CROWD = """
SELECT p.{order}, e.number FROM index_places p JOIN index_entries e ON e.newest = p.newest
WHERE p.{order} BETWEEN ? AND ? ORDER BY p.{order}
"""
_ENTRIES = "SELECT count(*) FROM index_places WHERE {order} BETWEEN ? AND ?"
_MOVE = "UPDATE index_entries SET {order} = ? WHERE number = ?"


def first_place(price: int) -> int:
    """The place at which entries of a price begin, in minor units.

    Those of `SHARED_FROM` and more share the last ones.
    """
    return min(price, SHARED_FROM) << _BITS_OF_PRICE


def last_place(price: int) -> int:
    """The place at which entries of a price end, in minor units."""
    places: int = 2**_BITS_OF_PRICE
    return first_place(price) + places - 1


def place_behind(
    connection: sqlite3.Connection, order: Order, after: Cursor, *, ascending: bool
) -> int | None:
    """The place of the next entry behind one that may be gone; nothing if there is none."""
    return _neighbour(connection, _ABOVE if ascending else _BELOW, order, after)


def place_for(
    connection: sqlite3.Connection,
    order: Order,
    entry: IndexEntry,
    moving: Callable[[int], object],
) -> int:
    """The place for a new entry; `moving` hears of the number of each one that makes room for it.

    Raises:
        Unavailable: there are as many entries of its price as there are places, over 8 million.
    """
    first, last = _bounds(order, entry)
    below = _neighbour(connection, _BELOW, order, entry.place(order))
    above = _neighbour(connection, _ABOVE, order, entry.place(order))
    lowest = first if below is None else max(first, below + 1)
    highest = last if above is None else min(last, above - 1)
    if lowest > highest:
        window = window_around(connection, order, (first, last), min(lowest, last))
        return _spread(connection, order, window, lowest, moving)
    place = _by_time(order, entry)
    if lowest <= place <= highest:
        return place
    if highest == last:
        return lowest
    if lowest == first:
        return highest
    apart = min((highest - lowest) // 2, _APART)
    return lowest + apart if place < lowest else highest - apart


def window_around(
    connection: sqlite3.Connection, order: Order, bounds: tuple[int, int], place: int
) -> tuple[int, int]:
    """The first and the last of the places around one that are enough for one entry more.

    The more entries there are, the more places they get for each: so the same ones do not have to
    move again soon, and adding many of them stays near to linear.
    """
    first, last = bounds
    asked = _ENTRIES.format(order=order.value)
    size = 4
    while True:
        low = max(first, min(place - size // 2, last - size + 1))
        window = low, min(low + size - 1, last)
        ((entries,),) = connection.execute(asked, window)
        if (entries + 1) ** 4 <= size**3:
            return window
        if window == bounds:
            break
        size *= 2
    if entries > last - first:
        raise Unavailable("store")
    return bounds


def _spread(
    connection: sqlite3.Connection,
    order: Order,
    window: tuple[int, int],
    lowest: int,
    moving: Callable[[int], object],
) -> int:
    """Spread the entries of a window evenly; return the place left for one before `lowest`."""
    low, high = window
    asked = _CROWD.format(order=order.value)
    crowd: list[tuple[int, int]] = connection.execute(asked, window).fetchall()
    size, shares = high - low + 1, 2 * (len(crowd) + 1)
    places = [low + (2 * rank + 1) * size // shares for rank in range(len(crowd) + 1)]
    free = places.pop(sum(place < lowest for place, _ in crowd))
    for to, number in _moves(crowd, places):
        moving(number)
        connection.execute(_MOVE.format(order=order.value), (to, number))
    return free


def _moves(crowd: list[tuple[int, int]], places: list[int]) -> Iterator[tuple[int, int]]:
    """Whom to move where, so that each place is free by then."""
    moves = [(at, to, number) for (at, number), to in zip(crowd, places, strict=True)]
    yield from ((to, number) for at, to, number in reversed(moves) if to > at)
    yield from ((to, number) for at, to, number in moves if to < at)


def _bounds(order: Order, entry: IndexEntry) -> tuple[int, int]:
    """The first and the last place that an entry of this value can have."""
    if order is Order.NEWEST:
        return 0, 2**62
    return first_place(entry.price), last_place(entry.price)


def _by_time(order: Order, entry: IndexEntry) -> int:
    if order is Order.NEWEST:
        return entry.published // _SLOT[order]
    slot = (entry.published - _EPOCH) // _SLOT[order]
    first, last = _bounds(order, entry)
    return min(first + _SPARE + max(slot, 0), last - _SPARE)


def _neighbour(
    connection: sqlite3.Connection, statement: str, order: Order, place: Cursor
) -> int | None:
    asked = statement.format(order=order.value, value=_VALUES[order])
    row: tuple[int] | None = connection.execute(asked, (place.value, place.id)).fetchone()
    return row[0] if row else None
