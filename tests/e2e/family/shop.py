"""A marketplace on MongoDB, Redis, S3, Stripe and Clerk at once, and those who come to it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import requests
from attrs import asdict, evolve, field, frozen
from dependency_injector.providers import Object
from flask import Flask
from flask.testing import FlaskClient
from typed_settings.types import SecretStr
from werkzeug.test import TestResponse

from koda.adapters.clerk.cookies import SESSION
from koda.adapters.memory.provider_accounts import HOME
from koda.domain.model.automations import Automation
from koda.domain.model.identifiers import UserId
from koda.domain.model.orders import Order
from koda.domain.model.people import Principal
from koda.domain.model.roles import Role
from koda.entrypoints.backends.chosen import check
from koda.entrypoints.backends.clerk import ClerkRoom
from koda.entrypoints.backends.stripe import StripeSettings
from koda.entrypoints.embedded.sandbox import leading_to
from koda.entrypoints.environment.loading import load_settings
from koda.entrypoints.settings.limits import LimitSettings
from koda.entrypoints.settings.settings import Settings
from koda.entrypoints.web.app import create_app
from koda.entrypoints.wiring.container import Container, make_container
from koda.entrypoints.wiring.lifecycle import close
from koda.testing.examples import WORKFLOW
from koda.testing.marketplace import Marketplace
from paysandbox import Sandbox
from paysandbox.signing import sign_stripe
from tests.e2e.pages.conftest import Browser
from tests.e2e.schedules.world import World
from tests.servers.families import Production
from tests.support.bodies import announcement, submission
from tests.support.sessions import session

SITE = "http://127.0.0.1:8000"
OLD = "whsec_the_one_before"
"""A secret of the endpoint that is being rolled."""
UNLIMITED = LimitSettings(**dict.fromkeys(asdict(LimitSettings()), "1000000/minute"))
ADMINS = tuple(f"user_root{number}" for number in range(200))
TIMEOUT = 10
NUMBERS = count(1)
"""Of people, so that nobody has anything yet."""


@frozen
class Caller:
    """Calls the API with a token, or without one."""

    http: FlaskClient
    token: str | None = None

    def __call__(self, method: str, path: str, body: Any = None, **options: Any) -> TestResponse:
        """Send one request, with a JSON body if there is one."""
        headers = dict(options.pop("headers", {}))
        if self.token is not None:
            headers["Authorization"] = f"Bearer {self.token}"
        sent = {} if body is None else {"json": body}
        return self.http.open(
            f"/api/v1{path}", method=method, base_url=SITE, headers=headers, **sent, **options
        )

    def offer(self, content: bytes = WORKFLOW, **announced: Any) -> dict[str, Any]:
        """Announce a workflow file; return where and how it is to be sent."""
        answer = self("POST", "/uploads", announcement(content, **announced))
        assert answer.json is not None
        assert answer.status_code == 201, answer.text
        return dict(answer.json)

    def upload(self, content: bytes = WORKFLOW, **announced: Any) -> str:
        """Announce a workflow file and send it to S3; return the upload's id."""
        offer = self.offer(content, **announced)
        assert send(offer, content) == 200
        return str(offer["upload_id"])

    def submit(self, upload: str, **changes: Any) -> TestResponse:
        """Put what was uploaded up for sale."""
        return self("POST", "/automations", submission(upload, **changes))


def send(offer: Mapping[str, Any], content: bytes, **headers: str) -> int:
    """Send bytes as an offer says, or with other headers; return the status of S3's answer."""
    told = {**offer["headers"], **headers}
    answer = requests.request(
        offer["method"], offer["url"], data=content, headers=told, timeout=TIMEOUT
    )
    return answer.status_code


