"""Which backends a site watches, and how each is asked."""

import shutil
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest
from attrs import evolve
from dependency_injector.providers import Object
from typed_settings.types import SecretStr

from koda.adapters.memory.uploads import MemoryUploads
from koda.domain.model.errors import Unavailable
from koda.domain.model.uploads import UploadTicket
from koda.entrypoints.backends.chosen import webhook_endpoints
from koda.entrypoints.backends.clerk import ClerkSettings
from koda.entrypoints.backends.mongo import MongoSettings
from koda.entrypoints.backends.probe import FAR, NEAR, Readiness
from koda.entrypoints.backends.redis import RedisSettings
from koda.entrypoints.backends.registry import fillers
from koda.entrypoints.backends.s3 import S3Settings
from koda.entrypoints.backends.stripe import StripeSettings
from koda.entrypoints.embedded.sandbox import leading_to
from koda.entrypoints.health.readiness import EndpointReports, Watched
from koda.entrypoints.health.watched_backends import watched_backends
from koda.entrypoints.settings.settings import Settings
from koda.entrypoints.wiring.container import Container, make_container
from koda.entrypoints.wiring.lifecycle import close
from paysandbox import Sandbox

NOWHERE = "mongodb://127.0.0.1:1"


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """A Stripe and a Clerk."""
    with Sandbox.start(strict=True, people=()) as sandbox:
        yield sandbox


def reports_of(container: Container) -> EndpointReports:
    """The reports of its endpoints, none read yet."""
    endpoints = webhook_endpoints(container.settings())
    return EndpointReports(container.use_cases().watch_webhooks, endpoints)


def asked_of(container: Container) -> Mapping[str, Readiness]:
    """How each backend is asked."""
    reports = reports_of(container)
    return watched_backends(container.rooms(), container.backends(), reports)


def states(settings: Settings) -> Mapping[str, str]:
    """How each backend is."""
    container = make_container(settings)
    probes = asked_of(container).items()
    watched = {name: Watched(probe) for name, probe in probes}
    for watcher in watched.values():
        watcher.ask()
    told = {name: watcher.state(30) for name, watcher in watched.items()}
    close(container)
    return told


def test_every_service_that_is_chosen_is_watched(sandbox: Sandbox, tmp_path: Path) -> None:
    """Those of one machine, and vendors by one small question."""
    settings = leading_to(Settings(data=tmp_path), sandbox)
    sandbox.forget_requests()

    assert states(settings) == dict.fromkeys(("store", "files", "payments", "identity"), "ok")
    assert [(request.method, request.path) for request in sandbox.requests] == [
        ("GET", "/v1/balance")
    ]


def test_what_is_down_is_told(sandbox: Sandbox, tmp_path: Path) -> None:
    """A Redis that is not there, a key that is refused, a MongoDB that is not there."""
    settings = leading_to(Settings(data=tmp_path), sandbox)
    wrong = evolve(settings, store="mongo", cache="redis").having(
        MongoSettings(SecretStr(NOWHERE)),
        RedisSettings(SecretStr("redis://127.0.0.1:1")),
        evolve(settings.of(StripeSettings), secret_key=SecretStr("sk_test_wrong")),
        evolve(settings.of(ClerkSettings), public_key="", jwks_url="http://127.0.0.1:1/jwks"),
    )

    assert states(wrong) == {
        "store": "unavailable",
        "files": "ok",
        "cache": "unavailable",
        "payments": "payment_key_refused",
        "identity": "unavailable",
    }


class OnlyReadable(MemoryUploads):
    """A store on a full disk."""

    def add(self, ticket: UploadTicket) -> None:
        """Fail as the store does."""
        raise Unavailable("store")


def test_store_that_can_only_be_read_is_down(tmp_path: Path) -> None:
    """What visitors pay for could not be kept."""
    container = make_container(Settings(data=tmp_path, payments="memory", identity="memory"))
    container.uploads.override(Object(OnlyReadable()))
    watched = Watched(asked_of(container)["store"])

    watched.ask()
    state = watched.state(30)
    close(container)

    assert state == "unavailable"


@pytest.mark.parametrize("store", ["sqlite", "memory"])
def test_asking_a_store_leaves_nothing_behind(tmp_path: Path, store: str) -> None:
    """What is written is forgotten at once."""
    container = make_container(
        Settings(
            data=tmp_path,
            store=store,
            payments="memory",
            identity="memory",
        )
    )
    watched = Watched(asked_of(container)["store"])
    watched.ask()

    assert watched.state(30) == "ok"
    assert container.uploads().forget(datetime.max.replace(tzinfo=UTC)) == 0
    close(container)


@pytest.mark.parametrize("store", sorted(fillers("files")))
def test_a_file_store_is_really_asked(store: str, tmp_path: Path) -> None:
    """One whose server or folder is gone is found to be; memory is always there."""
    container = make_container(
        Settings(data=tmp_path, files=store, payments="memory", identity="memory").having(
            S3Settings("koda-files", "eu-central-1", "http://127.0.0.1:1", "a", SecretStr("b"))
        )
    )
    watched = Watched(asked_of(container)["files"])
    shutil.rmtree(tmp_path / "files", ignore_errors=True)
    watched.ask()
    state = watched.state(30)
    close(container)

    assert state == ("ok" if store == "memory" else "unavailable")


def test_only_the_stores_are_needed_and_vendors_are_asked_seldom(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    """A balancer takes no machine out for what all of them lack."""
    settings = leading_to(Settings(data=tmp_path), sandbox)
    container = make_container(settings)
    watched = asked_of(container)

    assert {name for name, watcher in watched.items() if watcher.needed} == {"store", "files"}
    assert {name: watcher.lifetime for name, watcher in watched.items()} == {
        "store": NEAR,
        "files": NEAR,
        "payments": FAR,
        "identity": FAR,
    }
