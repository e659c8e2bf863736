"""How often whole requests ask a server, with knowing who asks and counting how often."""

from collections.abc import Callable, Mapping

import pytest
from attrs import frozen
from flask.testing import FlaskClient

from koda.adapters.clerk.cookies import SESSION
from koda.domain.model.automations import Automation
from koda.domain.model.people import Principal
from koda.entrypoints.web.app import create_app
from tests.e2e.trips.stage import Stage
from tests.e2e.trips.test_use_cases import LOOK_UP, MESSAGE, told
from tests.servers.traffic import HERE, Sent, Watched

WHO = "find people"
DOWNLOAD = ("find automations", "find purchases", "insert grants")


@frozen
class Client:
    """A browser and a program of somebody who bought something, at the site itself."""

    http: FlaskClient
    stage: Stage
    buyer: Principal
    owned: Automation

    @property
    def token(self) -> str:
        """A fresh session token of the buyer's."""
        return self.stage.running.sandbox.sign_in(self.buyer.user_id)

    def page(self, path: str) -> Callable[[], int]:
        """Open a page as the buyer."""
        self.http.set_cookie(SESSION, self.token, domain="127.0.0.1")
        return lambda: self.http.get(path, base_url=HERE).status_code

    def anonymous(self, path: str) -> Callable[[], int]:
        """Open something as nobody."""
        self.http.delete_cookie(SESSION, domain="127.0.0.1")
        return lambda: self.http.get(path, base_url=HERE).status_code

    def download(self) -> Callable[[], int]:
        """Ask the API for a link."""
        headers = {"Authorization": f"Bearer {self.token}"}
        path = f"/api/v1/library/{self.owned.id}/download"
        return lambda: self.http.post(path, headers=headers, base_url=HERE).status_code

    def message(self) -> Callable[[], int]:
        """Be told by Stripe that three lines of one seller are paid."""
        order = self.stage.running.paid(self.stage.buyer(), *self.stage.lines(3, 1))
        body, headers = self.stage.running.message(order)
        return lambda: (
            self.http.post(
                "/webhooks/stripe", data=body, headers=headers, base_url=HERE
            ).status_code
        )


REQUESTS: Mapping[str, tuple[Callable[[Client], Callable[[], int]], Sent]] = {
    "page of the catalogue, cached": (lambda visit: visit.anonymous("/"), Sent(redis=1)),
    "the same, signed in": (lambda visit: visit.page("/"), Sent((WHO,), redis=1)),
    "API's catalogue, cached": (
        lambda visit: visit.anonymous("/api/v1/automations"),
        Sent(redis=1),
    ),
    "page of the library": (
        lambda visit: visit.page("/library"),
        Sent((WHO, "find purchases", "find automations", "find orders")),
    ),
    "API's download": (Client.download, Sent((WHO, *DOWNLOAD), redis=1)),
    "Stripe's message over HTTP, 3 lines": (Client.message, Sent(MESSAGE, stripe=(LOOK_UP,))),
}


@pytest.fixture(scope="module")
def client(running: Watched, stage: Stage) -> Client:
    """Somebody whom the identity provider knows; answers and scripts are cached."""
    http = create_app(running.container).test_client()
    buyer, owned = stage.bought()
    running.sandbox.add_person(id=buyer.user_id, first_name="Bea")
    made = Client(http, stage, buyer, owned)
    warm = (made.anonymous("/"), made.anonymous("/api/v1/automations"), made.download())
    assert [act() for act in warm] == [200] * 3
    assert made.page("/")() == 200
    return made


@pytest.mark.parametrize("name", REQUESTS)
def test_each_request_asks_no_more_than_it_needs(
    running: Watched, client: Client, name: str
) -> None:
    """Who asks is one question to the store, a limited action one to the cache."""
    prepare, expected = REQUESTS[name]
    act, answers = prepare(client), list[int]()

    assert running.sent(lambda: answers.append(act())) == expected
    assert answers == [200]


def test_the_reference_tells_of_requests() -> None:
    """Its table has a row for each."""
    assert told(REQUESTS) == {name: sent.counts for name, (_, sent) in REQUESTS.items()}
