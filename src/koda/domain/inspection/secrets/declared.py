"""Which fields of a workflow n8n declares secret."""

from collections.abc import Iterable

from koda.domain.inspection.facts.nodes import node_type
from koda.domain.inspection.secrets.finding import DeclaredFields


def declared_in(types: Iterable[str]) -> DeclaredFields:
    """The parameters that n8n shows as passwords, by those of the `types` of nodes that have some.

    What `secrets_in_json` takes, made of the types of the nodes of one workflow.
    """
    known = {name: node_type(name) for name in set(types)}
    return {name: frozenset(kind.secrets) for name, kind in known.items() if kind and kind.secrets}
