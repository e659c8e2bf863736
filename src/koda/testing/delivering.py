"""Use cases after which what happened is delivered at once, so that tests need not wait."""

from collections.abc import Callable
from contextlib import suppress

from koda.domain.model.errors import Unavailable
from koda.domain.usecases.operations.deliver_events import DeliverEvents, Subscribers
from koda.entrypoints.wiring.backends import Backends
from koda.entrypoints.wiring.compose import UseCases, compose


class _Delivering:
    """A use case after each call of which what happened is delivered, however it ended."""

    def __init__(self, use_case: Callable[..., object], deliver: DeliverEvents) -> None:
        self._use_case, self._deliver = use_case, deliver

    def __call__(self, *args: object, **kwargs: object) -> object:
        try:
            return self._use_case(*args, **kwargs)
        finally:
            # A store that is down delivers later.
            with suppress(Unavailable):
                self._deliver()

    def __getattr__(self, name: str) -> object:
        return getattr(self._use_case, name)


def delivering(backends: Backends, subscribers: Subscribers) -> UseCases:
    """Return every use case over `backends`; each call tells the subscribers before it returns."""
    use_cases = compose(backends, subscribers)
    for name, use_case in list(vars(use_cases).items()):
        if use_case is not use_cases.deliver_events:
            setattr(use_cases, name, _Delivering(use_case, use_cases.deliver_events))
    return use_cases
