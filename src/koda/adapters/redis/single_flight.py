"""Single flight: one load at a time for an answer, among the threads of a process."""

from collections.abc import Callable, Hashable
from concurrent.futures import Future, wait
from datetime import timedelta
from threading import Lock

Load = Callable[[], bytes]
Loading = Future[bytes]


class SingleFlight:
    """Lets the first caller for a key load, and the others wait for at most `patience`."""

    def __init__(self, patience: timedelta) -> None:
        self._patience = patience.total_seconds()
        self._lock = Lock()
        self._under_way: dict[Hashable, Loading] = {}

    def join(self, key: Hashable, load: Load, alone: Load) -> bytes:
        """Return what `load` returns, to whoever came first for `key`, and to all who came since.

        Who waited in vain, or for a load that failed, gets what `alone` returns.
        """
        mine: Loading = Future()
        with self._lock:
            awaited = self._under_way.setdefault(key, mine)
        if awaited is mine:
            return self._fly(key, load, mine)
        done, _ = wait((awaited,), self._patience)
        return alone() if awaited not in done or awaited.exception() else awaited.result()

    def forget(self) -> None:
        """Let nobody who comes from now on wait for a load that has begun."""
        with self._lock:
            self._under_way.clear()

    def _fly(self, key: Hashable, load: Load, mine: Loading) -> bytes:
        try:
            answer = load()
        except BaseException as error:
            mine.set_exception(error)
            raise
        else:
            mine.set_result(answer)
            return answer
        finally:
            with self._lock:
                if self._under_way.get(key) is mine:
                    del self._under_way[key]
