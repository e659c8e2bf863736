"""Requests held against the parameter types of the installed Stripe library."""

import importlib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.util import find_spec
from typing import Any

from paysandbox.errors import ApiError
from paysandbox.forms import Tree

LIBRARIES = ("pydantic", "stripe")
ADVICE = "run pip install 'paysandbox[strict]'"


def check_installed(libraries: Sequence[str] = LIBRARIES) -> None:
    """See that strict mode has what it needs, before a request does.

    Raises:
        ValueError: names the library to install.
    """
    for library in libraries:
        if find_spec(library) is None:
            raise ValueError(f"strict mode needs the library {library!r}: {ADVICE}")


def check_types(types: str, tree: Tree) -> None:
    """Refuse a form that the library's own types would not allow.

    Args:
        types: module and class, as in `stripe.params._refund_create_params:RefundCreateParams`.
        tree: the decoded form; numbers and truth values still as texts.

    Raises:
        ApiError: an unknown, missing or ill-typed parameter, nested ones too.
    """
    from pydantic import ValidationError  # noqa: PLC0415 - strict mode alone needs this library

    try:
        _adapter(types).validate_python(_with_lists(tree))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        name = ".".join(str(step) for step in first["loc"])
        code = "parameter_unknown" if first["type"] == "extra_forbidden" else None
        message = f"The Stripe library's types refuse {name}: {first['msg']:.300}"
        raise ApiError(message, code=code, param=name) from error


@cache
def _adapter(types: str) -> Any:
    """The validator of a TypedDict whose module's TypedDicts all forbid unknown keys."""
    from pydantic import ConfigDict, TypeAdapter, with_config  # noqa: PLC0415 - see above

    path, _, name = types.partition(":")
    module = importlib.import_module(path)
    closed = ConfigDict(extra="forbid", arbitrary_types_allowed=True)
    for found in vars(module).values():
        if isinstance(found, type) and hasattr(found, "__total__"):
            with_config(closed)(found)
    adapter: Any = TypeAdapter(getattr(module, name))
    adapter.rebuild(
        _types_namespace={**vars(module), "Mapping": Mapping, "StripeContext": str}, force=True
    )
    return adapter


def _with_lists(tree: Tree) -> Any:
    values = {
        key: _with_lists(value) if isinstance(value, dict) else value for key, value in tree.items()
    }
    if values and all(key.isdecimal() for key in values):
        return [values[key] for key in sorted(values, key=int)]
    return values
