"""What a probe says of a service that does not do as it should."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from dependency_injector.providers import Object
from typed_settings.types import SecretStr

from koda.adapters.memory.clock import FixedClock
from koda.adapters.memory.files import MemoryFiles
from koda.adapters.memory.uploads import MemoryUploads
from koda.adapters.system.clock import now
from koda.domain.model.errors import KodaError, NotFound, RefusalCause, Refused, Unavailable
from koda.domain.model.money import Money
from koda.domain.model.policy import Policy
from koda.domain.search.builds import BuildStep, IndexBuild
from koda.entrypoints.backends.probe import SET_CLOCK, Check, Warned
from koda.entrypoints.backends.s3 import S3Room, S3Settings
from koda.entrypoints.backends.sqlite import SqliteRoom
from koda.entrypoints.backends.stripe import StripeRoom, StripeSettings
from koda.entrypoints.embedded.sandbox import leading_to
from koda.entrypoints.health.checks import before_start
from koda.entrypoints.health.probes import early_checks, in_order, try_messages, try_payments
from koda.entrypoints.health.store_probes import try_currency, try_index, try_records
from koda.entrypoints.settings.settings import Settings
from koda.entrypoints.wiring.container import Container, make_container
from koda.testing.examples import NOON, a_line, an_automation, an_order
from koda.testing.marketplace import Marketplace
from paysandbox import Sandbox
from tests.unit.adapters.answering import Reply, answering

FORBIDDEN = Reply(b'{"error": {"type": "invalid_request_error", "message": "no"}}', 403)


class ForgetfulUploads(MemoryUploads):
    """A store that takes what it is given and keeps nothing."""

    def get(self, upload_id: str) -> Any:
        """Know of nothing."""
        raise NotFound("upload", upload_id)


class MixedUpFiles(MemoryFiles):
    """A file store that gives other bytes than it was given."""

    def read(self, key: str, limit: int) -> bytes:
        """Give something."""
        return b"[]"


def refusing(error: KodaError) -> Any:
    """A store of tickets whose every call fails."""

    class Uploads(MemoryUploads):
        def add(self, ticket: Any) -> None:
            """Fail."""
            raise error

    return Uploads()


@pytest.fixture
def container() -> Container:
    """A marketplace in memory."""
    return Marketplace().container


def test_a_marketplace_in_memory_is_well(container: Container) -> None:
    """Each of its ports does what is asked of it."""
    assert {check.service: check.probe() for check in early_checks(container)} == {
        "store": "memory, written and read",
        "files": "memory, written and read",
        "payments": "memory accepts the key; no money moves",
    }
    assert before_start(container) == ()


def test_checks_of_other_names_come_last() -> None:
    """A backend of somebody else's may try more than what settings choose."""
    names = ("broker", "notices", "files", "currency", "payments", "store")
    checks = [Check(name, str, "see to it") for name in names]

    assert [check.service for check in in_order(checks)] == [
        "store",
        "files",
        "currency",
        "payments",
        "notices",
        "broker",
    ]


@pytest.mark.parametrize(
    ("port", "make"),
    [
        ("uploads", lambda _: ForgetfulUploads()),
        ("files", lambda kept: MixedUpFiles(kept.clock(), base_url="https://koda.example")),
    ],
)
def test_a_store_that_keeps_nothing_is_no_store(
    container: Container, port: str, make: Callable[[Container], Any]
) -> None:
    """What was written must be there, and be the same."""
    getattr(container, port).override(Object(make(container)))

    (finding,) = before_start(container)
    assert isinstance(finding.error, Unavailable)
    assert finding.passing


def test_refusals_stop_the_start_and_outages_do_not(container: Container) -> None:
    """The first names what to do; the second may be over soon."""
    container.uploads.override(Object(refusing(Unavailable("store"))))
    (finding,) = before_start(container)
    container.uploads.override(Object(refusing(Refused("store"))))
    with pytest.raises(KodaError, match=r"store: The store refuses the marketplace; .* To do: "):
        before_start(container)

    assert finding.service == "store"


