import logging
from datetime import timedelta

import pytest

from koda.adapters.memory.provider_accounts import HOME
from koda.domain.model.errors import AlreadyExists, InvalidValue, Unavailable, Undeliverable
from koda.domain.model.events import (
    DomainEvent,
    ListingPublished,
    ListingWithdrawn,
    OrderPaid,
    PayoutAccountOpened,
    PurchaseRecorded,
)
from koda.domain.model.identifiers import AutomationId
from koda.domain.usecases.operations.deliver_events import (
    FIRST_PAUSE,
    LONGEST_PAUSE,
    MOST_ATTEMPTS,
    Subscriber,
    pause_after,
)
from koda.entrypoints.wiring.compose import compose
from koda.testing.marketplace import Marketplace

ADDRESS = "bea@example.com"


class Flaky:
    """A subscriber that fails some times before it works; `calls` are the events it was told."""

    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)
        self.calls: list[DomainEvent] = []

    def __call__(self, event: DomainEvent) -> None:
        """Be told."""
        self.calls.append(event)
        if self.errors:
            raise self.errors.pop(0)


def opened(market: Marketplace, handle: Flaky, name: str = "ada") -> None:
    """A user becomes a seller, of which the subscriber `crm` is told."""
    if "crm" not in market.deliver_events.by_name():
        market.subscribers.add(Subscriber("crm", (PayoutAccountOpened,), handle))
    market.onboard_seller(market.person(name), HOME)


def given_up(market: Marketplace) -> int:
    """How many deliveries to `crm` are given up."""
    return next(
        backlog.given_up
        for backlog in market.outbox.backlog()
        if backlog.subscription.name == "crm"
    )


def test_decorated_function_is_told_before_the_use_case_returns() -> None:
    """Of the kind of event that it is for, by its own name or another one."""
    market = Marketplace()
    bought: list[AutomationId] = []

    @market.on(PurchaseRecorded)
    def crm(event: PurchaseRecorded) -> None:
        bought.append(event.automation_id)

    @market.on(ListingPublished, name="feed")
    def listed(event: ListingPublished) -> None:
        bought.append(event.automation_id)

    automation = market.list_automation(market.ready_seller("ada"))
    assert bought == [automation.id]
    market.buy(market.person("bea"), automation)

    assert bought == [automation.id, automation.id]
    assert {"crm", "feed"} <= set(market.deliver_events.by_name())


@pytest.mark.parametrize("name", ["", "two words", "koda.notices", "a" * 129])
def test_name_must_be_an_identifier_of_its_own(name: str) -> None:
    """What begins with `koda.` is Koda's own."""
    with pytest.raises(InvalidValue, match="name"):
        Marketplace().subscribers.add(Subscriber(name, (OrderPaid,), Flaky()))


def test_name_is_taken_once() -> None:
    """Two of one name would each get some of the events."""
    market = Marketplace()
    market.subscribers.add(Subscriber("crm", (OrderPaid,), Flaky()))

    with pytest.raises(AlreadyExists):
        market.subscribers.add(Subscriber("crm", (OrderPaid,), Flaky()))


def test_subscriber_that_fails_is_told_again_later(caplog: pytest.LogCaptureFixture) -> None:
    """After pauses that double, and what other libraries say is not logged."""
    market = Marketplace()
    crm = Flaky(RuntimeError(ADDRESS), Unavailable("crm"))
    opened(market, crm)
    market.deliver_events()
    assert len(crm.calls) == 1
    market.clock.advance(FIRST_PAUSE)
    market.deliver_events()
    assert len(crm.calls) == 2
    market.clock.advance(2 * FIRST_PAUSE)

    assert market.deliver_events() == 1
    assert market.deliver_events() == 0
    assert len({event.id for event in crm.calls}) == 1
    problems = [vars(record)["problem"] for record in caplog.records]
    assert problems == ["RuntimeError", str(Unavailable("crm"))]
    assert {record.levelname for record in caplog.records} == {"WARNING"}


def test_one_that_fails_keeps_no_other_from_being_told() -> None:
    """Neither another subscriber nor another subject."""
    market = Marketplace()
    other = Flaky()
    market.subscribers.add(Subscriber("other", (PayoutAccountOpened,), other))
    opened(market, crm := Flaky(RuntimeError()), "ada")
    opened(market, crm, "cyd")

    assert [event.subject for event in crm.calls] == ["seller/user_ada", "seller/user_cyd"]
    assert len(other.calls) == 2


