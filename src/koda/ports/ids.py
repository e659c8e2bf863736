"""New identifiers."""

from typing import Protocol


class Ids(Protocol):
    """Makes identifiers; any function of a prefix that returns unique text will do."""

    def __call__(self, prefix: str) -> str:
        """Return a new id `{prefix}_…` of letters and digits that sorts by time of making."""
