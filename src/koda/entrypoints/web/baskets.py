"""The basket, kept in the visitor's signed session cookie: ids alone, no prices."""

from collections.abc import Iterable

from flask import request

from koda.domain.model.errors import InvalidValue, TooManyLines
from koda.domain.model.identifiers import AutomationId
from koda.domain.model.sentences import sentence
from koda.entrypoints.web.sessions import BASKET, keep, kept

LONGEST_ID = 64
"""Characters."""


def basket_ids() -> tuple[AutomationId, ...]:
    """Return what is in the basket, in the order in which it was put there."""
    return tuple(AutomationId(automation_id) for automation_id in kept(BASKET, ()))


def basket_count(cookie_name: str) -> int:
    """Return how many things are in the basket; without a session cookie it is not even read."""
    return len(kept(BASKET, ())) if cookie_name in request.cookies else 0


def put_in_basket(automation_id: AutomationId, limit: int) -> None:
    """Put one thing in, once.

    Raises:
        TooManyLines: the basket holds `limit` things already.
        InvalidValue: too long for an id.
    """
    held = basket_ids()
    if automation_id in held:
        return
    if len(automation_id) > LONGEST_ID:
        raise InvalidValue("automation_id", sentence("is none of the catalogue; choose one there"))
    if len(held) >= limit:
        raise TooManyLines(limit)
    keep(BASKET, [*held, automation_id])


def take_from_basket(automation_ids: Iterable[AutomationId]) -> None:
    """Take things out; those that are not in it do not matter."""
    gone = set(automation_ids)
    held = basket_ids()
    left = [automation_id for automation_id in held if automation_id not in gone]
    if len(left) != len(held):
        keep(BASKET, left)
