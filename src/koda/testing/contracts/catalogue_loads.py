"""What loads answers for a cache under test, and tells when."""

from threading import Event

WAIT = 20.0
"""Seconds after which a thread that should have gone on fails its test."""


def an_answer(number: int, size: int = 0) -> bytes:
    """An answer that differs from those of other numbers, of at least so many bytes."""
    return f"answer {number}".ljust(size).encode()


class Loader:
    """Answers with a new number each time it is called."""

    def __init__(self, first: int = 1) -> None:
        self.calls: int = 0
        self._first = first

    def __call__(self) -> bytes:
        """Load the next answer."""
        self.calls += 1
        return an_answer(self._first + self.calls - 1)


class SlowLoader:
    """Answers once it is released; tells when it was called."""

    def __init__(self, answer: bytes | Exception) -> None:
        self.began: Event = Event()
        self.release: Event = Event()
        self._answer = answer

    def __call__(self) -> bytes:
        """Wait, then answer or fail."""
        self.began.set()
        assert self.release.wait(WAIT)
        if isinstance(self._answer, Exception):
            raise self._answer
        return self._answer
