"""Objects as answers: expanded where asked, and in lists."""

from collections.abc import Sequence

from attrs import frozen

from paysandbox.errors import ApiError, Json, missing
from paysandbox.ledger import PLATFORM
from paysandbox.params import PAGING
from paysandbox.state import Condition, equals
from paysandbox.world import World

_EXPANDABLE = {
    "account": "account",
    "application_fee": "application_fee",
    "balance_transaction": "balance_transaction",
    "charge": "charge",
    "destination": "account",
    "destination_payment": "charge",
    "dispute": "dispute",
    "fee": "application_fee",
    "latest_charge": "charge",
    "originating_transaction": "charge",
    "payment_intent": "payment_intent",
    "product": "product",
    "source_refund": "refund",
    "source_transaction": "charge",
    "source_transfer": "transfer",
    "source_transfer_reversal": "transfer_reversal",
    "transfer": "transfer",
    "transfer_reversal": "transfer_reversal",
}
"""The kind of object behind each field that holds an id."""

_SOURCES = {
    "acct_": "account",
    "ch_": "charge",
    "du_": "dispute",
    "fee_": "application_fee",
    "fr_": "fee_refund",
    "po_": "payout",
    "py_": "charge",
    "re_": "refund",
    "tr_": "transfer",
    "trr_": "transfer_reversal",
    "tu_": "topup",
}
"""The kind of a balance transaction's source by the start of its id."""

_INCLUDED = {
    ("checkout.session", "line_items"): ("item", "_session", "/v1/checkout/sessions/{}/line_items"),
    ("charge", "refunds"): ("refund", "charge", "/v1/charges/{}/refunds"),
}
"""Lists that are left out unless asked for: their kind, the field that points back, their path."""

_LEFT_OUT = frozenset({("charge", "transfer")})
"""Fields that are missing until there is what they hold, and may be asked for all the same."""

_MAX_DEPTH = 4


def render(world: World, body: Json, expand: list[str] | None = None) -> Json:
    """The object as an answer, with the fields named in `expand` as whole objects.

    Raises:
        ApiError: a field that cannot be expanded.
    """
    shown = world.public(body)
    for path in expand or []:
        _check_depth(path)
        _expand(world, shown, path.split("."), path)
    return shown


def _check_depth(path: str) -> None:
    """Refuse more than four properties, a list's `data` among them."""
    if path.count(".") >= _MAX_DEPTH:
        message = f"You cannot expand more than {_MAX_DEPTH} levels of a property. Property: {path}"
        raise ApiError(message, param="expand")


def _expand(world: World, shown: Json, steps: list[str], path: str) -> None:
    head, *rest = steps
    below = _open(world, shown, head, path)
    if not rest:
        return
    if isinstance(below, list):
        for entry in below:
            _expand(world, entry, rest, path)
    elif isinstance(below, dict):
        _expand(world, below, rest, path)


def _open(world: World, shown: Json, name: str, path: str) -> object:
    value = shown.get(name)
    if isinstance(value, dict | list):
        return value
    if (shown.get("object"), name) in _INCLUDED:
        shown[name] = included(world, shown, name)
    elif name in shown and (kind := _kind(name, value)) is not None:
        shown[name] = _fetch(world, kind, value)
    elif name in shown or (shown.get("object"), name) not in _LEFT_OUT:
        raise ApiError(f"This property cannot be expanded ({path}).", param="expand")
    return shown.get(name)


def _kind(name: str, value: object) -> str | None:
    if name == "source" and isinstance(value, str):
        return _SOURCES.get(value.partition("_")[0] + "_")
    return _EXPANDABLE.get(name)


def _fetch(world: World, kind: str, value: object) -> Json | None:
    target = world.state.get(kind, value) if isinstance(value, str) else None
    return None if target is None else world.public(target)


def included(world: World, shown: Json, name: str, *, limit: int = 10) -> Json:
    """The list that belongs to an object, its first page."""
    kind, back, path = _INCLUDED[shown["object"], name]
    rows = world.state.find(kind, **{back: shown["id"]})
    if kind == "refund":
        rows = rows[::-1]
    return listing(path.format(shown["id"]), [world.public(row) for row in rows], limit)


def listing(url: str, rows: list[Json], limit: int) -> Json:
    """A list object of the first `limit` rows."""
    more = len(rows) > limit
    return {"object": "list", "data": rows[:limit], "has_more": more, "url": url}


def with_newest(shown: Json, row: Json, limit: int = 10) -> Json:
    """The first page of a list, newest first, once `row` is a part of it."""
    more = shown["has_more"] or len(shown["data"]) == limit
    return shown | {"data": [row, *shown["data"]][:limit], "has_more": more}


@frozen
class Selection:
    """Which objects a list is of.

    Args:
        kind: the kind of object.
        account: whose they are.
        conditions: what else they fulfil, beside the filters among the parameters.
        reverse: oldest first, where Stripe lists newest first.
    """

    kind: str
    account: str = PLATFORM
    conditions: Sequence[Condition] = ()
    reverse: bool = False


def list_objects(world: World, selection: Selection, url: str, params: Json) -> Json:
    """The page of the selection that list parameters ask for.

    Raises:
        ApiError: the cursor is no object of that kind, or there are two.
    """
    limit = params.get("limit", 10)
    after, before = _cursors(world, selection.kind, params)
    rows = world.state.page(
        selection.kind,
        [
            *equals({**_filters(params), "_account": selection.account}),
            *_created(params.get("created")),
            *selection.conditions,
        ],
        limit=limit + 1,
        after=after,
        before=before,
        reverse=selection.reverse,
    )
    backwards = before is not None and len(rows) > limit
    page = listing(url, rows[1:] if backwards else rows, limit) | {"has_more": len(rows) > limit}
    _expand_page(world, page, params.get("expand", []))
    return page


def _expand_page(world: World, page: Json, paths: list[str]) -> None:
    for path in paths:
        _check_depth(path)
        if not path.startswith("data."):
            advice = f"You may want to try expanding 'data.{path}' instead."
            message = f"This property cannot be expanded ({path}). {advice}"
            raise ApiError(message, param="expand")
    inner = [path.removeprefix("data.") for path in paths]
    page["data"] = [render(world, row, inner) for row in page["data"]]


def _filters(params: Json) -> Json:
    """The values to find by JSON path: a filter on a part of an object names that part."""
    filters: Json = {}
    for name, value in params.items():
        if isinstance(value, dict) and name != "created":
            filters |= {f"{name}.{part}": wanted for part, wanted in value.items()}
        elif name not in PAGING and name != "created":
            filters[name] = value
    return filters


def _created(limits: int | dict[str, int] | None) -> list[Condition]:
    signs = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}
    created = "json_extract(body, '$.created')"
    if limits is None:
        return []
    if isinstance(limits, int):
        return [(f"{created} = ?", limits)]
    return [(f"{created} {signs[name]} ?", value) for name, value in limits.items()]


def _cursors(world: World, kind: str, params: Json) -> tuple[str | None, str | None]:
    if {"starting_after", "ending_before"} <= params.keys():
        message = "You can pass only one of `starting_after` and `ending_before`."
        raise ApiError(message, param="ending_before")
    after = _cursor(world, kind, params, "starting_after")
    return after, _cursor(world, kind, params, "ending_before")


def _cursor(world: World, kind: str, params: Json, name: str) -> str | None:
    identifier = params.get(name)
    if identifier is not None and world.state.get(kind, identifier) is None:
        raise missing(kind, identifier, status=400, param=name)
    return identifier
