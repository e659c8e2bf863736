"""Places: whole numbers in the order of entries, which are the rows of a text index.

They follow from the time of publication, so that they are near to one another (an index keeps the
distances) and there is room between them. Where a place is taken, or would be out of order, another
one between the same neighbours is as good; where there is none, the entries above are spread.
"""

import sqlite3
from collections.abc import Iterator

from koda.domain.model.paging import Cursor
from koda.domain.search.entries import IndexEntry, Order

_VALUES = {Order.NEWEST: "published", Order.PRICE: "amount"}
"""The column of an entry's value in each order."""
_BITS_OF_PRICE = 23
"""How many bits of a place tell entries of the same price apart."""
SHARED_FROM: int = 2 ** (63 - _BITS_OF_PRICE) - 1
"""The price, in minor units, from which on places do not tell prices apart: none that is taken."""
_SLOT = {Order.NEWEST: 8_000, Order.PRICE: 256_000}
"""Milliseconds from one place to the next; places of a price are enough for 68 years."""
_EPOCH = 1_577_836_800_000
"""The beginning of 2020: what was published before is among the first of its price."""

_BELOW = """
SELECT {order} FROM index_entries WHERE ({value}, id) < (?, ?)
ORDER BY {value} DESC, id DESC LIMIT 1
"""
_ABOVE = """
SELECT {order} FROM index_entries WHERE ({value}, id) > (?, ?) ORDER BY {value}, id LIMIT 1
"""
_FROM = """
SELECT p.{order}, e.number FROM index_places p JOIN index_entries e ON e.newest = p.newest
WHERE p.{order} >= ? ORDER BY p.{order}
"""
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


def free_place(connection: sqlite3.Connection, order: Order, entry: IndexEntry) -> int | None:
    """The place for a new entry; nothing if those above it must make room first."""
    first, last = _bounds(order, entry)
    below = _neighbour(connection, _BELOW, order, entry.place(order))
    above = _neighbour(connection, _ABOVE, order, entry.place(order))
    lowest = first if below is None else max(first, below + 1)
    highest = last if above is None else min(last, above - 1)
    place = _by_time(order, entry)
    if lowest <= place <= highest:
        return place
    if lowest > highest:
        return None
    if highest == last:
        return lowest
    return highest if lowest == first else (lowest + highest) // 2


def make_room(connection: sqlite3.Connection, order: Order, entry: IndexEntry) -> Iterator[int]:
    """Spread the entries above a new one; yield the number of each before it moves.

    They are as many as leave every other place free, so that the next ones find room, too.
    """
    start = _neighbour(connection, _ABOVE, order, entry.place(order)) or 0
    crowd: list[int] = []
    for place, number in connection.execute(_FROM.format(order=order.value), (start,)):
        if place >= start + 2 * len(crowd) + 1:
            break
        crowd.append(number)
    for rank in range(len(crowd) - 1, -1, -1):
        yield crowd[rank]
        connection.execute(_MOVE.format(order=order.value), (start + 2 * rank + 1, crowd[rank]))


def _bounds(order: Order, entry: IndexEntry) -> tuple[int, int]:
    """The first and the last place that an entry of this value can have."""
    if order is Order.NEWEST:
        return 0, 2**62
    return first_place(entry.price), last_place(entry.price)


def _by_time(order: Order, entry: IndexEntry) -> int:
    if order is Order.NEWEST:
        return entry.published // _SLOT[order]
    slot = (entry.published - _EPOCH) // _SLOT[order]
    return first_place(entry.price) + min(max(slot, 0), first_place(1) - 1)


def _neighbour(
    connection: sqlite3.Connection, statement: str, order: Order, place: Cursor
) -> int | None:
    asked = statement.format(order=order.value, value=_VALUES[order])
    row: tuple[int] | None = connection.execute(asked, (place.value, place.id)).fetchone()
    return row[0] if row else None