def test_later_events_of_a_subject_wait_for_the_one_that_failed() -> None:
    """A withdrawal is not told before the publication."""
    market = Marketplace()
    crm = Flaky(RuntimeError())
    market.subscribers.add(Subscriber("crm", (ListingPublished, ListingWithdrawn), crm))
    ada = market.ready_seller("ada")
    automation = market.list_automation(ada)
    market.withdraw_automation(ada, automation.id)
    assert len(crm.calls) == 1
    market.clock.advance(FIRST_PAUSE)
    market.deliver_events()

    assert [type(event) for event in crm.calls] == [
        ListingPublished,
        ListingPublished,
        ListingWithdrawn,
    ]


def test_what_can_never_be_delivered_is_given_up(caplog: pytest.LogCaptureFixture) -> None:
    """At once, with the reason in the log, until somebody asks for another try."""
    market = Marketplace()
    opened(market, crm := Flaky(Undeliverable("no account")))
    market.clock.advance(timedelta(days=7))
    market.deliver_events()

    assert (len(crm.calls), given_up(market)) == (1, 1)
    (record,) = caplog.records
    assert (record.levelname, vars(record)["problem"]) == ("ERROR", "no account")
    market.outbox.retry("crm", market.clock())
    market.deliver_events()
    assert (len(crm.calls), given_up(market)) == (2, 0)


def test_it_is_given_up_after_as_many_attempts_as_the_provider_makes() -> None:
    """About three days."""
    market = Marketplace()
    crm = Flaky(*[RuntimeError()] * MOST_ATTEMPTS)
    opened(market, crm)
    begun = market.clock()
    while not given_up(market):
        market.clock.advance(pause_after(len(crm.calls)))
        market.deliver_events()

    assert len(crm.calls) == MOST_ATTEMPTS
    assert timedelta(days=2.5) < market.clock() - begun < timedelta(days=4)


def test_pauses_double_up_to_the_longest() -> None:
    """However many attempts there were."""
    pauses = [pause_after(attempts) for attempts in (1, 2, 3, 1000)]

    assert pauses == [FIRST_PAUSE, 2 * FIRST_PAUSE, 4 * FIRST_PAUSE, LONGEST_PAUSE]


def test_delivery_that_took_longer_than_its_lease_is_told_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Whoever was slow says so in the log, and changes nothing."""
    caplog.set_level(logging.WARNING, "koda.events")
    market = Marketplace()
    calls: list[DomainEvent] = []

    def slow(event: DomainEvent) -> None:
        calls.append(event)
        if len(calls) == 1:
            market.clock.advance(timedelta(minutes=3))
            market.deliver_events()

    market.subscribers.add(Subscriber("crm", (PayoutAccountOpened,), slow))
    market.onboard_seller(market.person("ada"), HOME)

    assert len(calls) == 2
    assert [record.getMessage() for record in caplog.records] == [
        "A delivery took longer than its lease"
    ]
    assert market.deliver_events() == 0


def test_some_subscribers_are_told_by_themselves() -> None:
    """As a process does that has a thread for each."""
    market = Marketplace()
    crm, other = Flaky(), Flaky()
    quiet = compose(market.container.backends(), market.subscribers)
    market.subscribers.add(Subscriber("crm", (PayoutAccountOpened,), crm))
    market.subscribers.add(Subscriber("other", (PayoutAccountOpened,), other))
    market.deliver_events()
    quiet.onboard_seller(market.person("ada"), HOME)
    market.deliver_events(["other"])

    assert (len(crm.calls), len(other.calls)) == (0, 1)


def test_store_that_is_down_delivers_later() -> None:
    """The use case succeeds all the same, as its own write did."""
    market = Marketplace()
    crm = Flaky()
    market.subscribers.add(Subscriber("crm", (PayoutAccountOpened,), crm))
    market.deliver_events()
    down = market.fail("outbox.relay")
    down.onboard_seller(down.person("ada"), HOME)
    assert not crm.calls
    market.deliver_events()

    assert len(crm.calls) == 1


def test_catalogue_forgets_its_answers_after_each_event_of_a_listing() -> None:
    """Whoever looks next sees the listing as it is."""
    market = Marketplace()
    answers = iter([b"before", b"after"])
    assert market.cache.get_or_load("page", lambda: next(answers)) == b"before"
    market.list_automation(market.ready_seller("ada"))

    assert market.cache.get_or_load("page", lambda: next(answers)) == b"after"
