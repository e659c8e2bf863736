"""Identifiers that look like the vendors' own: by chance, or the same again from a seed."""

import random
import string
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from attrs import define

from paysandbox.state import State

_ALPHABET = string.ascii_letters + string.digits

_LENGTHS = {
    "acct_": 16,
    "cs_test_": 58,
    "evt_": 24,
    "user_": 27,
    "sess_": 27,
    "whsec_": 32,
    "sk_test_": 48,
}
"""Characters after the prefix, where they are not 24."""

Source = Callable[[], random.Random]
"""Gives the generator from which the next identifier or secret is drawn."""

_CHANCE = random.SystemRandom()
_source: ContextVar[Source] = ContextVar("source")


def chance() -> random.Random:
    """The operating system's randomness: no two sandboxes draw the same."""
    return _CHANCE


@define
class Seeded:
    """A source that draws the same again, call by call, from the same seed.

    The place in the sequence is kept in the state: what a rolled-back transaction drew is drawn
    again, and a sandbox that starts anew on its state goes on where it stopped.
    """

    state: State
    seed: int

    def __call__(self) -> random.Random:
        """The generator of the next place."""
        with self.state.transaction():
            drawn = (self.state.get("meta", "drawn") or {"count": 0})["count"]
            self.state.put("meta", {"id": "drawn", "count": drawn + 1})
        return random.Random(f"{self.seed}/{drawn}")  # noqa: S311 - repeatable is what it is for


@contextmanager
def drawing(source: Source) -> Iterator[None]:
    """Draw identifiers and secrets from a source inside the block, in this thread."""
    token = _source.set(source)
    try:
        yield
    finally:
        _source.reset(token)


def new_id(prefix: str) -> str:
    """A fresh identifier that starts with `prefix`, as in `acct_1Ab…`."""
    length = _LENGTHS.get(prefix, 24)
    return prefix + "".join(_source.get(chance)().choices(_ALPHABET, k=length))


def new_bytes(count: int) -> bytes:
    """Fresh bytes for a secret."""
    return _source.get(chance)().randbytes(count)
