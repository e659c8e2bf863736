"""A port that fails at one call, for tests of what a marketplace does then."""

from typing import Any

from koda.domain.model.errors import KodaError, Unavailable


class Failing:
    """Passes every call on to `port`; the `nth` of `method` fails, before its effect or after."""

    def __init__(
        self,
        port: Any,
        method: str,
        nth: int = 1,
        *,
        after: bool = False,
        error: KodaError | None = None,
    ) -> None:
        if not callable(getattr(port, method, None)):
            raise TypeError(f"{type(port).__name__} has no method {method!r}")
        self._port = port
        self._method = method
        self._left = nth
        self._after = after
        self._error = error or Unavailable("test double")

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._port, name)
        if name != self._method:
            return found

        def call(*args: Any, **kwargs: Any) -> Any:
            self._left -= 1
            if self._left:
                return found(*args, **kwargs)
            if self._after:
                found(*args, **kwargs)
            raise self._error

        return call