def test_outages_of_this_machine_stop_the_start(container: Container) -> None:
    """Its disk does not come back by itself."""
    container.settings.override(Object(Settings(store=Settings().store)))
    container.uploads.override(Object(refusing(Unavailable("store"))))

    with pytest.raises(KodaError, match=r"store: The store is not answering; .*KODA_DATA"):
        before_start(container)


def registration_of(container: Container) -> str:
    """What is said of the webhooks, and of the addresses that Stripe should have."""
    (check,) = container.rooms().of(StripeRoom).checks("payments")
    return "; ".join(str(probe()) for probe in (check.probe, check.registration) if probe)


def webhooks_at(url: str, secrets: tuple[str, ...] = ("whsec_1",)) -> str:
    """What is said of a site's webhooks at the Stripe of that address."""
    signing = tuple(map(SecretStr, secrets))
    stripe = StripeSettings(SecretStr("rk_test_1"), signing, signing)
    container = make_container(Settings(sandbox_url=url).having(stripe))
    return registration_of(container)


def test_key_that_may_not_read_endpoints_is_no_fault() -> None:
    """It is said that they cannot be seen."""
    with answering(FORBIDDEN) as server:
        assert "cannot be seen: the key may not read endpoints" in webhooks_at(server.url)


def test_endpoints_that_are_off_are_not_looked_for() -> None:
    """Nobody need register them, and nobody is asked."""
    with answering(FORBIDDEN) as server:
        assert "payments off" in webhooks_at(server.url, ())
        assert server.asked == []


def test_one_endpoint_may_be_off() -> None:
    """The other one is looked for."""
    with Sandbox.start(strict=True, people=()) as sandbox:
        settings = Settings(sandbox_url=sandbox.url).having(
            StripeSettings(SecretStr(sandbox.secret_key), (), (SecretStr("whsec_1"),))
        )
        with pytest.raises(KodaError, match=r"^Stripe: \S+/webhooks/stripe-connect is not regist"):
            registration_of(make_container(settings))
        own = evolve(
            settings.of(StripeSettings),
            webhook_secrets=(SecretStr("w"),),
            connect_webhook_secrets=(),
        )
        with pytest.raises(KodaError, match=r"^Stripe: \S+/webhooks/stripe is not registered$"):
            registration_of(make_container(settings.having(own)))


def in_bucket_at(url: str) -> Container:
    """A marketplace whose files lie in a bucket at that address."""
    bucket = S3Settings("koda-files", "eu-central-1", url, "a", SecretStr("b"))
    return make_container(Settings(files="s3").having(bucket))


def test_rules_that_the_keys_may_not_see_are_no_fault() -> None:
    """Serving needs no right to them; it is said that they cannot be seen."""
    denied = Reply(b"<Error><Code>AccessDenied</Code></Error>", 403)
    with answering(denied) as server:
        said = in_bucket_at(server.url).rooms().of(S3Room).try_rules()

    assert said.startswith("these keys may not see its rules of lifecycle and encryption; ")


def container_at(sandbox: Sandbox, currency: str, time: datetime) -> Container:
    """A marketplace that stands on `sandbox`, in that currency, on a machine of that time."""
    settings = leading_to(Settings(policy=Policy(currency=currency)), sandbox)
    container = make_container(evolve(settings, store="memory"))
    container.clock.override(Object(FixedClock(time)))
    return container


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """A Stripe whose account is kept in EUR."""
    with Sandbox.start(strict=True, people=(), currency="eur") as sandbox:
        yield sandbox


def test_the_accounts_own_currency_and_time_are_well(sandbox: Sandbox) -> None:
    """As they are on most machines."""
    said = try_payments(container_at(sandbox, "EUR", now()))

    assert said == "stripe accepts the key; no money moves"


@pytest.mark.parametrize(("hours", "way"), [(2, "ahead of"), (-3, "behind")])
def test_a_clock_that_is_off_is_told(sandbox: Sandbox, hours: int, way: str) -> None:
    """Stripe's messages and Clerk's sessions will be refused."""
    warned = try_payments(container_at(sandbox, "EUR", now() + timedelta(hours=hours)))

    assert isinstance(warned, Warned)
    skew = re.search(r"this machine's clock is (\d+) seconds (.+) Stripe's", warned.detail)
    assert skew is not None
    assert (round(int(skew[1]) / 3600), skew[2]) == (abs(hours), way)
    assert warned.remedy == SET_CLOCK


