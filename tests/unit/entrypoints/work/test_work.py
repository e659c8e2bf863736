import logging
from collections.abc import Callable
from threading import Event
from threading import enumerate as threads

import pytest

from koda.adapters.memory.provider_accounts import HOME
from koda.domain.model.events import DomainEvent, PayoutAccountOpened
from koda.domain.usecases.operations.deliver_events import Subscriber
from koda.entrypoints.wiring.compose import UseCases, compose
from koda.entrypoints.work.work import Work
from koda.testing.marketplace import Marketplace

PATIENCE = 30.0


def told_by(market: Marketplace, handle: Callable[[DomainEvent], None]) -> UseCases:
    """Use cases after which nothing is delivered, of a marketplace with a subscriber `crm`."""
    market.subscribers.add(Subscriber("crm", (PayoutAccountOpened,), handle))
    return compose(market.container.backends(), market.subscribers)


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
    with work.running():
        names = {thread.name for thread in threads()}
        assert told.wait(PATIENCE)

    assert {"koda.notices", "koda.catalogue", "crm", "koda.tidy"} <= names
    assert not {"crm", "koda.tidy"} & {thread.name for thread in threads()}
    assert [record.getMessage() for record in caplog.records] == ["Tidied up"]
