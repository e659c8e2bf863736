"""What is known of n8n's own node types; the file is made by `python -m tools.n8n_facts`."""

from collections.abc import Container, Mapping
from functools import cache
from types import MappingProxyType
from typing import Any, TypeAlias, cast

from attrs import evolve, field, frozen

from koda.domain.inspection.facts.data import data_of
from koda.domain.inspection.facts.releases import Release, plain_version

AI_PACKAGE = "@n8n/n8n-nodes-langchain"
"""The package of n8n's nodes for AI; its types begin with its name and a dot."""
_MODEL_NAMES = (" Chat Model", " Language Model", " Model", " Embeddings")
_File: TypeAlias = Mapping[str, Mapping[str, Mapping[str, Any]]]
_MODELS = frozenset({"ai_embedding", "ai_languageModel"})
_ASKING = "HitlTool"
_TOOLS = (_ASKING, "Tool")
_ASKING_SINCE = Release(2, 6)
"""Of the releases of the package `n8n`, 2.6.4 is the first that makes them (`hitl-tools.js`)."""


@frozen
class NodeType:
    """A type of n8n's nodes, over all of its versions.

    `name` is as in files, with its package; `title` is what n8n's editor calls it.
    """

    name: str
    title: str
    is_core: bool
    """Whether it is a tool of n8n's own, such as If or HTTP Request, instead of somebody's app."""
    is_trigger: bool
    gives: tuple[str, ...]
    """What it serves others with, such as `ai_languageModel`; empty for what runs by itself."""
    has_several_outputs: bool
    """Whether it may have more than one main output."""
    credentials: tuple[str, ...]
    """The kinds of credentials that it can use."""
    secrets: tuple[str, ...]
    """The parameters that n8n shows as passwords, at whatever depth."""
    versions: Mapping[str, Release] = field(repr=False)
    """The first release with each version of it."""
    until: Mapping[str, Release] = field(repr=False)
    """The last release with a version that the newest one has no more."""
    tool_since: Release | None
    """The first release that lets an agent use it as a tool."""
    model_provider: str | None = None
    """Whose models it uses or serves others with, such as `OpenAI`, if any."""

    @property
    def is_ai(self) -> bool:
        """Whether it is of n8n's package for AI."""
        return self.name.startswith(f"{AI_PACKAGE}.")

    @property
    def app(self) -> str:
        """The product that it works with: `Slack` of a `Slack Trigger`, `OpenAI` of a model."""
        if self.is_core:
            return self.title
        return self.model_provider or self.title.removesuffix(" Trigger")

    @property
    def serves_models(self) -> bool:
        """Whether it serves others with models of its own provider."""
        return bool(self.credentials) and not _MODELS.isdisjoint(self.gives)


def node_type(name: str) -> NodeType | None:
    """Return what is known of a type by its name in files, `n8n-nodes-base.slack`; else None.

    `…Tool` of a type is the variant that n8n makes of it for agents, `…HitlTool` the one by which
    they ask a human first.
    """
    types = _node_types()
    if name in types:
        return types[name]
    return _tools().get(name) if name.endswith("Tool") else None


def needed_release(name: str, version: str | None) -> Release | None:
    """Return the first release of n8n that knows a version of a type, or None where none does.

    `version` is as in files, and 1 where a node does not say. What releases between those that
    were read brought counts as brought by the later of them.
    """
    known = node_type(name)
    return known.versions.get(plain_version(version)) if known else None


@cache
def _tools() -> Mapping[str, NodeType]:
    """The variants of types that n8n makes for agents, by their names."""
    types = _node_types().values()
    tools = (_tool(made_of, suffix) for made_of in types for suffix in _TOOLS)
    return MappingProxyType({tool.name: tool for tool in tools if tool})


def _tool(made_of: NodeType, suffix: str) -> NodeType | None:
    if made_of.tool_since is None:
        return None
    since = max(made_of.tool_since, _ASKING_SINCE if suffix == _ASKING else made_of.tool_since)
    return evolve(
        made_of,
        name=f"{made_of.name}{suffix}",
        is_trigger=False,
        gives=("ai_tool",),
        has_several_outputs=False,
        versions={version: max(since, first) for version, first in made_of.versions.items()},
    )


@cache
def _node_types() -> Mapping[str, NodeType]:
    facts = cast("_File", data_of("n8n"))["types"]
    types = {name: _node_type(name, described) for name, described in facts.items()}
    providers = {_provider(known) for known in types.values() if known.serves_models}
    return MappingProxyType(
        {name: _with_provider(known, providers) for name, known in types.items()}
    )


def _with_provider(known: NodeType, providers: Container[str]) -> NodeType:
    """Tell the provider of models, or of what n8n calls by the name of a provider of models."""
    if known.serves_models or (known.is_ai and known.title in providers):
        return evolve(known, model_provider=_provider(known))
    return known


def _provider(known: NodeType) -> str:
    """What is left of `OpenAI Chat Model`, `Ollama Model` or `Embeddings OpenAI`."""
    provider = known.title.removeprefix("Embeddings ")
    for suffix in _MODEL_NAMES:
        provider = provider.removesuffix(suffix)
    return provider


def _node_type(name: str, facts: Mapping[str, Any]) -> NodeType:
    return NodeType(
        name,
        facts["name"],
        is_core=facts.get("core", False),
        is_trigger=facts.get("trigger", False),
        gives=tuple(facts.get("gives", ())),
        has_several_outputs=facts.get("several", False),
        credentials=tuple(facts.get("credentials", ())),
        secrets=tuple(facts.get("secrets", ())),
        versions=_by_version(facts["versions"]),
        until=_by_version(facts.get("until", {})),
        tool_since=Release.parse(facts["tool"]) if "tool" in facts else None,
    )


def _by_version(releases: Mapping[str, str]) -> Mapping[str, Release]:
    return MappingProxyType(
        {
            version: Release.parse(release)
            for release, versions in releases.items()
            for version in versions.split()
        }
    )
