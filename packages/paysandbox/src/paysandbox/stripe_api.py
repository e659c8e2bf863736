"""The Stripe API over HTTP: who asks, was it asked before, what does it do, what is answered."""

import base64
import binascii
import hmac
import logging
from contextlib import nullcontext

from attrs import define, field

from paysandbox.errors import ApiError, Json
from paysandbox.forms import Tree, decode_form
from paysandbox.http import Answer, Request, json_answer
from paysandbox.idempotency import Answers
from paysandbox.ids import new_id
from paysandbox.ledger import PLATFORM
from paysandbox.names import API_VERSIONS
from paysandbox.resources import (
    accounts,
    balances,
    capabilities,
    charges,
    dispute_calls,
    events,
    fees,
    fraud_warnings,
    intents,
    links,
    refunds,
    reversals,
    sessions,
    transfers,
    webhook_endpoints,
)
from paysandbox.routing import Call, Route
from paysandbox.strict import check_types
from paysandbox.sweeping import sweep
from paysandbox.version import API_VERSION
from paysandbox.world import Seen, World

ROUTES: list[Route] = [
    route
    for module in (
        accounts,
        balances,
        capabilities,
        charges,
        dispute_calls,
        events,
        fees,
        fraud_warnings,
        intents,
        links,
        refunds,
        reversals,
        sessions,
        transfers,
        webhook_endpoints,
    )
    for route in module.routes.all
]
FORM = "application/x-www-form-urlencoded"
MAX_BODY = 1_000_000

log = logging.getLogger(__name__)


@define
class StripeApi:
    """Answers the calls under `/v1/`."""

    world: World
    answers: Answers = field(init=False)

    def __attrs_post_init__(self) -> None:
        """Keep answers in the world's own state."""
        self.answers = Answers(self.world.state, self.world.clock)

    def answer(self, request: Request) -> Answer:
        """Answer one request, whatever it is, and write it into the log."""
        request_id = new_id("req_")
        key = request.header("Idempotency-Key") or None
        asked: Json = {}
        try:
            self._authenticate(request)
            tree = _decode(request)
            asked = {"method": request.method, "path": request.path, "form": tree}
            answer = self._answer_once(request, asked, request_id, key)
        except ApiError as error:
            answer = _refusal(error, request_id)
        params = asked.get("form", {})
        self.world.seen.append(Seen(request.method, request.path, params, key, answer.status))
        version = request.header("Stripe-Version")
        spoken = version if version in API_VERSIONS else API_VERSION
        named = answer.with_headers(Stripe_Version=spoken)
        return named if key is None else named.with_headers(Idempotency_Key=_plain(key))

    def _authenticate(self, request: Request) -> None:
        key = _api_key(request.header("Authorization"))
        if key is None:
            message = (
                "You did not provide an API key. You need to provide your API key in the"
                " Authorization header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_KEY')."
            )
            raise ApiError(message, 401)
        if not hmac.compare_digest(key.encode(), self.world.keys.stripe.encode()):
            raise ApiError(f"Invalid API Key provided: {_masked(key)}", 401)
        version = request.header("Stripe-Version")
        if version and version not in API_VERSIONS:
            raise ApiError(f"Invalid Stripe API version: {version}")

    def _answer_once(
        self, request: Request, asked: Json, request_id: str, key: str | None
    ) -> Answer:
        if key is None or request.method != "POST":
            return self.world.faults.around(request, _Run(self, request, asked, request_id, None))
        run = _Run(self, request, asked, request_id, key)
        # A finished request is no longer in progress, however many repeat it at the same moment.
        with nullcontext() if self.answers.replay(key, asked) else self.answers.claim(key):
            return self.world.faults.around(
                request, run, lambda answer: self.answers.keep(key, asked, answer)
            )


@define
class _Run:
    """One request that has passed the door."""

    api: StripeApi
    request: Request
    asked: Json
    request_id: str
    key: str | None

    def __call__(self) -> Answer:
        if self.key is not None:
            replayed = self.api.answers.replay(self.key, self.asked)
            if replayed is not None:
                return replayed
        call, route = self._prepare()
        sweep(self.api.world)
        try:
            with self.api.world.asked_by(self.request_id, self.key):
                body = route.handler(call)
                return self._keep(json_answer(body).with_headers(Request_Id=self.request_id))
        except ApiError as error:
            return self._keep(_refusal(error, self.request_id))
        except Exception:
            log.exception("The sandbox failed to answer %s %s", route.method, call.path)
            failure = ApiError("The sandbox itself failed; see its log.", 500, "api_error")
            return self._keep(_refusal(failure, self.request_id))

    def _keep(self, answer: Answer) -> Answer:
        if self.key is not None:
            self.api.answers.keep(self.key, self.asked, answer)
        return answer

    def _prepare(self) -> tuple[Call, Route]:
        world, request = self.api.world, self.request
        route, ids = _find(request)
        tree: Tree = self.asked["form"]
        if world.strict and route.types is not None:
            check_types(route.types, tree)
        params = route.params.read(tree)
        account = self._account(route)
        return Call(world, request.path, ids, params, account), route

    def _account(self, route: Route) -> str:
        named = self.request.header("Stripe-Account")
        if not named:
            return PLATFORM
        account = self.api.world.state.get("account", named)
        if account is None or account.get("_deauthorized"):
            message = f"The provided key does not have access to account '{named}'."
            raise ApiError(message, 403, code="account_invalid")
        if not route.accounts:
            message = "This sandbox knows the Stripe-Account header for what an account has alone."
            raise ApiError(message)
        return named


def _refusal(error: ApiError, request_id: str) -> Answer:
    return json_answer(error.body(), error.status).with_headers(Request_Id=request_id)


def _find(request: Request) -> tuple[Route, tuple[str, ...]]:
    path = request.path.rstrip("/")
    for route in ROUTES:
        match = route.pattern.fullmatch(path)
        if match is not None and route.method == request.method:
            return route, match.groups()
    message = (
        f"Unrecognized request URL ({request.method}: {request.path}). The sandbox does not know"
        " this call."
    )
    raise ApiError(message, 404)


def _decode(request: Request) -> Tree:
    if request.method != "POST":
        return decode_form(request.query)
    if len(request.body) > MAX_BODY:
        raise ApiError("The request body is too large.", 413)
    sent = request.header("Content-Type").partition(";")[0].strip().lower()
    if request.body and sent != FORM:
        message = f"Invalid request: the Content-Type must be {FORM}, not '{sent}'."
        raise ApiError(message)
    return decode_form(request.body)


def _api_key(header: str) -> str | None:
    scheme, _, value = header.strip().partition(" ")
    if scheme.lower() == "bearer":
        return value.strip() or None
    if scheme.lower() == "basic":
        return _basic_user(value)
    return None


def _basic_user(value: str) -> str | None:
    try:
        user, _, _ = base64.b64decode(value, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return user or None


def _masked(key: str) -> str:
    shown = key.encode("ascii", "replace").decode()
    return f"{shown[:8]}{'*' * 8}{shown[-4:]}" if len(shown) > len("sk_test_****") else "****"


def _plain(key: str) -> str:
    return key.encode("ascii", "replace").decode()
