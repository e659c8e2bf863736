"""Deterministic identifiers: the same in every run."""

from itertools import count

from koda.ports.ids import Ids


class CountingIds(Ids):
    """Makes `{prefix}_00000001` and so on, counting through all prefixes."""

    def __init__(self) -> None:
        self._numbers = count(1)

    def __call__(self, prefix: str) -> str:
        return f"{prefix}_{next(self._numbers):08}"
