"""Keyset pagination: where a page ends, and the conditions of the next one."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from koda.adapters.mongo.database import Document
from koda.domain.model.paging import Cursor
from koda.domain.model.timestamps import to_milliseconds

Ordering = Sequence[tuple[str, int]]
"""The fields that documents are sorted by, each with its direction."""


def last_place(rows: Sequence[Mapping[str, Any]], limit: int, order: Ordering) -> Cursor | None:
    """The place in `order` behind which the next page begins, if there is one beyond `limit`.

    It is that of the last document whose key tells one: a damaged one may not.
    """
    if len(rows) <= limit:
        return None
    name = order[0][0].removeprefix("keys.")
    placed = ((row.get("keys", {}).get(name), row["_id"]) for row in reversed(rows[:limit]))
    return next((Cursor(value, place) for value, place in placed if isinstance(value, int)), None)


def behind(name: str, after: Cursor | None, *, descending: bool = True) -> Document:
    """The conditions on the field `name`, and then on `_id`, of what comes after a place.

    The first bounds what is read of an index; the second tells apart what has the same value.
    """
    if after is None:
        return {}
    operator = "$lt" if descending else "$gt"
    beyond = [{name: {operator: after.value}}, {"_id": {operator: after.id}}]
    return {"$and": [{name: {f"{operator}e": after.value}}, {"$or": beyond}]}


def within(name: str, since: datetime | None, until: datetime | None) -> Document:
    """The condition on the field `name`, in milliseconds: from `since` to before `until` (UTC)."""
    bounds = {"$gte": since, "$lt": until}
    period = {
        operator: to_milliseconds(bound) for operator, bound in bounds.items() if bound is not None
    }
    return {name: period} if period else {}
