import logging
from collections.abc import Callable
from threading import Event
from threading import enumerate as threads

import pytest

from koda.adapters.memory.provider_accounts import HOME
from koda.domain.model.events import DomainEvent, PayoutAccountOpened
from koda.domain.model.subscribers import Subscriber
from koda.domain.search.builds import LABELS_VERSION, IndexBuild
from koda.entrypoints.wiring.compose import UseCases, compose
from koda.entrypoints.work.work import Work
from koda.testing.marketplace import Marketplace

PATIENCE, MOMENT = 30.0, 0.01


def told_by(market: Marketplace, handle: Callable[[DomainEvent], None]) -> UseCases:
    """Use cases after which nothing is delivered, of a marketplace with a subscriber `crm`."""
    market.subscribers.add(Subscriber("crm", (PayoutAccountOpened,), handle))
    return compose(market.container.backends(), market.subscribers)


def own_threads() -> list[str]:
    """The names of the threads that work."""
    names = (thread.name for thread in threads())
    return sorted(name for name in names if name == "crm" or name.startswith("koda."))


def threads_become(expected: list[str]) -> bool:
    """Whether these are the threads that work, at once or in a while."""
    for _ in range(int(PATIENCE / MOMENT)):
        if own_threads() == expected:
            return True
        Event().wait(MOMENT)
    return False


def test_one_round_tells_what_happened() -> None:
    """A host application without a thread to spare calls it now and then."""
    market, told = Marketplace(), list[DomainEvent]()
    use_cases = told_by(market, told.append)
    work = Work(lambda: use_cases)
    work()
    use_cases.onboard_seller(market.person("ada"), HOME)

    assert work() == 1
    assert [type(event) for event in told] == [PayoutAccountOpened]
    assert work() == 0


def test_threads_tell_it_and_tidy_up(caplog: pytest.LogCaptureFixture) -> None:
    """One for each subscriber, so that the others do not wait for one that hangs."""
    caplog.set_level(logging.INFO, "koda.tidy")
    market, told = Marketplace(), Event()
    use_cases = told_by(market, lambda _: told.set())
    work = Work(lambda: use_cases)
    work()
    use_cases.onboard_seller(market.person("ada"), HOME)
    expected = [
        "crm",
        "koda.catalogue",
        "koda.checkouts",
        "koda.index",
        "koda.notices",
        "koda.reconcile",
        "koda.refused",
        "koda.relay",
        "koda.tidy",
    ]
    with work.running():
        work.start()
        assert told.wait(PATIENCE)
        assert threads_become(expected)

    # The stop waits for a while alone, however busy the machine is.
    assert threads_become([])
    assert [record.getMessage() for record in caplog.records] == ["Tidied up"]


def test_subscriber_that_is_added_later_is_told_too() -> None:
    """It gets a thread of its own."""
    market, told = Marketplace(), Event()
    use_cases = compose(market.container.backends(), market.subscribers)
    work = Work(lambda: use_cases)
    with work.running():
        market.subscribers.add(Subscriber("late", (PayoutAccountOpened,), lambda _: told.set()))
        while "late" not in {backlog.subscription.name for backlog in market.outbox.backlog()}:
            Event().wait(0.01)
        use_cases.onboard_seller(market.person("ada"), HOME)

        assert told.wait(PATIENCE)


def test_backlog_does_not_hold_up_the_stop() -> None:
    """What is left is for whoever works next."""
    market, some = Marketplace(), Event()

    def slow(_: DomainEvent) -> None:
        some.set()
        Event().wait(0.05)

    use_cases = told_by(market, slow)
    work = Work(lambda: use_cases)
    work()
    for number in range(200):
        use_cases.onboard_seller(market.person(f"s{number}"), HOME)
    with work.running():
        assert some.wait(PATIENCE)

    (crm,) = (b for b in market.outbox.backlog() if b.subscription.name == "crm")
    assert crm.waiting > 100


def test_an_index_of_other_labels_is_written_anew(caplog: pytest.LogCaptureFixture) -> None:
    """Which the log tells."""
    caplog.set_level(logging.INFO, "koda.index")
    market = Marketplace()
    market.index_builder.keep(IndexBuild(LABELS_VERSION + 1))
    work = Work(lambda: market)
    with work.running():
        while market.index_builder.build().due:
            Event().wait(0.01)

    assert [record.getMessage() for record in caplog.records] == [
        "Wrote the catalogue's index anew"
    ]
