"""What an operation of the API is, and the call of one."""

from collections.abc import Callable, Mapping
from enum import Enum, auto
from typing import Any, Generic, TypeVar

from attrs import frozen

from koda.domain.model.errors import KodaError, NotAuthenticated
from koda.domain.model.identifiers import AutomationId
from koda.domain.model.people import Principal
from koda.domain.model.policy import Policy
from koda.entrypoints.web.api.previews import PreviewLinks
from koda.entrypoints.wiring.compose import UseCases
from koda.entrypoints.wiring.cursors import Cursors

Query = TypeVar("Query")
Body = TypeVar("Body")


class Access(Enum):
    """Who may call: anybody, unread; anybody, known if they say who they are; known callers."""

    PUBLIC = auto()
    OPTIONAL = auto()
    REQUIRED = auto()


@frozen(kw_only=True)
class Call(Generic[Query, Body]):
    """A request that was understood: who calls, with what, on which path.

    `request_key` is the `Idempotency-Key` header, of the operations that take one. `admit` counts
    the call, for the operations that do so themselves; it raises `TooMany`.
    """

    use_cases: UseCases
    policy: Policy
    cursors: Cursors
    visitor: Principal | None
    path: Mapping[str, str]
    query: Query
    body: Body
    request_key: str | None
    preview: PreviewLinks
    admit: Callable[[], None]

    @property
    def principal(self) -> Principal:
        """The caller, where one must be known; raises `NotAuthenticated` otherwise."""
        if self.visitor is None:
            raise NotAuthenticated
        return self.visitor

    @property
    def automation_id(self) -> AutomationId:
        """The automation that the path names."""
        return AutomationId(self.path["automation_id"])


@frozen(kw_only=True)
class Operation(Generic[Query, Body]):
    """One entry of the API's table; its route and its description are both made from it.

    `path` names its parameters in braces. `query`, `body` and `answer` are the types on the wire.
    `errors` are those of the operation's own; what goes with access, reading and outages is added
    to all. `limit` is the action that the rate limiter counts, before the call unless
    it `counts_itself`. `keyed` operations take an
    `Idempotency-Key`. For `max_age` seconds the caller's own cache may give the answer again.
    """

    name: str
    method: str
    path: str
    subject: str
    summary: str
    access: Access
    query: type[Query]
    body: type[Body]
    answer: type[Any]
    handle: Callable[[Call[Query, Body]], Any]
    status: int = 200
    errors: tuple[type[KodaError], ...] = ()
    limit: str | None = None
    counts_itself: bool = False
    body_optional: bool = False
    keyed: bool = False
    max_age: int = 0


AnyOperation = Operation[Any, Any]
