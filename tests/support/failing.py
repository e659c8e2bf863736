"""A port that fails once, at the call that a test names."""

from typing import Any

from koda.domain.model.errors import Unavailable


class Failing:
    """Passes every call on to `port`; the `nth` is `Unavailable`, before its effect or after.

    `calls` counts them; the 0th never comes.
    """

    def __init__(self, port: Any, nth: int = 0, *, after: bool = False) -> None:
        self._port = port
        self._nth = nth
        self._after = after
        self.calls = 0

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._port, name)
        if not callable(method):
            return method

        def call(*args: Any, **kwargs: Any) -> Any:
            self.calls += 1
            falls = self.calls == self._nth
            if falls and not self._after:
                raise Unavailable("test double")
            answer = method(*args, **kwargs)
            if falls:
                raise Unavailable("test double")
            return answer

        return call
