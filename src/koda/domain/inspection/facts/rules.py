"""n8n's own published rules of what its versions 2.0 and 3.0 changed for workflows."""

from collections.abc import Container, Iterator, Mapping
from enum import StrEnum
from functools import cache
from math import inf
from types import MappingProxyType
from typing import Any, Protocol, TypeAlias, cast

from attrs import field, frozen

from koda.domain.inspection.facts.community import community_package, is_verified
from koda.domain.inspection.facts.data import data_of
from koda.domain.inspection.facts.nodes import node_type
from koda.domain.inspection.facts.releases import plain_version

WHOLE_WORKFLOW = "workflow"
"""Instead of a type: the settings of a workflow."""
_File: TypeAlias = Mapping[str, list[Mapping[str, Any]]]
_ANY_TYPE, _UNVERIFIED = "*", "unverified"
"""Instead of types: any, and those of community packages that n8n has not verified."""


class Severity(StrEnum):
    """What becomes of a step."""

    REMOVED = "removed"
    """It fails, until somebody replaces it."""
    BEHAVIOUR = "behaviour"
    """It runs and does something else than before."""
    SETTING = "setting"
    """It runs where whoever operates n8n allows it, or sets something."""


class Node(Protocol):
    """What rules look at: a node of an n8n workflow, such as a `Step` of one."""

    @property
    def key(self) -> str:
        """What it is referred to by."""

    @property
    def type(self) -> str:
        """As in the file."""

    @property
    def version(self) -> str | None:
        """As in the file, where it says one."""

    @property
    def disabled(self) -> bool:
        """Whether it is switched off."""

    @property
    def source(self) -> Mapping[str, object]:
        """The whole object in the file."""


@frozen
class Rule:
    """A change that concerns nodes of some types, where all that the rule says is true of them."""

    id: str
    since: int
    """The major version of n8n that changed it."""
    until: float
    """The last major version for which that holds."""
    severity: Severity
    types: tuple[str, ...]
    source: str
    """Where n8n publishes it, in the repository of its code or of its documentation."""
    lowest: float = -inf
    """The first version of the type that it concerns."""
    below: float = inf
    """The first version of the type, behind the lowest, that it concerns no more."""
    where: Mapping[str, tuple[object, ...]] = field(factory=dict, hash=False)
    """Values in the node, by their paths with dots; None stands for what is not there."""
    contains: tuple[str, ...] = ()
    """Texts of which one is somewhere in the parameters."""
    several: bool = False
    """Whether it concerns nodes with several outputs alone."""
    beside: str | None = None
    """A type that must be in the same workflow."""
    instead: tuple[str, ...] = ()
    """What n8n calls the types to use instead."""

    def concerns(self, node: Node, text: str, types: Container[str]) -> bool:
        """Whether it concerns `node`, in a workflow of nodes of `types`.

        `text` is what `text_of` says of the node. That it is of one of the rule's own types is
        taken for granted.
        """
        return (
            (self.beside is None or self.beside in types)
            and self._is_about(_number(node.version))
            and all(_at(node.source, path) in values for path, values in self.where.items())
            and (not self.several or _has_several_outputs(node))
            and (not self.contains or any(part in text for part in self.contains))
        )

    def _is_about(self, version: float) -> bool:
        """Whether a version of the type is between the bounds, if there are any."""
        return self.lowest <= version and (version < self.below or self.below == inf)


def rules_for(name: str) -> Iterator[Rule]:
    """The rules that may concern nodes of a type, or `WHOLE_WORKFLOW`, in the file's order."""
    by_type = _rules()
    yield from by_type.get(name, ())
    if name != WHOLE_WORKFLOW:
        yield from by_type[_ANY_TYPE]
    package = community_package(name)
    if package and not is_verified(package):
        yield from by_type[_UNVERIFIED]


def text_of(node: Node) -> str:
    """Everything that is written in the parameters of a node."""
    texts = []
    waiting = [node.source.get("parameters")]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            texts.append(value)
        elif isinstance(value, list | tuple):
            waiting += value
        elif isinstance(value, Mapping):
            waiting += value.values()
    return "\n".join(texts)


@cache
def _rules() -> Mapping[str, tuple[Rule, ...]]:
    by_type: dict[str, tuple[Rule, ...]] = {}
    for facts in cast("_File", data_of("n8n_rules"))["rules"]:
        rule = _rule(facts)
        for name in rule.types:
            by_type[name] = (*by_type.get(name, ()), rule)
    return MappingProxyType(by_type)


def _rule(facts: Mapping[str, Any]) -> Rule:
    where = {path: tuple(values) for path, values in facts.get("where", {}).items()}
    return Rule(
        facts["id"],
        facts["since"],
        facts.get("until", inf),
        Severity(facts["severity"]),
        tuple(facts["types"]),
        facts["source"],
        lowest=facts.get("from", -inf),
        below=facts.get("below", inf),
        where=MappingProxyType(where),
        contains=tuple(facts.get("contains", ())),
        several=facts.get("several", False),
        beside=facts.get("beside"),
        instead=tuple(facts.get("instead", ())),
    )


def _number(version: str | None) -> float:
    """A version as n8n compares it; what is no number is newer than any."""
    try:
        return float(plain_version(version))
    except ValueError:
        return inf


def _at(value: object, path: str) -> object:
    for key in path.split("."):
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def _has_several_outputs(node: Node) -> bool:
    known = node_type(node.type)
    fails_apart = node.source.get("onError") == "continueErrorOutput"
    return fails_apart or (known is not None and known.has_several_outputs)
