"""Rendered pieces of pages, kept as long as what they show is still the same object."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

from attrs import define, field

Piece = TypeVar("Piece", str, bytes)


@define
class Fragments(Generic[Piece]):
    """Keeps the latest `limit` pieces, each with the value that it was rendered from.

    A cache that answers with the very same object says thereby that nothing changed, so what was
    rendered from it is still right; another object, even an equal one, is rendered anew.
    """

    limit: int = 256
    _kept: OrderedDict[Hashable, tuple[object, Piece]] = field(factory=OrderedDict, init=False)
    _lock: Lock = field(factory=Lock, init=False)

    def get(self, key: Hashable, source: object, render: Callable[[], Piece]) -> Piece:
        """Return what was rendered under `key` from `source` itself, or else render and keep it."""
        kept = self._kept.get(key)
        if kept is not None and kept[0] is source:
            return kept[1]
        rendered = render()
        with self._lock:
            self._kept[key] = (source, rendered)
            self._kept.move_to_end(key)
            if len(self._kept) > self.limit:
                self._kept.popitem(last=False)
        return rendered
