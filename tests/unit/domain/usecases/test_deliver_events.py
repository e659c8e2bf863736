import logging
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest

from koda.adapters.memory.provider_accounts import HOME
from koda.domain.model.attempts import (
    FIRST_PAUSE,
    LEASE,
    LONGEST_PAUSE,
    MOST_ATTEMPTS,
    pause_after,
)
from koda.domain.model.errors import (
    AlreadyExists,
    InvalidValue,
    StaleWrite,
    Unavailable,
    Undeliverable,
)
from koda.domain.model.event import Event
from koda.domain.model.events import (
    DomainEvent,
    ListingEvent,
    ListingPublished,
    ListingWithdrawn,
    OrderClosed,
    OrderPaid,
    PayoutAccountOpened,
    PurchaseRecorded,
)
from koda.domain.model.identifiers import AccountId, AutomationId, OrderId, UserId
from koda.domain.model.subscribers import Subscriber, Subscribers
from koda.domain.model.telling import told
from koda.entrypoints.wiring.compose import compose
from koda.testing.examples import NOON
from koda.testing.marketplace import Marketplace

ADDRESS = "bea@example.com"


class Flaky:
    """A subscriber that fails some times before it works; `calls` are the events it was told."""

    def __init__(self, *errors: BaseException) -> None:
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
    market.deliver_events.relay()
    market.deliver_events.tell("other")

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


def test_kind_that_others_inherit_from_stands_for_all_of_them() -> None:
    """Whatever happens to a listing, for one function."""
    market = Marketplace()
    told: list[str] = []

    @market.on(ListingEvent, PurchaseRecorded, name="feed")
    def feed(event: Event) -> None:
        told.append(event.name())

    ada = market.ready_seller("ada")
    automation = market.list_automation(ada)
    market.buy(market.person("bea"), automation)
    market.withdraw_automation(ada, automation.id)

    assert told == ["ListingPublished", "PurchaseRecorded", "ListingWithdrawn"]


async def asynchronous(_: DomainEvent) -> None:
    """Nobody would wait for it."""


@pytest.mark.parametrize(
    ("kinds", "handle"),
    [
        ((), print),
        ((int,), print),
        ((OrderPaid | PurchaseRecorded,), print),
        (("OrderPaid",), print),
        ((OrderPaid,), asynchronous),
    ],
)
def test_what_could_never_be_told_is_refused(kinds: Any, handle: Any) -> None:
    """At once, rather than to wait for events that do not come."""
    with pytest.raises(InvalidValue):
        Marketplace().subscribers.add(Subscriber("crm", kinds, handle))


def test_all_subscribers_of_a_process_are_noted_before_anything_is_relayed() -> None:
    """A thread that relays for all knows of those which it does not tell."""
    market, crm = Marketplace(), Flaky()
    market.subscribers.add(Subscriber("crm", (PayoutAccountOpened,), crm))
    quiet = compose(market.container.backends(), market.subscribers)
    quiet.onboard_seller(market.person("ada"), HOME)
    quiet.deliver_events.relay()
    quiet.deliver_events.tell("crm")

    assert len(crm.calls) == 1


def test_processes_of_two_versions_lose_nothing_to_each_other() -> None:
    """What only the newer one wants waits for it."""
    market, newer = Marketplace(), Flaky()
    old, new = Subscribers(), Subscribers()
    old.add(Subscriber("crm", (OrderPaid,), Flaky()))
    new.add(Subscriber("crm", (OrderPaid, PayoutAccountOpened), newer))
    ports = market.container.backends()
    before, after = compose(ports, old), compose(ports, new)
    after.deliver_events()
    before.deliver_events()
    before.onboard_seller(market.person("ada"), HOME)
    before.deliver_events()
    market.clock.advance(FIRST_PAUSE)
    after.deliver_events()

    assert [type(event) for event in newer.calls] == [PayoutAccountOpened]


