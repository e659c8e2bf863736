"""A port that fails at one call, for tests of what a marketplace does then."""

from collections.abc import Callable
from functools import partial
from typing import cast

from koda.domain.model.errors import KodaError, Unavailable


class Failing:
    """Passes every call on to `port`; the `nth` fails, before its effect or after it.

    `calls` counts them: those of `method`, or of any without one. The 0th never comes. The error
    is `Unavailable` unless another one is given.
    """

    def __init__(
        self,
        port: object,
        nth: int = 0,
        *,
        method: str = "",
        after: bool = False,
        error: KodaError | None = None,
    ) -> None:
        if method and not callable(getattr(port, method, None)):
            raise TypeError(f"{type(port).__name__} has no method {method!r}")
        self._port = port
        self._nth = nth
        self._method = method
        self._after = after
        self._error = error or Unavailable("test double")
        self.calls: int = 0

    def __getattr__(self, name: str) -> object:
        attribute = getattr(self._port, name)
        if not callable(attribute) or self._method not in {"", name}:
            return attribute
        return partial(self._call, attribute)

    def __call__(self, *args: object, **kwargs: object) -> object:
        """Call a port that is a function, such as a clock."""
        return self._call(cast("Callable[..., object]", self._port), *args, **kwargs)

    def _call(self, method: Callable[..., object], *args: object, **kwargs: object) -> object:
        self.calls += 1
        falls = self.calls == self._nth
        if falls and not self._after:
            raise self._error
        answer = method(*args, **kwargs)
        if falls:
            raise self._error
        return answer
