"""Recording what libraries answer during an operation, and answering so again without them."""

import itertools
from collections.abc import Callable, Iterator
from typing import Any

from redis import Redis

from koda.adapters.mongo.database import Database


class RecordedCalls:
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


class Recording:
    """Something of a library; whatever is called on it is recording."""

    def __init__(self, calls: RecordedCalls, find: Callable[[], Any]) -> None:
        self._calls, self._find = calls, find

    def __getattr__(self, name: str) -> "Recording":
        return Recording(self._calls, lambda: getattr(self._find(), name))

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        """Call it."""
        return self._calls.call(lambda: self._find()(*arguments, **named))


class RecordingCursor:
    """A cursor, read whole when it is read."""

    def __init__(self, calls: RecordedCalls, find: Callable[[], Any]) -> None:
        self._calls, self._find = calls, find

    def hint(self, index: str) -> "RecordingCursor":
        """Read one index."""
        return RecordingCursor(self._calls, lambda: self._find().hint(index))

    def __iter__(self) -> Iterator[Any]:
        return iter(self._calls.call(lambda: list(self._find())))


class RecordingCollection(Recording):
    """A collection of MongoDB."""

    def find(self, *arguments: Any, **named: Any) -> RecordingCursor:
        """Look for documents."""
        return RecordingCursor(self._calls, lambda: self._find().find(*arguments, **named))

    def aggregate(self, *arguments: Any, **named: Any) -> RecordingCursor:
        """Count documents."""
        return RecordingCursor(self._calls, lambda: self._find().aggregate(*arguments, **named))


class RecordingDatabase(Database):
    """A database of MongoDB."""

    def __init__(self, calls: RecordedCalls, database: Database) -> None:
        super().__init__(lambda: database.client, database.name)
        self._calls = calls

    def collection(self, name: str) -> Any:
        """One of its collections; finding it is Koda's own doing."""
        collection = super().collection(name)
        return RecordingCollection(self._calls, lambda: collection)


class RecordingRedis:
    """A client of Redis, whose scripts are recording."""

    def __init__(self, calls: RecordedCalls, client: Redis) -> None:
        self._calls, self._client = calls, client

    def register_script(self, text: str) -> Callable[..., Any]:
        """A script to call; its answers are bytes that nobody has seen before."""
        script = self._client.register_script(text)
        recording = Recording(self._calls, lambda: script)
        return lambda *arguments: _fresh(recording(*arguments))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)


def _fresh(answer: Any) -> Any:
    """A copy of what came from a socket, of which nothing is remembered, such as its hash."""
    if isinstance(answer, list):
        return [_fresh(document) for document in answer]
    return bytes(bytearray(answer)) if isinstance(answer, bytes) else answer