def test_prices_in_another_currency_than_the_accounts_are_told(sandbox: Sandbox) -> None:
    """They can be charged, and somebody pays for converting them."""
    warned = try_payments(container_at(sandbox, "USD", now()))

    assert isinstance(warned, Warned)
    assert "; prices are in USD, and the account is kept in EUR" in warned.detail
    assert warned.remedy.startswith("set KODA_POLICY_CURRENCY to EUR, or add a bank account for")


def test_a_currency_that_the_balance_holds_is_well() -> None:
    """An account may have a bank account in each of several."""
    balance = Reply(
        b'{"object": "balance", "livemode": false, "available": '
        b'[{"currency": "eur"}, {"currency": "usd"}]}'
    )
    account = Reply(b'{"object": "account", "default_currency": "eur"}')
    none = Reply(b'{"object": "list", "data": [], "has_more": false}')
    missing = Reply(b'{"error": {"code": "resource_missing", "message": "no"}}', 404)
    with answering(balance, balance, account, none, none, missing) as server:
        stripe = StripeSettings(SecretStr("sk_test_1"))
        policy = Policy(currency="USD")
        settings = Settings(sandbox_url=server.url, policy=policy).having(stripe)
        said = try_payments(make_container(settings))

    assert said == "stripe accepts the key; no money moves"


def test_a_key_that_may_not_read_the_account_is_no_fault(sandbox: Sandbox) -> None:
    """Serving needs no right to it."""
    sandbox.faults.next("GET /v1/account", "status=403")

    said = try_payments(container_at(sandbox, "USD", now()))

    assert said == "stripe accepts the key; no money moves"


def test_a_key_that_may_not_read_the_ledger_is_told(sandbox: Sandbox) -> None:
    """Payments go on, and the provider's fees are not in the books."""
    sandbox.faults.next("GET /v1/balance_transactions", "status=403")

    warned = try_payments(container_at(sandbox, "EUR", now()))

    assert isinstance(warned, Warned)
    assert "; its ledger cannot be read: The payment provider refuses" in warned.detail
    assert "let the key read the provider's ledger" in warned.remedy


def test_refused_messages_are_told_with_what_to_do(sandbox: Sandbox) -> None:
    """By cause: the clock, or the secret of that endpoint; what is no message needs nobody."""
    container = container_at(sandbox, "EUR", NOON)
    health = container.webhook_health()
    quiet = try_messages(container)
    health.accepted("clerk", NOON)
    health.refused("stripe-connect", {RefusalCause.GARBAGE: 5})
    scanned = try_messages(container)
    health.refused("stripe", {RefusalCause.CLOCK: 2})
    health.refused("clerk", {RefusalCause.SECRET: 412})
    warned = try_messages(container)

    assert quiet == (
        "stripe: none accepted so far; stripe-connect: none accepted so far; "
        "clerk: none accepted so far"
    )
    assert isinstance(scanned, str)
    assert "stripe-connect: 5 refused (5 garbage)" in scanned
    assert isinstance(warned, Warned)
    assert "clerk: 412 refused (412 secret), none accepted since 2026-03-01 12:00 UTC" in (
        warned.detail
    )
    assert warned.remedy.startswith(f"{SET_CLOCK}; see that KODA_CLERK_WEBHOOK_SECRETS holds")


def test_warnings_do_not_stop_the_start(sandbox: Sandbox) -> None:
    """They are told, with what to do."""
    (finding,) = before_start(container_at(sandbox, "USD", now()))

    assert (finding.service, finding.error) == ("payments", None)
    assert finding.advice.endswith("converts every payment for a fee.")


