"""Everything behind the sandbox's address: two APIs, the hosted pages and the control."""

import json
import logging
from typing import Any

from attrs import define, field

from paysandbox.clerk.api import ClerkApi
from paysandbox.clerk.frontend import FrontendApi
from paysandbox.clerk.keys import SigningKey
from paysandbox.clerk.sessions import Tokens
from paysandbox.errors import ApiError, ClerkError, Json
from paysandbox.http import Answer, Request, json_answer
from paysandbox.ids import drawing
from paysandbox.ledger import UnbalancedError
from paysandbox.operations import Operations
from paysandbox.pages.site import CLERK_PAGES, Site
from paysandbox.stripe_api import StripeApi
from paysandbox.world import World

CONTROL = "/_sandbox/"

log = logging.getLogger(__name__)


@define
class App:
    """Passes each request to the part that it is for."""

    world: World
    operations: Operations = field(init=False)
    _stripe: StripeApi = field(init=False)
    _clerk: ClerkApi = field(init=False)
    _frontend: FrontendApi = field(init=False)
    _site: Site = field(init=False)

    def __attrs_post_init__(self) -> None:
        """Build the parts over the one world."""
        key = SigningKey(self.world.state)
        tokens = Tokens(self.world, key)
        self.operations = Operations(self.world, key, tokens)
        self._stripe = StripeApi(self.world)
        self._clerk = ClerkApi(self.world, key, tokens)
        self._frontend = FrontendApi(self.world, tokens)
        self._site = Site(self.world, tokens)

    def answer(self, request: Request) -> Answer:
        """Answer any request; a mistake of the sandbox's own is logged and answered with 500."""
        try:
            with drawing(self.world.source):
                return self._route(request)
        except Exception:
            log.exception("The sandbox failed at %s %s", request.method, request.path)
            return _trouble("The sandbox itself failed; see its log.", "internal", 500)

    def _route(self, request: Request) -> Answer:
        if request.path.startswith(CONTROL):
            return self._steer(request)
        if request.path.startswith("/v1/"):
            return self._stripe.answer(request)
        if self._frontend.serves(request.path):
            return self.world.faults.around(request, lambda: self._frontend.answer(request))
        if request.path.startswith("/clerk/") and request.path not in CLERK_PAGES:
            return self.world.faults.around(request, lambda: self._clerk.answer(request))
        return self.world.faults.around(request, lambda: self._site.answer(request))

    def _steer(self, request: Request) -> Answer:
        sent = request.header("Content-Type").partition(";")[0]
        if request.method != "POST" or sent != "application/json":
            return _trouble("Operations are POST requests with a JSON body.", None, 415)
        try:
            arguments = json.loads(request.body)
            return json_answer({"result": self.perform(request.path[len(CONTROL) :], arguments)})
        except (ApiError, ClerkError) as error:
            return _trouble(error.message, error.code)
        except (LookupError, TypeError, ValueError, UnbalancedError) as error:
            return _trouble(str(error), type(error).__name__)

    def perform(self, name: str, arguments: Json) -> Any:
        """Run an operation by name."""
        with drawing(self.world.source):
            return self.operations.perform(name, arguments)


def _trouble(message: str, code: str | None, status: int = 400) -> Answer:
    return json_answer({"error": {"message": message, "code": code}}, status)
