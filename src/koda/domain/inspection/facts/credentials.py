"""What is known of n8n's kinds of credentials."""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any, TypeAlias, cast

from attrs import frozen

from koda.domain.inspection.facts.data import data_of

_File: TypeAlias = Mapping[str, Mapping[str, Mapping[str, Any]]]


@frozen
class CredentialType:
    """A kind of credential: what people call it, and which of its fields are secret."""

    name: str
    title: str
    secrets: tuple[str, ...]


def credential_type(name: str) -> CredentialType | None:
    """Return what is known of a kind of credential by its name in files, `slackApi`; else None."""
    return _credential_types().get(name)


@cache
def _credential_types() -> Mapping[str, CredentialType]:
    kinds = cast("_File", data_of("n8n"))["credentials"]
    return MappingProxyType(
        {
            name: CredentialType(name, facts["name"], tuple(facts.get("secrets", ())))
            for name, facts in kinds.items()
        }
    )
