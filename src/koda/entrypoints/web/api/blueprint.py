"""The API as a blueprint that any Flask application can mount."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any

from attrs import field, frozen
from dependency_injector.containers import Container
from flask import Blueprint, Response, g, request
from msgspec.structs import replace
from werkzeug.exceptions import (
    BadRequest,
    MethodNotAllowed,
    NotFound,
    RequestEntityTooLarge,
    UnsupportedMediaType,
)

from koda.domain.model.errors import NotAuthenticated
from koda.domain.model.people import Credentials, Principal
from koda.domain.model.policy import Policy
from koda.domain.model.sentences import sentence
from koda.entrypoints.languages.catalogues import Languages, packaged
from koda.entrypoints.web.api.openapi import Offer, document
from koda.entrypoints.web.api.operations import Access, AnyOperation, Call, Operation
from koda.entrypoints.web.api.previews import PreviewLinks
from koda.entrypoints.web.api.problems import answer_json, answer_problem, with_cursor
from koda.entrypoints.web.api.reading import (
    check_size,
    read_body,
    read_query,
    read_request_key,
)
from koda.entrypoints.web.api.schemas.common import Nothing
from koda.entrypoints.web.api.table import OPERATIONS
from koda.entrypoints.web.csrf import check_origin
from koda.entrypoints.web.http_errors import NoSuchAddress
from koda.entrypoints.web.impersonation import note_impersonation
from koda.entrypoints.web.language import Speaker
from koda.entrypoints.web.visitors import unknown_caller
from koda.entrypoints.wiring.compose import UseCases
from koda.entrypoints.wiring.cursors import Cursors
from koda.ports.rate_limiter import RateLimiter

DOCUMENT = "/openapi.json"

_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "QUERY")
_REFUSALS = (BadRequest, NotFound, MethodNotAllowed, RequestEntityTooLarge, UnsupportedMediaType)
_NOTHING = Nothing()


def api_blueprint(container: Container, languages: Languages | None = None) -> Blueprint:
    """Return the API over the use cases of `container`, which are resolved here and now.

    Mount it under any prefix, such as `/api/v1`. It reads bearer tokens alone and never a cookie.
    An `Identity` may look at more: without a bearer token, what changes anything may not come from
    a page of another site. Where the application protects every form, exempt this blueprint.
    Whatever fails under its prefix is answered as `application/problem+json`. Preview images have
    a link where the pages are mounted, too. Callers read problems in one of `languages`, by default
    those that come with Koda.
    """
    root = root_of(container)
    offer = Offer(root.policy, root.use_cases.onboard_seller.countries)
    operations = (*OPERATIONS, _describing(OPERATIONS, offer))
    made = Blueprint("api", __name__)
    made.url_value_preprocessor(Speaker(languages or packaged()))
    for path, methods in _by_path(operations).items():
        rule = path.replace("{", "<").replace("}", ">")
        endpoint = next(iter(methods.values())).name
        _add(made, rule, endpoint, Resource(root, methods))
    _add(made, "/", "root", _nowhere)
    _add(made, "/<path:rest>", "nowhere", _nowhere)
    # Flask asks an application's handler of a status before a blueprint's handler of everything.
    for kind in (Exception, *_REFUSALS):
        made.register_error_handler(kind, answer_problem)
    return made


def _add(made: Blueprint, rule: str, endpoint: str, view: Callable[..., Response]) -> None:
    made.add_url_rule(
        rule,
        endpoint,
        view,
        provide_automatic_options=False,
        methods=_METHODS,
        strict_slashes=rule != "/",
    )


def _by_path(operations: Iterable[AnyOperation]) -> Mapping[str, Mapping[str, AnyOperation]]:
    """The operations of each path by their method."""
    paths: dict[str, dict[str, AnyOperation]] = defaultdict(dict)
    for operation in operations:
        paths[operation.path][operation.method] = operation
    return paths


def _nowhere(**_: str) -> Response:
    """Answer every address at which there is nothing."""
    raise NoSuchAddress(
        sentence(
            "There is no such address; the document is at {document} of this API.",
            document=DOCUMENT,
        )
    )


def _describing(operations: Iterable[AnyOperation], offer: Offer) -> AnyOperation:
    """The operation that answers the document of `operations`, of itself, and of the server."""

    @cache
    def described() -> dict[str, Any]:
        return document((*operations, operation), offer)

    def describe(_: Call[Nothing, Nothing]) -> dict[str, Any]:
        root = request.root_path + request.path.removesuffix(DOCUMENT)
        return {**described(), "servers": [{"url": root or "/"}]}

    operation = Operation(
        name="describe_api",
        method="GET",
        path=DOCUMENT,
        subject="Description",
        summary="Get this document",
        access=Access.PUBLIC,
        query=Nothing,
        body=Nothing,
        answer=dict[str, Any],
        handle=describe,
    )
    return operation


@frozen
class Root:
    """What all operations of an API share."""

    use_cases: UseCases
    policy: Policy
    cursors: Cursors
    rate_limiter: RateLimiter


def root_of(container: Container) -> Root:
    """Ask `container` for what its API stands on."""
    return Root(
        container.use_cases(), container.policy(), container.cursors(), container.rate_limiter()
    )


@frozen
class Resource:
    """What stands at one path: an operation for each method, and the way to it."""

    root: Root
    operations: Mapping[str, AnyOperation]
    allowed: str = field(init=False)

    @allowed.default
    def _allowed(self) -> str:
        methods = {*self.operations, "OPTIONS"} | ({"HEAD"} if "GET" in self.operations else set())
        return ", ".join(sorted(methods))

    def __call__(self, **path: str) -> Response:
        """Answer the request at hand."""
        method = "GET" if request.method == "HEAD" else request.method
        if method == "OPTIONS":
            return Response(status=204, headers={"Allow": self.allowed})
        operation = self.operations.get(method)
        if operation is None:
            raise MethodNotAllowed(self.allowed.split(", "))
        check_size(request)
        if operation.method != "GET" and "Authorization" not in request.headers:
            check_origin()
        visitor = self._admitted(operation)
        answer = operation.handle(self._call(operation, visitor, path))
        written = with_cursor(answer, self.root.cursors)
        return answer_json(written, operation.status, operation.max_age)

    def _admitted(self, operation: AnyOperation) -> Principal | None:
        """Find out who calls, and count the call where it is limited."""
        try:
            visitor = self._visitor(operation.access)
        except NotAuthenticated:
            self._count(operation, unknown_caller())
            raise
        if not operation.counts_itself:
            self._count(operation, f"user:{visitor.user_id}" if visitor else unknown_caller())
        return visitor

    def _visitor(self, access: Access) -> Principal | None:
        authorization = request.headers.get("Authorization")
        anonymous = access is Access.OPTIONAL and authorization is None
        if access is Access.PUBLIC or anonymous:
            return None
        caller = self.root.use_cases.authenticate(Credentials(authorization=authorization))
        g.koda_principal = caller.principal
        note_impersonation(caller.principal)
        return caller.principal

    def _count(self, operation: AnyOperation, caller: str) -> None:
        if operation.limit is not None:
            self.root.rate_limiter.check(operation.limit, caller)

    def _call(
        self, operation: AnyOperation, visitor: Principal | None, path: Mapping[str, str]
    ) -> Call[Any, Any]:
        body = _NOTHING
        if operation.body is not Nothing:
            body = read_body(request, operation.body, optional=operation.body_optional)
        return Call(
            use_cases=self.root.use_cases,
            policy=self.root.policy,
            cursors=self.root.cursors,
            visitor=visitor,
            path=path,
            query=self._query(operation),
            body=body,
            request_key=read_request_key(request) if operation.keyed else None,
            preview=PreviewLinks(),
            admit=lambda: self._count(operation, unknown_caller()),
        )

    def _query(self, operation: AnyOperation) -> Any:
        """What is asked for; a cursor of ours without its signature."""
        query = read_query(request, operation.query)
        cursor = self.root.cursors.read(getattr(query, "cursor", None) or None)
        return query if cursor is None else replace(query, cursor=cursor)