@frozen
class Shop:
    """The marketplace and its web application, in this process."""

    settings: Settings
    container: Container
    world: World
    site: Flask = field()
    _admins: Iterator[str] = field(factory=lambda: iter(ADMINS), init=False)

    @site.default
    def _mounted(self) -> Flask:
        return create_app(self.container)

    @property
    def market(self) -> Marketplace:
        """Its use cases and ports."""
        return self.world.market

    @property
    def sandbox(self) -> Sandbox:
        """Stripe and Clerk."""
        sandbox = self.world.sandbox
        assert isinstance(sandbox, Sandbox)
        return sandbox

    # --- people -------------------------------------------------------------------------------

    def person(self, name: str = "bea") -> Principal:
        """Somebody new."""
        return self.market.person(f"{name}{next(NUMBERS)}")

    def seller(self) -> Principal:
        """Somebody new who can be paid."""
        principal = self.person("ada")
        account = self.market.onboard_seller(principal, HOME).seller.account_id
        self.sandbox.complete_onboarding(account)
        self.market.confirm_onboarding(principal.user_id)
        return principal

    def admin(self) -> Principal:
        """Somebody new who administers."""
        user_id = UserId(next(self._admins))
        return Principal(user_id, f"sess_{user_id}", frozenset({Role.ADMIN}))

    def token(self, principal: Principal, **claims: Any) -> str:
        """A session token as Clerk makes it, with some claims replaced."""
        usual = {"sub": principal.user_id, "sid": principal.session_id, "azp": SITE}
        return self.sandbox.clerk.token(usual | claims)

    def caller(self, principal: Principal | None = None) -> Caller:
        """The API as somebody calls it, or a visitor."""
        return Caller(self.site.test_client(), self.token(principal) if principal else None)

    def browser(self, principal: Principal | None = None) -> Browser:
        """The pages as somebody sees them, or a visitor."""
        browser = Browser(self.site.test_client(), SITE)
        browser.get("/sandbox/sign-in")
        if principal:
            browser.client.set_cookie(SESSION, self.token(principal), domain="127.0.0.1")
        return browser

    # --- buying -------------------------------------------------------------------------------

    def listed(self, **said: Any) -> Automation:
        """Something new for sale, of somebody new."""
        return self.market.list_automation(self.seller(), **said)

    def paid(self, *automations: Automation) -> "Paid":
        """An order of somebody new that was paid, of which no message has come yet."""
        buyer = self.person()
        order = self.market.order(buyer, *(automations or (self.listed(),)))
        self.sandbox.pay(session(order))
        return Paid(self, buyer, order)

    def bought(self, automation: Automation) -> Principal:
        """Somebody new who bought it."""
        paid = self.paid(automation)
        assert paid.deliver() == 200
        return paid.buyer

    def post(
        self,
        payload: bytes,
        headers: Mapping[str, str] | None = None,
        path: str = "/webhooks/stripe",
    ) -> TestResponse:
        """Send a message as the provider does, signed unless `headers` say otherwise."""
        signed = self.sign(payload) if headers is None else headers
        return self.site.test_client().post(path, data=payload, headers=dict(signed), base_url=SITE)

    def sign(self, payload: bytes, *secrets: str, late: int = 0) -> dict[str, str]:
        """Stripe's signature, made some seconds from now, by the endpoint's secret unless told."""
        moment = int(self.market.clock().timestamp()) + late
        return sign_stripe(payload, list(secrets or (self.sandbox.webhook_secret,)), moment)

    def inbox(self) -> set[str]:
        """The ids of the messages that are not done with."""
        return {entry.event_id for entry in self.market.payment_inbox.pending(1000)}


@frozen
class Paid:
    """An order that was paid, of which the marketplace may know nothing yet."""

    shop: Shop
    buyer: Principal
    order: Order
    kept: Order = field()

    @kept.default
    def _kept(self) -> Order:
        return self.shop.market.orders.get(self.order.id)

    def message(self, kind: str = "checkout.session.completed") -> bytes:
        """The body of the provider's latest message of a kind about the order's payment."""
        sessions = self.shop.sandbox.objects("checkout.session")
        paying = next(checkout for checkout in sessions if checkout["id"] == session(self.order))
        names = {paying["id"], paying["payment_intent"]} - {None}
        about = [
            event["id"]
            for event in self.shop.sandbox.events(kind)
            if names & {*map(str, event["data"]["object"].values())}
        ]
        return self.shop.sandbox.webhooks.message(about[-1])[0]

    def deliver(self, kind: str = "checkout.session.completed") -> int:
        """Let that message come; return the status of the answer."""
        return self.shop.post(self.message(kind)).status_code

    @property
    def untouched(self) -> bool:
        """Whether nothing came of anything: no purchase, no entry, the order as it was."""
        waiting = {entry.subject for entry in self.shop.market.payment_inbox.pending(1000)}
        same = self.shop.market.orders.get(self.order.id) == self.kept
        return same and self.owned == [] and session(self.order) not in waiting

    @property
    def owned(self) -> list[str]:
        """What the buyer has."""
        library = self.shop.market.view_library(self.buyer)
        return [item.purchase.automation_id for item in library.items]


@contextmanager
def shop_of(production: Production, folder: Path, limits: LimitSettings) -> Iterator[Shop]:
    """Run a marketplace of the production family, whose sandbox is strict."""
    with Sandbox.start(strict=True) as sandbox, production.ground(folder, SITE) as ground:
        told = load_settings(ground.variables)
        told = evolve(told, notices="memory", limits=limits, admins=ADMINS)
        settings = leading_to(told, sandbox)
        secrets = (SecretStr(sandbox.webhook_secret), SecretStr(OLD))
        settings = settings.having(evolve(settings.of(StripeSettings), webhook_secrets=secrets))
        container = make_container(check(settings))
        # Only a sandboxed site takes tokens that name no site, and signs programs in by them; it
        # alone asks whether a session goes on.
        strict = evolve(container.rooms().of(ClerkRoom).tokens, party_required=True)
        container.identity.override(Object(strict))
        yield Shop(settings, container, World.of(container, sandbox))
        close(container)
