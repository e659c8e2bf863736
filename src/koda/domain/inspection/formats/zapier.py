"""Reading exports of Zapier: `zaps`, each with `nodes` keyed by their ids."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from koda.domain.inspection.formats.reading import Document, Reading
from koda.domain.inspection.formats.values import items, mapping, text, written
from koda.domain.inspection.oddities import OddityKind, Path
from koda.domain.inspection.workflows import Link, Step, StepKind, Workflow
from koda.domain.model.file_formats import FileFormat

OWN_APPS = frozenset(
    {"Code", "Delay", "EmailParser", "Filter", "Formatter", "Paths", "RSS", "Schedule", "WebHook"}
)
"""What Zapier itself brings, which works without an account."""
_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
_SUFFIX = re.compile(r"(?:CLI|Dev|V\d+)*API$")
_LOGIC = frozenset({"Branching", "Delay", "Digest", "Engine", "Filter", "Loop", "Looping", "Paths"})
_AI = ("AI", "Anthropic", "ChatGPT", "OpenAI")
"""How the names of apps begin that are models or agents."""


def read_zapier(documents: Sequence[Document]) -> Workflow:
    """Return the graph of the Zaps of an export.

    Raises:
        InvalidValue: more steps or connections than are looked into.
    """
    zaps = [*_zaps(documents)]
    reading = Reading(several=len(zaps) > 1)
    for path, zap in zaps:
        reading.begin(zap.get("title"))
        nodes = mapping(zap.get("nodes"))
        keys = dict(_nodes(reading, nodes, (*path, "nodes")))
        _links(reading, nodes, keys, (*path, "nodes"))
    return reading.workflow(FileFormat.ZAPIER)


def _zaps(documents: Sequence[Document]) -> Iterator[tuple[Path, Mapping[str, object]]]:
    for document in documents:
        for place, zap in enumerate(items(document.content.get("zaps"))):
            yield (*document.path, "zaps", place), mapping(zap)


def _nodes(reading: Reading, nodes: Mapping[str, object], path: Path) -> Iterator[tuple[str, str]]:
    """The id of each step, and its key."""
    for name, found in nodes.items():
        where = (*path, name)
        node = mapping(found)
        if not node:
            reading.odd(OddityKind.UNREADABLE, where)
            continue
        step = _step(reading, node, where)
        reading.add(step)
        yield name, step.key


def _step(reading: Reading, node: Mapping[str, object], path: Path) -> Step:
    api, _, version = text(node.get("selected_api")).partition("@")
    app = _SUFFIX.sub("", api) or api
    action = _UUID.sub("", text(node.get("action")))
    title = text(mapping(node.get("meta")).get("stepTitle")) or text(node.get("title"))
    if not api:
        reading.odd(OddityKind.NO_TYPE, path, title)
    return Step(
        key=reading.key(str(path[-1]), path),
        name=title.strip() or f"{app} {action}".strip(),
        type=f"{api}:{action}" if action else api,
        version=version or None,
        app=app,
        kind=_kind(app, node),
        disabled=False,
        credentials=() if not app or app in OWN_APPS or app in _LOGIC else (app,),
        position=None,
        part=reading.part,
        path=path,
        parameters=mapping(node.get("params")),
        source=node,
    )


def _kind(app: str, node: Mapping[str, object]) -> StepKind:
    if node.get("parent_id") is None:
        return StepKind.TRIGGER
    if app == "Code":
        return StepKind.CODE
    if node.get("type_of") == "filter" or app in _LOGIC:
        return StepKind.LOGIC
    return StepKind.AI if app.startswith(_AI) else StepKind.ACTION


def _links(
    reading: Reading, nodes: Mapping[str, object], keys: Mapping[str, str], path: Path
) -> None:
    """Note who follows whom; what has several successors is where a Zap splits into paths."""
    parents = {name: written(mapping(nodes[name]).get("parent_id")) for name in keys}
    followers = Counter(parents.values())
    for name, parent in parents.items():
        if parent is None:
            continue
        if parent not in keys:
            reading.odd(OddityKind.DANGLING_LINK, (*path, name, "parent_id"), parent)
        else:
            port = Link.ROUTE if followers[parent] > 1 else Link.MAIN
            reading.link(Link(keys[parent], keys[name], port))
