"""What a probe says of a service that does not do as it should."""

from collections.abc import Callable
from typing import Any

import pytest
from attrs import evolve
from dependency_injector.providers import Object
from typed_settings.types import SecretStr

from koda.adapters.memory.files import MemoryFiles
from koda.adapters.memory.uploads import MemoryUploads
from koda.domain.model.errors import KodaError, NotFound, Refused, Unavailable
from koda.entrypoints.checks import before_start
from koda.entrypoints.choices import FileStore
from koda.entrypoints.container import Container, make_container
from koda.entrypoints.groups import S3Settings, StripeSettings
from koda.entrypoints.probes import probes, try_rules, try_webhooks
from koda.entrypoints.settings import Settings
from koda.sandbox import Sandbox
from koda.testing.marketplace import Marketplace
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
    assert {name: probe() for name, probe in probes(container).items()} == {
        "store": "memory, written and read",
        "files": "memory, written and read",
        "payments": "memory accepts the key; no money moves",
    }
    assert before_start(container) == ()


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

    (found,) = before_start(container)
    assert isinstance(found.error, Unavailable)
    assert found.passing


def test_refusals_stop_the_start_and_outages_do_not(container: Container) -> None:
    """The first names what to do; the second may be over soon."""
    container.uploads.override(Object(refusing(Unavailable("store"))))
    (found,) = before_start(container)
    container.uploads.override(Object(refusing(Refused("store"))))
    with pytest.raises(KodaError, match=r"store: The store refuses the marketplace; .* To do: "):
        before_start(container)

    assert found.service == "store"


def test_outages_of_this_machine_stop_the_start(container: Container) -> None:
    """Its disk does not come back by itself."""
    container.settings.override(Object(Settings(store=Settings().store)))
    container.uploads.override(Object(refusing(Unavailable("store"))))

    with pytest.raises(KodaError, match=r"store: The store is not answering; .*KODA_DATA"):
        before_start(container)


def webhooks_at(url: str, secrets: tuple[str, ...] = ("whsec_1",)) -> str:
    """What is said of a site's webhooks at the Stripe of that address."""
    signing = tuple(map(SecretStr, secrets))
    stripe = StripeSettings(SecretStr("rk_test_1"), signing, signing)
    container = make_container(Settings(sandbox_url=url, stripe=stripe))
    return try_webhooks(container, registered=True)


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
        settings = Settings(
            sandbox_url=sandbox.url,
            stripe=StripeSettings(SecretStr(sandbox.secret_key), (), (SecretStr("whsec_1"),)),
        )
        with pytest.raises(KodaError, match=r"^Stripe: \S+/webhooks/stripe-connect is not regist"):
            try_webhooks(make_container(settings), registered=True)
        own = evolve(settings.stripe, webhook_secrets=(SecretStr("w"),), connect_webhook_secrets=())
        with pytest.raises(KodaError, match=r"^Stripe: \S+/webhooks/stripe is not registered$"):
            try_webhooks(make_container(evolve(settings, stripe=own)), registered=True)


def in_bucket_at(url: str) -> Container:
    """A marketplace whose files lie in a bucket at that address."""
    bucket = S3Settings("koda-files", "eu-central-1", url, "a", SecretStr("b"))
    return make_container(Settings(files=FileStore.S3, s3=bucket))


def test_rules_that_the_keys_may_not_see_are_no_fault() -> None:
    """Serving needs no right to them; it is said that they cannot be seen."""
    denied = Reply(b"<Error><Code>AccessDenied</Code></Error>", 403)
    with answering(denied) as server:
        said = try_rules(in_bucket_at(server.url))

    assert said.startswith("these keys may not see its rules of lifecycle and encryption; ")
