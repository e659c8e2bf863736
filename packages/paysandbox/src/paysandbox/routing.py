"""Which handler answers which call of the Stripe API."""

import re
from collections.abc import Callable, Sequence

from attrs import define, field, frozen

from paysandbox.errors import Json, missing
from paysandbox.ledger import PLATFORM
from paysandbox.params import Shape
from paysandbox.rendering import Selection, list_objects, render
from paysandbox.state import Condition
from paysandbox.world import World


@frozen
class Call:
    """One checked call of the API.

    Args:
        world: the sandbox.
        path: as asked, for the addresses of lists.
        ids: the ids in the path, in their order.
        params: the checked parameters as Python values.
        account: whose view is asked for: `platform`, or a connected account.
    """

    world: World
    path: str
    ids: tuple[str, ...]
    params: Json
    account: str = PLATFORM

    def load(self, kind: str, identifier: str | None = None, *, param: str = "id") -> Json:
        """An object of the caller's; the first id of the path unless told otherwise.

        Raises:
            ApiError: there is none of that kind and id.
        """
        wanted = self.ids[0] if identifier is None else identifier
        body = self.world.state.get(kind, wanted)
        if body is None or body["_account"] != self.account:
            raise missing(kind, wanted, param=param)
        return body

    def show(self, body: Json) -> Json:
        """The object as the answer, expanded as asked."""
        return render(self.world, body, self.params.get("expand"))

    def list(
        self,
        kind: str,
        params: Json | None = None,
        *,
        conditions: Sequence[Condition] = (),
        reverse: bool = False,
    ) -> Json:
        """The page of the caller's objects that the parameters ask for.

        Args:
            kind: the kind of object.
            params: the filters and the place, if others than the call's own.
            conditions: what the objects fulfil beside the filters.
            reverse: oldest first.
        """
        chosen = self.params if params is None else params
        selection = Selection(kind, self.account, conditions, reverse)
        return list_objects(self.world, selection, self.path, chosen)


Handler = Callable[[Call], Json]


@frozen
class Route:
    """One call of the API: its path, its parameters and its handler.

    Args:
        method: in capitals.
        pattern: matches the path, each id as a group.
        params: the parameters that it takes.
        handler: makes the answer.
        types: module and class of the parameters' type in the Stripe library, for strict mode.
        accounts: whether it can be asked on behalf of a connected account.
    """

    method: str
    pattern: re.Pattern[str]
    params: Shape
    handler: Handler
    types: str | None = None
    accounts: bool = False


@define
class Routes:
    """The calls of one kind of object."""

    all: list[Route] = field(factory=list)

    def add(
        self, call: str, params: Shape, *, types: str | None = None, accounts: bool = False
    ) -> Callable[[Handler], Handler]:
        """Register the decorated handler for a call such as `GET /v1/charges/{id}`."""
        method, path = call.split(" ")
        pattern = re.compile(re.sub(r"\{[a-z]+\}", "([^/]+)", re.escape(path).replace("\\", "")))

        def register(handler: Handler) -> Handler:
            self.all.append(Route(method, pattern, params, handler, types, accounts))
            return handler

        return register
