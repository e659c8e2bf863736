"""Recording what libraries answer during an operation, and answering so again without them."""

import itertools
from collections.abc import Callable, Iterator
from typing import Any

from redis import Redis

from koda.adapters.mongo.database import Database


class Tape:
    """What libraries answered, call by call; played, it answers the same again and again."""

    def __init__(self) -> None:
        self._answers: list[Any] = []
        self._turns: Iterator[Any] | None = None

    def __len__(self) -> int:
        return len(self._answers)

    def record(self, act: Callable[[], object]) -> None:
        """Do something once, with the libraries, and play from then on."""
        self._answers, self._turns = [], None
        act()
        self._turns = itertools.cycle(self._answers)

    def call(self, library: Callable[[], Any]) -> Any:
        """Return what `library` returns, or did when it was recorded."""
        if self._turns is not None:
            return next(self._turns)
        answer = library()
        self._answers.append(answer)
        return answer


class Taped:
    """Something of a library; whatever is called on it is taped."""

    def __init__(self, tape: Tape, find: Callable[[], Any]) -> None:
        self._tape, self._find = tape, find

    def __getattr__(self, name: str) -> "Taped":
        return Taped(self._tape, lambda: getattr(self._find(), name))

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        """Call it."""
        return self._tape.call(lambda: self._find()(*arguments, **named))


class TapedRows:
    """A cursor, read whole when it is read."""

    def __init__(self, tape: Tape, find: Callable[[], Any]) -> None:
        self._tape, self._find = tape, find

    def hint(self, index: str) -> "TapedRows":
        """Read one index."""
        return TapedRows(self._tape, lambda: self._find().hint(index))

    def __iter__(self) -> Iterator[Any]:
        return iter(self._tape.call(lambda: list(self._find())))


class TapedCollection(Taped):
    """A collection of MongoDB."""

    def find(self, *arguments: Any, **named: Any) -> TapedRows:
        """Look for documents."""
        return TapedRows(self._tape, lambda: self._find().find(*arguments, **named))

    def aggregate(self, *arguments: Any, **named: Any) -> TapedRows:
        """Count documents."""
        return TapedRows(self._tape, lambda: self._find().aggregate(*arguments, **named))


class TapedDatabase(Database):
    """A database of MongoDB."""

    def __init__(self, tape: Tape, database: Database) -> None:
        super().__init__(lambda: database.client, database.name)
        self._tape = tape

    def collection(self, name: str) -> Any:
        """One of its collections; finding it is Koda's own doing."""
        found = super().collection(name)
        return TapedCollection(self._tape, lambda: found)


class TapedRedis:
    """A client of Redis, whose scripts are taped."""

    def __init__(self, tape: Tape, client: Redis) -> None:
        self._tape, self._client = tape, client

    def register_script(self, text: str) -> Callable[..., Any]:
        """A script to call; its answers are bytes that nobody has seen before."""
        script = self._client.register_script(text)
        taped = Taped(self._tape, lambda: script)
        return lambda *arguments: _fresh(taped(*arguments))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)


def _fresh(answer: Any) -> Any:
    """A copy of what came from a socket, of which nothing is remembered, such as its hash."""
    if isinstance(answer, list):
        return [_fresh(one) for one in answer]
    return bytes(bytearray(answer)) if isinstance(answer, bytes) else answer
