"""Use cases after which what happened is delivered at once, so that tests need not wait."""

from collections.abc import Callable
from contextlib import suppress
from threading import local

from attrs import define, evolve, field

from koda.domain.model.errors import Unavailable
from koda.domain.model.events import DomainEvent
from koda.domain.model.subscribers import Subscriber, Subscribers
from koda.domain.usecases.operations.deliver_events import DeliverEvents
from koda.entrypoints.wiring.backends import Backends
from koda.entrypoints.wiring.compose import UseCases, compose


@define
class WatchedSubscribers(Subscribers):
    """Subscribers of a test, whose assertions shall fail it: they are `failed` then."""

    failed: list[AssertionError] = field(factory=list)

    def add(self, subscriber: Subscriber) -> None:
        """Add a subscriber, as any."""

        def watched(event: DomainEvent) -> None:
            try:
                subscriber.handle(event)
            except AssertionError as error:
                self.failed.append(error)
                raise

        super().add(subscriber)
        self._subscribers[subscriber.name] = evolve(subscriber, handle=watched)


class _Deliveries:
    """Delivers what happened, but not from within a delivery, which goes on until nothing is left.

    Raises what a subscriber asserted in vain.
    """

    def __init__(self, deliver: DeliverEvents, subscribers: Subscribers) -> None:
        self._deliver, self._subscribers = deliver, subscribers
        self._thread = local()

    def __call__(self) -> None:
        if getattr(self._thread, "delivers", False):
            return
        self._thread.delivers = True
        try:
            # A store that is down delivers later.
            with suppress(Unavailable):
                self._deliver()
        finally:
            self._thread.delivers = False
        if isinstance(self._subscribers, WatchedSubscribers) and self._subscribers.failed:
            raise self._subscribers.failed.pop(0)


class _Delivering:
    """A use case after each call of which what happened is delivered, however it ended."""

    def __init__(self, use_case: Callable[..., object], deliver: _Deliveries) -> None:
        self._use_case, self._deliver = use_case, deliver

    def __call__(self, *args: object, **kwargs: object) -> object:
        try:
            return self._use_case(*args, **kwargs)
        finally:
            self._deliver()

    def __getattr__(self, name: str) -> object:
        return getattr(self._use_case, name)


def delivering(backends: Backends, subscribers: Subscribers) -> UseCases:
    """Return every use case over `backends`; each call tells the subscribers before it returns."""
    use_cases = compose(backends, subscribers)
    deliver = _Deliveries(use_cases.deliver_events, subscribers)
    for name, use_case in list(vars(use_cases).items()):
        if use_case is not use_cases.deliver_events:
            setattr(use_cases, name, _Delivering(use_case, deliver))
    return use_cases
