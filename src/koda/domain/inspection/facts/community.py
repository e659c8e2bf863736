"""Community packages of n8n: which one a type belongs to, and whether n8n verified it."""

import re
from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any, TypeAlias, cast

from koda.domain.inspection.facts.data import data_of
from koda.domain.inspection.facts.nodes import AI_PACKAGE

BASE_PACKAGE = "n8n-nodes-base"
"""The package of n8n's nodes for apps."""
_File: TypeAlias = Mapping[str, Any]
_PACKAGE = re.compile(r"(?:@[\w.-]+/)?n8n-nodes-[\w.-]+")


def community_package(name: str) -> str | None:
    """Return the package that brings a type, unless n8n itself does.

    `n8n-nodes-foo` of `n8n-nodes-foo.bar`, `@scope/n8n-nodes-foo` of `@scope/n8n-nodes-foo.bar`;
    None, too, for what is no package of nodes by its name.
    """
    package = name.rpartition(".")[0]
    if package in {BASE_PACKAGE, AI_PACKAGE}:
        return None
    return package if _PACKAGE.fullmatch(package) else None


def is_verified(package: str) -> bool:
    """Whether n8n had verified a package on the day of `verified_as_of`; it may have since."""
    return package in _verified()


def verified_as_of() -> date:
    """The day that the list of verified packages is of."""
    return date.fromisoformat(cast("_File", data_of("n8n_verified"))["asked"])


@cache
def _verified() -> frozenset[str]:
    return frozenset(cast("_File", data_of("n8n_verified"))["packages"])
