"""Domain events on their way from the writes that caused them to their subscribers."""

from abc import abstractmethod
from collections.abc import Collection
from datetime import datetime
from typing import Protocol

from koda.domain.model.deliveries import Backlog, Delivery, Subscription


class Outbox(Protocol):
    """The transactional outbox of one store.

    `add`, `record` and `save` of the store's other ports keep events together with the state. From
    there they are relayed to deliveries, one for each subscriber, and these are claimed and saved.
    Every method raises `Unavailable` while the store cannot be reached.
    """

    @abstractmethod
    def subscribe(self, subscription: Subscription) -> None:
        """Keep a subscription; it gets what is relayed from then on.

        Where one of the same name is kept, its kinds stay beside the new ones, and its `served_at`
        moves on.
        """

    @abstractmethod
    def unsubscribe(self, name: str) -> int:
        """Drop a subscription with its deliveries; return how many of these were waiting."""

    @abstractmethod
    def relay(self, limit: int, now: datetime) -> int:
        """Turn events that writes left into deliveries, due at `now`; return how many events.

        At most about `limit` are taken; events of one write go together. Cut off at any moment
        and called again, by any number of callers at once, it makes each delivery once. What
        cannot be read is told in the log, set aside, and counted as relayed.
        """

    @abstractmethod
    def restore(self) -> int:
        """Take up again what could not be read, as after an upgrade; return how much.

        Events are relayed again, and deliveries wait again.
        """

    @abstractmethod
    def claim(self, names: Collection[str], now: datetime, until: datetime) -> Delivery | None:
        """Take one delivery of these subscribers that is due at `now`, for a lease until `until`.

        The earliest due comes first. Events of one subject reach a subscriber in the order of
        `Event.place`: one waits until those before it are done or given up. Of many callers at
        once each gets another delivery. It is returned as taken (`Delivery.taken`). One that
        cannot be read is set aside.
        """

    @abstractmethod
    def save(self, delivery: Delivery) -> None:
        """Keep what became of a delivery that the caller had taken, or that it takes longer.

        Raises:
            StaleWrite: its lease was over and somebody took it since, or it is not waiting.
        """

    @abstractmethod
    def retry(self, name: str, now: datetime) -> int:
        """Let a subscriber's deliveries that were given up wait again, due at `now`; how many.

        Their attempts are counted anew.
        """

    @abstractmethod
    def backlog(self) -> tuple[Backlog, ...]:
        """Return what waits for each subscriber, by name."""

    @abstractmethod
    def unrelayed(self) -> int:
        """Return how many events nobody has relayed yet."""

    @abstractmethod
    def forget(self, before: datetime, *, dry_run: bool = False) -> int:
        """Drop the deliveries that were done before that time (UTC); how many.

        A dry run counts them and drops none.
        """
