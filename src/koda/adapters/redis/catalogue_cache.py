"""The catalogue cache of all processes that share one Redis."""

import hashlib
import logging
import random
import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from threading import Lock

from attrs import frozen

from koda.adapters.redis.answers import read_answer, write_answer
from koda.adapters.redis.scripts import CLAIM, KEEP, LOOK, RELEASE
from koda.adapters.redis.server import RedisServer
from koda.adapters.redis.single_flight import SingleFlight
from koda.domain.model.errors import Unavailable
from koda.ports.catalogue_cache import CatalogueCache

_JITTER = 0.1
"""How much of a lifetime is left to chance, so that answers of one moment do not end together."""
SHARE = 0.4
"""Of the time for finding an answer: that for claiming a load, and for keeping what it gave."""
_LOCKED = timedelta(seconds=10)
"""How long a claim holds if whoever made it dies."""
_POLL = 0.02
_MILLISECOND = timedelta(milliseconds=1)
_OVERHEAD = 600
"""Bytes that keeping a value takes beside it: its key, twice its name, and their bookkeeping."""
_LARGEST_PART = 8
"""An answer is kept if it takes no more than this part of the room."""
_log = logging.getLogger(__name__)


@frozen
class Place:
    """Where an answer is kept, while its generation lasts."""

    root: str
    generation: int
    digest: str

    @property
    def name(self) -> str:
        """What the key of the answer goes on with after the root."""
        return f"{self.generation}:{self.digest}"

    @property
    def key(self) -> str:
        """The key of the answer."""
        return f"{self.root}:{self.name}"

    @property
    def lock(self) -> str:
        """The key that whoever loads the answer holds."""
        return f"{self.key}:lock"


class RedisCatalogueCache(CatalogueCache):
    """Keeps `room` bytes of answers in Redis, each for about `lifetime` (10 % more or less).

    The number of the catalogue's generation is part of every key, so that an answer of an earlier
    one is never found again. A change that Redis could not be told of is told before the next
    answer is taken from there. One process loads; the others look again for as long as `patience`
    and then load for themselves. Every key begins with `prefix`. `chance` tells a number from 0
    to 1, `sleep` waits for seconds.
    """

    def __init__(
        self,
        server: RedisServer,
        lifetime: timedelta,
        *,
        room: int,
        prefix: str = "koda",
        patience: timedelta = timedelta(seconds=1),
        chance: Callable[[], float] = random.random,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._server = server
        self._lifetime = lifetime
        self._room = room
        self._root = f"{prefix}:catalogue"
        self._generation = f"{self._root}:generation"
        self._uses, self._sizes = f"{self._root}:uses", f"{self._root}:sizes"
        self._patience = patience.total_seconds()
        self._chance: Callable[[], float] = chance
        self._sleep: Callable[[float], None] = sleep
        self._single_flight = SingleFlight(_LOCKED)
        self._changes = Changes()
        register = server.client.register_script
        self._look_up, self._claim = register(LOOK), register(CLAIM)
        self._keep, self._release = register(KEEP), register(RELEASE)

    def get_or_load(self, key: str, load: Callable[[], bytes]) -> bytes:
        digest = hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
        try:
            place, answer = self._find(digest)
        except Unavailable:
            return self._single_flight.join(digest, load, load)
        if answer is not None:
            return answer
        return self._single_flight.join(place, lambda: self._load(place, load), load)

    def invalidate(self) -> None:
        self._changes.note()
        self._single_flight.forget()
        try:
            self._find("", anyway=True)
        except Unavailable as error:
            _log.warning("the old catalogue is shown for a while: %s", error.__cause__)

    def _find(self, digest: str, *, anyway: bool = False) -> tuple[Place, bytes | None]:
        """Return where an answer belongs, and the answer if it is there, in one round trip."""
        noted = self._changes.noted
        owed = int(noted > self._changes.told)

        def question() -> tuple[Place, object]:
            match self._look_up([self._generation, self._uses], [owed, self._root, digest]):
                case [bytes(generation), bytes() | None as value]:
                    return Place(self._root, int(generation), digest), value
                case _:
                    raise ValueError("the answer is neither a value nor none")

        place, value = self._server.ask(question, anyway=anyway)
        self._changes.tell(noted)
        return place, read_answer(place.key, value)

    def _load(self, place: Place, load: Callable[[], bytes]) -> bytes:
        """Return what another process has loaded meanwhile, or else load and keep that."""
        token = secrets.token_hex(16)
        ends_at = time.monotonic() + self._patience
        try:
            while (found := self._ask_for(place, token)) == 0 and time.monotonic() < ends_at:
                self._sleep(_POLL)
        except Unavailable:
            return load()
        answer = read_answer(place.key, found)
        return self._load_and_keep(place, token, load) if answer is None else answer

    def _ask_for(self, place: Place, token: str) -> object:
        """The value that is kept by now, 1 if the caller shall load it, 0 if another one does."""

        def question() -> object:
            lasts = _LOCKED // _MILLISECOND
            match self._claim([place.key, place.lock], [token, lasts]):
                case bytes() | 0 | 1 as found:
                    return found
                case _:
                    raise ValueError("the answer is neither a value nor a claim")

        return self._server.ask(question, share=SHARE)

    def _load_and_keep(self, place: Place, token: str, load: Callable[[], bytes]) -> bytes:
        try:
            answer = load()
        except BaseException:
            self._tell(lambda: self._release([place.lock], [token]))
            raise
        value = write_answer(place.key, answer)
        if len(value) + _OVERHEAD <= self._room // _LARGEST_PART:
            self._tell(lambda: self._keep_value(place, token, value))
        else:
            self._tell(lambda: self._release([place.lock], [token]))
        return answer

    def _keep_value(self, place: Place, token: str, value: bytes) -> object:
        keys = [self._generation, place.key, place.lock, self._uses, self._sizes]
        lasts = max(1, self._lifetime * (1 + _JITTER * (2 * self._chance() - 1)) // _MILLISECOND)
        size = len(value) + _OVERHEAD
        told: list[str | bytes | float] = [
            place.generation,
            value,
            lasts,
            token,
            self._root,
            place.name,
            size,
            self._room,
        ]
        return self._keep(keys, told)

    def _tell(self, question: Callable[[], object]) -> None:
        with suppress(Unavailable):
            self._server.ask(question, share=SHARE)


class Changes:
    """How many changes this process has made, and of how many of them Redis knows."""

    def __init__(self) -> None:
        self.noted: int = 0
        self.told: int = 0
        self._lock = Lock()

    def note(self) -> None:
        """Count one more."""
        with self._lock:
            self.noted += 1

    def tell(self, noted: int) -> None:
        """Redis knows of the first `noted`."""
        with self._lock:
            self.told = max(self.told, noted)
