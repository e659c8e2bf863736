"""Messages as a bad network brings them."""

from collections.abc import Sequence
from random import Random
from typing import TypeVar

Message = TypeVar("Message")


def scrambled(messages: Sequence[Message], seed: int) -> tuple[Message, ...]:
    """The messages in any order, some twice and some not at all; the same for the same seed."""
    chance = Random(seed)  # noqa: S311 - no secret
    copies = [message for message in messages for _ in range(chance.choice((0, 1, 1, 2)))]
    chance.shuffle(copies)
    return tuple(copies)
