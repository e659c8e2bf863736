import logging
from threading import Event

import pytest
from dependency_injector.providers import Object
from flask import Blueprint, Flask
from flask.testing import FlaskClient

from koda.adapters.memory.clock import FixedClock
from koda.adapters.memory.provider_messages import sign_payload
from koda.adapters.memory.webhook_health import MemoryWebhookHealth
from koda.domain.model.errors import KodaError, Refused, Unavailable
from koda.domain.model.webhook_health import EndpointHealth
from koda.domain.usecases.operations.watch_webhooks import WatchWebhooks
from koda.entrypoints.backends.probe import Readiness
from koda.entrypoints.health.readiness import EndpointReports, Watched
from koda.entrypoints.web.app import create_app
from koda.entrypoints.web.pages.health import HealthPages
from koda.testing.examples import NOON
from koda.testing.marketplace import Marketplace
from tests.e2e.pages.conftest import Site
from tests.support.threads import at_once
from tests.support.watch import Watch


class DownFiles:
    """A file store that does not answer."""

    def stat(self, key: str) -> None:
        """Fail as the store does."""
        raise Unavailable("file store")


class DownHealth(MemoryWebhookHealth):
    """A store that tells nothing of messages."""

    def of(self, endpoint: str) -> EndpointHealth:
        """Fail as the store does."""
        raise Unavailable("store")


class Counted:
    """A backend that counts how often it is asked, and fails with `error` if there is one."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.asked = 0

    def __call__(self) -> None:
        """Answer."""
        self.asked += 1
        if self.error:
            raise self.error


def client_of(patience: float = 30.0, **backends: Watched) -> FlaskClient:
    """A site that stands on `backends` alone."""
    blueprint, app = Blueprint("koda", __name__), Flask("site")
    HealthPages(
        backends, EndpointReports(WatchWebhooks(DownHealth(), FixedClock(NOON)), ()), patience
    ).route(blueprint)
    app.register_blueprint(blueprint)
    return app.test_client()


def test_a_site_that_is_well_says_so(site: Site) -> None:
    """Alive, and ready with each backend's state."""
    browser = site.anybody()

    assert browser.get("/healthz").json == {"status": "ok"}
    ready = browser.get("/readyz")
    assert ready.status_code == 200
    assert ready.json == {
        "status": "ok",
        "backends": {"store": "ok", "files": "ok"},
        "messages": dict.fromkeys(("stripe", "stripe-connect", "clerk"), "none accepted so far"),
    }


def test_refused_messages_are_told_and_leave_the_site_ready(site: Site) -> None:
    """Strangers can cause them: no balancer takes a machine out for their sake."""
    browser = site.anybody()
    client = site.app.test_client()
    forged = sign_payload(b"{}", "somebody's own secret", NOON)
    codes = [
        client.post("/webhooks/stripe", data=b"{}", headers=headers, base_url=browser.base)
        for headers in (forged, {})
    ]

    ready = browser.get("/readyz")

    assert [answer.status_code for answer in codes] == [400, 400]
    assert (ready.status_code, ready.json["status"]) == (200, "ok")  # type: ignore[index]
    told = ready.json["messages"]["stripe"]  # type: ignore[index]
    assert told == "2 refused (1 secret, 1 garbage), none accepted so far"


def test_messages_that_cannot_be_read_of_leave_the_site_ready() -> None:
    """Nothing is told of them."""
    news = EndpointReports(WatchWebhooks(DownHealth(), FixedClock(NOON)), ("stripe",))

    news.read()

    assert news.told == {}


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_a_balancer_may_name_a_machine_by_its_address(site: Site, path: str) -> None:
    """It knows no other name for one of many; all else is for the site's own host."""
    client, machine = site.app.test_client(), "http://10.0.0.7:8000"

    assert client.get(path, base_url=machine).status_code == 200
    assert client.get("/", base_url=machine).status_code == 400


def test_a_backend_that_is_down_is_named(market: Marketplace) -> None:
    """The site is alive and not ready, and says because of what."""
    market.container.files.override(Object(DownFiles()))
    browser = Site(market, create_app(market.container)).anybody()

    ready = browser.get("/readyz")

    assert browser.get("/healthz").status_code == 200
    assert ready.status_code == 503
    assert ready.json == {
        "status": "unavailable",
        "backends": {"store": "ok", "files": "unavailable"},
        "messages": dict.fromkeys(("stripe", "stripe-connect", "clerk"), "none accepted so far"),
    }


@pytest.mark.parametrize(
    ("error", "state"), [(Unavailable("x"), "unavailable"), (Refused("x"), "service_refused")]
)
def test_what_the_site_can_do_without_leaves_it_ready(error: Exception, state: str) -> None:
    """A balancer that took every machine out for its sake would make a small outage a large one."""
    client = client_of(
        store=Watched(Readiness(Counted())),
        payments=Watched(Readiness(Counted(error), needed=False)),
    )

    ready = client.get("/readyz")

    assert ready.status_code == 200
    states = {"store": "ok", "payments": state}
    assert ready.json == {"status": "degraded", "backends": states, "messages": {}}


def test_a_backend_is_asked_once_in_its_lifetime() -> None:
    """However many balancers ask; afterwards again, and a state that has changed is told."""
    check, watch = Counted(), Watch()
    client = client_of(store=Watched(Readiness(check, lifetime=5.0), watch))
    codes = [client.get("/readyz").status_code for _ in range(3)]
    check.error = Unavailable("store")
    watch.seconds += 4.9
    codes.append(client.get("/readyz").status_code)
    asked = check.asked
    watch.seconds += 0.1
    codes.append(client.get("/readyz").status_code)

    assert asked == 1
    assert check.asked == 2
    assert codes == [200, 200, 200, 200, 503]


def test_a_backend_that_never_answers_holds_nobody_up() -> None:
    """It counts as unavailable, and is not asked a second time before it has answered."""
    never, check = Event(), Counted()

    def wait() -> None:
        check()
        never.wait()

    silent = Watched(Readiness(wait, lifetime=0.0))
    client = client_of(0.01, store=silent)

    answers = [client.get("/readyz") for _ in range(3)]
    never.set()

    assert [answer.status_code for answer in answers] == [503] * 3
    assert check.asked == 1


def test_many_who_ask_at_once_share_one_answer() -> None:
    """They wait for it together."""
    check = Counted()
    watched = Watched(Readiness(check))

    def ask(_: int) -> str:
        watched.ask()
        return watched.state(30)

    assert at_once(8, ask) == ["ok"] * 8
    assert check.asked == 1


def test_outage_and_return_of_a_backend_are_logged_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """However often somebody asks."""
    caplog.set_level(logging.INFO, "koda.web")
    answers: list[KodaError | None] = [None, None, Unavailable("store"), Unavailable("store"), None]

    def check() -> None:
        answer = answers.pop(0)
        if answer is not None:
            raise answer

    watched = Watched(Readiness(check, lifetime=0.0), name="store")
    while answers:
        watched.ask()
        watched.state(5.0)

    assert caplog.messages == [
        "Backend store is ok",
        "Backend store is unavailable",
        "Backend store is ok",
    ]
