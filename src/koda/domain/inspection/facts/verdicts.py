"""Whether a workflow runs on n8n 1, 2 and 3, and why not."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from attrs import evolve, frozen

from koda.domain.inspection.facts.community import community_package
from koda.domain.inspection.facts.nodes import needed_release, node_type
from koda.domain.inspection.facts.reasons import reason_of
from koda.domain.inspection.facts.releases import Release, plain_version
from koda.domain.inspection.facts.rules import (
    WHOLE_WORKFLOW,
    Node,
    Rule,
    Severity,
    rules_for,
    text_of,
)
from koda.domain.model.reports import Compatibility
from koda.domain.model.sentences import Sentence, sentence

MAJORS = (1, 2, 3)
"""The major versions of n8n that verdicts are about."""


@frozen
class Reason:
    """Why a workflow may not run as it is, with the keys of the nodes that this is about.

    A setting of the workflow itself is about none.
    """

    outcome: Compatibility
    said: Sentence
    keys: tuple[str, ...] = ()


@frozen
class Verdict:
    """Whether a workflow runs on a major version of n8n, the reasons that forbid it first."""

    major: int
    outcome: Compatibility
    release: Release | None
    """The first of this version that knows all of its nodes; None where it does not run."""
    reasons: tuple[Reason, ...]


@frozen
class _Settings:
    """The settings of a workflow, in the shape of a node."""

    source: Mapping[str, object]
    key: str = ""
    type: str = WHOLE_WORKFLOW
    version: str | None = None
    disabled: bool = False


def lowest_release(nodes: Iterable[Node]) -> Release | None:
    """The first release of n8n that knows every node whose type is n8n's own; None without any.

    Nodes that are switched off do not count.
    """
    kinds = {(node.type, node.version) for node in nodes if not node.disabled}
    needed = (needed_release(name, version) for name, version in kinds)
    return max((release for release in needed if release), default=None)


def verdicts(
    nodes: Sequence[Node], settings: Iterable[Mapping[str, object]] = ()
) -> tuple[Verdict, ...]:
    """Return a verdict for each of `MAJORS`, by n8n's own rules and what its releases know.

    `settings` are those of each workflow in the file. Nodes that are switched off do not count.
    """
    counted = [node for node in nodes if not node.disabled]
    wholes = (_Settings({"settings": said}) for said in settings)
    broken = [*_broken((*counted, *wholes))]
    needed = lowest_release(counted) or Release(1, 0)
    return tuple(_verdict(major, counted, broken, needed) for major in MAJORS)


def _broken(nodes: Sequence[Node]) -> Iterator[tuple[Rule, Reason]]:
    """What the rules say of nodes, each with its rule."""
    types = frozenset(node.type for node in nodes)
    for node in nodes:
        text = text_of(node)
        for rule in rules_for(node.type):
            if rule.concerns(node, text, types):
                known = node_type(node.type)
                title = known.title if known else node.type
                fails = rule.severity is Severity.REMOVED
                said = reason_of(rule, title, community_package(node.type))
                outcome = Compatibility.FAILS if fails else Compatibility.CHANGES
                yield rule, Reason(outcome, said, (node.key,))


def _verdict(
    major: int, nodes: Sequence[Node], broken: Sequence[tuple[Rule, Reason]], needed: Release
) -> Verdict:
    said = [reason for rule, reason in broken if rule.since <= major <= rule.until]
    unknown = [reason for node in nodes for reason in _unknown(major, node)]
    reasons = _grouped(said + unknown)
    outcome = reasons[0].outcome if reasons else Compatibility.RUNS
    release = None if outcome is Compatibility.FAILS else max(Release(major, 0), needed)
    return Verdict(major, outcome, release, reasons)


def _unknown(major: int, node: Node) -> Iterator[Reason]:
    """What stands against a node by the releases that know it, and those that do no more."""
    known = node_type(node.type)
    version = plain_version(node.version)
    if known is None:
        yield Reason(Compatibility.CHANGES, _unknown_type(node.type), (node.key,))
    elif version not in known.versions:
        said = sentence(
            "No release of n8n is known that has a version {version} of {app}",
            version=version,
            app=known.title,
        )
        yield Reason(Compatibility.CHANGES, said, (node.key,))
    elif known.versions[version].major > major:
        said = sentence(
            "{app} in version {version} needs n8n {release} or newer",
            app=known.title,
            version=version,
            release=str(known.versions[version]),
        )
        yield Reason(Compatibility.FAILS, said, (node.key,))
    elif version in known.until and known.until[version].major < major:
        said = sentence(
            "n8n {release} was the last to have version {version} of {app}",
            release=str(known.until[version]),
            version=version,
            app=known.title,
        )
        yield Reason(Compatibility.FAILS, said, (node.key,))


def _unknown_type(name: str) -> Sentence:
    package = community_package(name)
    if package is None:
        return sentence("{type} is no type of nodes that is known of n8n", type=name)
    return sentence(
        "The community package {package} must be installed; which releases of n8n it runs on is "
        "not known",
        package=package,
    )


def _grouped(reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    """The reasons, each of them once for all of its nodes, what fails before what changes."""
    grouped: dict[tuple[Compatibility, str], Reason] = {}
    for reason in reasons:
        same = (reason.outcome, str(reason.said))
        known = grouped.get(same)
        keys = (*(known.keys if known else ()), *filter(None, reason.keys))
        grouped[same] = evolve(reason, keys=tuple(dict.fromkeys(keys)))
    return tuple(
        sorted(grouped.values(), key=lambda reason: reason.outcome is not Compatibility.FAILS)
    )
