"""Stores keep what a class declares: an unknown subclass would lose the fields that it adds."""

from collections.abc import Callable
from functools import cache
from operator import attrgetter
from types import UnionType
from typing import Any, Union, get_args, get_origin

from attrs import fields, has, resolve_types

_Check = Callable[[Any], None]
"""Raises `TypeError` for a value that is not exactly of the type that was declared for it."""


def check_exact(value: object, kind: object = None) -> None:
    """Refuse an entity of which any part is of an unknown subclass of what is declared.

    `kind` is the class or the union of classes that it is of; by default, the first class of attrs
    among those that it inherits from.

    Raises:
        TypeError: names the subclass.
    """
    own: type = type(value)
    declared: Any = _root_of(own) if kind is None else kind
    check = _check_of(declared)
    if check is not None:
        check(value)


@cache
def _root_of(kind: type) -> type:
    return next(base for base in reversed(kind.__mro__) if has(base) or base is kind)


@cache
def _check_of(kind: Any) -> _Check | None:
    """What values declared as `kind` are checked by; nothing if no class of attrs is in it."""
    if get_origin(kind) in {Union, UnionType}:
        return _of_union(frozenset(get_args(kind)))
    if get_origin(kind) is tuple:
        return _of_tuple(get_args(kind)[0])
    if isinstance(kind, type) and has(kind):
        return _of_classes({kind: _parts_of(kind)})
    return None


def _of_union(members: frozenset[Any]) -> _Check | None:
    classes = {member: _parts_of(member) for member in members if has(member)}
    return _of_classes(classes) if classes else None


def _of_tuple(item: Any) -> _Check | None:
    check = _check_of(item)
    if check is None:
        return None

    def check_all(values: tuple[Any, ...]) -> None:
        for value in values:
            check(value)

    return check_all


_Parts = tuple[tuple[Callable[[Any], Any], _Check], ...]
"""How the fields of a class are read that hold classes of attrs, and what checks each."""


def _parts_of(kind: type) -> _Parts:
    checks = ((part.name, _check_of(part.type)) for part in fields(resolve_types(kind)))
    return tuple((attrgetter(name), check) for name, check in checks if check is not None)


def _of_classes(classes: dict[type, _Parts]) -> _Check:
    def check_one(value: Any) -> None:
        kind = type(value)
        parts = classes.get(kind)
        if parts is not None:
            for read, check in parts:
                check(read(value))
        elif has(kind):
            names = " or ".join(sorted(known.__name__ for known in classes))
            raise TypeError(
                f"must be {names}, not {kind.__qualname__}: stores would lose the fields it adds"
            )

    return check_one