@pytest.fixture
def sold_in(tmp_path: Path) -> Callable[..., Container]:
    """A marketplace with a file of its own, in a currency, whose listings were priced in USD."""

    def make(currency: str, *before: str) -> Container:
        settings = Settings(
            data=tmp_path,
            payments="memory",
            identity="memory",
            policy=Policy(currency=currency),
            currencies_before=before,
        )
        return make_container(settings)

    earlier = make("USD").automations()
    for number in range(3):
        listed = an_automation(f"aut_{number}")
        priced = evolve(listed, listing=evolve(listed.listing, price=Money(1250, "USD")))
        earlier.add(priced)
    return make


def test_a_currency_that_fits_is_well(sold_in: Callable[..., Container]) -> None:
    """As long as nobody changes it."""
    assert try_currency(sold_in("USD")) == "everything for sale is priced in USD"
    assert before_start(sold_in("USD")) == ()


def test_another_currency_than_what_is_for_sale_stops_the_start(
    sold_in: Callable[..., Container],
) -> None:
    """It says how many listings, and both ways out."""
    with pytest.raises(KodaError) as refused:
        before_start(sold_in("EUR"))

    assert str(refused.value).startswith(
        "currency: KODA_POLICY_CURRENCY: is EUR, and of what is for sale, 3 listings are priced in "
        "USD, such as aut_"
    )
    assert "set KODA_POLICY_CURRENCY back, or name the currencies" in str(refused.value)


def test_a_currency_that_was_changed_on_purpose_is_told(
    sold_in: Callable[..., Container],
) -> None:
    """The site starts, and nobody buys these listings."""
    (finding,) = before_start(sold_in("EUR", "GBP", "USD"))

    assert (finding.service, finding.error) == ("currency", None)
    assert "ask their sellers for a price in EUR" in finding.advice


def test_damaged_records_are_named(sold_in: Callable[..., Container]) -> None:
    """A few of them, and how many of each kind there are."""
    container = sold_in("USD")
    for number in range(3):
        container.orders().add(an_order(f"ord_{number}", lines=(a_line(number + 1),)))
    whole = try_records(container)
    with container.rooms().of(SqliteRoom).database.write() as connection:
        connection.execute("UPDATE automations SET document = '{}'")
        connection.execute("UPDATE orders SET document = '{}'")
    with pytest.raises(KodaError) as damaged:
        try_records(container)

    assert whole == "9 records of the store can be read"
    assert str(damaged.value) == (
        "store: 6 records cannot be read (automation: 3, order: 3): automation aut_0, "
        "automation aut_1, automation aut_2, order ord_0, order ord_1 and 1 more"
    )


def test_records_that_were_not_read_are_told(sold_in: Callable[..., Container]) -> None:
    """Whether what was read is whole or damaged."""
    container = sold_in("USD")
    container.orders().add(an_order())
    whole = try_records(container, 2)
    with container.rooms().of(SqliteRoom).database.write() as connection:
        connection.execute("UPDATE automations SET document = '{}'")
    with pytest.raises(KodaError) as damaged:
        try_records(container, 2)

    first = "; only the first 2 were read of: automation, entry of the index"
    assert whole == f"5 records of the store can be read{first}"
    assert str(damaged.value).endswith(first)


def test_an_entry_of_the_index_that_is_not_its_listings_is_named(
    sold_in: Callable[..., Container],
) -> None:
    """The index can be written anew, and then all is well."""
    container = sold_in("USD")
    with container.rooms().of(SqliteRoom).database.write() as connection:
        connection.execute("UPDATE index_entries SET platform = 'Make' WHERE id = 'aut_1'")
    with pytest.raises(KodaError, match="entry of the index aut_1"):
        try_records(container)

    container.use_cases().rebuild_index()

    assert try_records(container) == "6 records of the store can be read"


def test_an_index_that_is_written_anew_is_told(sold_in: Callable[..., Container]) -> None:
    """It serves meanwhile, so that nothing has failed."""
    container = sold_in("USD")
    well = try_index(container)
    container.index_builder().keep(IndexBuild(1).begun().after(BuildStep("2", 2)))

    assert well == "3 listings for sale, labels of version 1"
    told = try_index(container)
    assert isinstance(told, Warned)
    assert "came to 2 of 3 automations" in told.detail
    assert "koda index rebuild" in told.remedy