def test_delivery_that_ends_its_process_each_time_is_given_up() -> None:
    """It is counted when it is taken, not when it failed."""
    market, crm = Marketplace(), Flaky(*[SystemExit()] * 1000)
    with suppress(SystemExit):
        opened(market, crm)
    for _ in range(2 * MOST_ATTEMPTS):
        market.clock.advance(LONGEST_PAUSE)
        with suppress(SystemExit):
            market.deliver_events()

    assert (len(crm.calls), given_up(market)) == (MOST_ATTEMPTS, 1)


def test_lease_grows_where_it_was_too_short() -> None:
    """So that a slow subscriber is not told for ever by two processes."""
    market, calls = Marketplace(), list[DomainEvent]()

    def slow(event: DomainEvent) -> None:
        calls.append(event)
        market.clock.advance(1.5 * LEASE)
        other.tell("crm")

    market.subscribers.add(Subscriber("crm", (PayoutAccountOpened,), slow))
    other = compose(market.container.backends(), market.subscribers).deliver_events
    market.onboard_seller(market.person("ada"), HOME)
    market.clock.advance(LONGEST_PAUSE)
    market.deliver_events()

    assert len(calls) == 2
    assert market.outbox.backlog()[0].waiting == 0


def test_subscriber_may_call_use_cases() -> None:
    """What happens by that is delivered after what happened before it."""
    market = Marketplace()
    told: list[str] = []

    @market.on(PayoutAccountOpened)
    def welcome(event: PayoutAccountOpened) -> None:
        told.append(event.user_id)
        if len(told) < 500:
            market.onboard_seller(market.person(f"s{len(told)}"), HOME)

    market.onboard_seller(market.person("s0"), HOME)

    assert told == [f"user_s{number}" for number in range(500)]


def test_assertion_of_a_subscriber_fails_the_test() -> None:
    """Where the use case was called that made it happen."""
    market = Marketplace()

    @market.on(PayoutAccountOpened)
    def wrong(event: PayoutAccountOpened) -> None:
        assert event.user_id == "user_bea"

    with pytest.raises(AssertionError, match="user_ada"):
        market.onboard_seller(market.person("ada"), HOME)


def test_delivering_stops_between_two_deliveries_when_told() -> None:
    """However much waits."""
    market, crm = Marketplace(), Flaky()
    market.subscribers.add(Subscriber("crm", (PayoutAccountOpened,), crm))
    quiet = compose(market.container.backends(), market.subscribers)
    quiet.deliver_events()
    for number in range(10):
        quiet.onboard_seller(market.person(f"s{number}"), HOME)
    quiet.deliver_events(lambda: len(crm.calls) < 3)

    assert len(crm.calls) == 3


def test_backlog_is_delivered_in_one_round() -> None:
    """However much more it is than is taken at once."""
    market, crm = Marketplace(), Flaky()
    market.subscribers.add(Subscriber("crm", (PayoutAccountOpened,), crm))
    quiet = compose(market.container.backends(), market.subscribers)
    quiet.deliver_events()
    for number in range(250):
        quiet.onboard_seller(market.person(f"s{number}"), HOME)

    assert quiet.deliver_events() == 250
    assert len(crm.calls) == 250


def test_delivery_that_another_process_took_before_the_longer_lease_is_left_to_it() -> None:
    """It is not told twice at once."""
    market, crm = Marketplace(), Flaky(RuntimeError())
    opened(market, crm)
    market.clock.advance(FIRST_PAUSE)
    slower = market.fail("outbox.save", error=StaleWrite("delivery", "taken"))
    slower.deliver_events()

    assert len(crm.calls) == 1


def test_of_other_events_no_notice_follows() -> None:
    """Whatever a team lets the subscriber be told of."""
    market = Marketplace()
    event = PayoutAccountOpened(
        user_id=UserId("user_ada"),
        account_id=AccountId("acct_ada"),
        **told("seller", "user_ada", 0, market.clock()),
    )
    market.send_notices(event)

    assert market.notices.sent == []


def test_event_of_a_later_version_is_refused() -> None:
    """Its fields may mean something else."""
    with pytest.raises(InvalidValue, match="upgrade"):
        OrderClosed(
            order_id=OrderId("ord_1"),
            buyer_id=UserId("user_bea"),
            state="failed",
            version=2,
            **told("order", "ord_1", 0, NOON),
        )
