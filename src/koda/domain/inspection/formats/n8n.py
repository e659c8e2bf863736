"""Reading n8n workflows, of whatever version wrote them.

`nodes` is an array; `connections` an object keyed by the name of the source, then by the kind of
output, of arrays of arrays of `{node, type, index}`, of which any may be null.
"""

from collections.abc import Iterator, Mapping, Sequence

from koda.domain.inspection.facts.effects import Effect, effect_of
from koda.domain.inspection.formats.reading import Document, Reading
from koda.domain.inspection.formats.values import items, mapping, number, pair, text, written
from koda.domain.inspection.oddities import OddityKind, Path
from koda.domain.inspection.workflows import Link, Note, Step, StepKind, Workflow
from koda.domain.model.file_formats import FileFormat

_NOTE = ".stickyNote"
_TRIGGERS = frozenset({"cron", "emailReadImap", "interval", "start", "webhook"})
"""The triggers whose names do not end in `Trigger`."""
_FLOW = frozenset(
    {"executeWorkflow", "executionData", "filter", "if", "merge", "noOp", "respondToWebhook"}
    | {"splitInBatches", "stopAndError", "switch", "wait"}
)
_SHAPING = frozenset(
    {"aggregate", "compareDatasets", "dateTime", "itemLists", "limit", "removeDuplicates"}
    | {"renameKeys", "set", "sort", "splitOut", "summarize"}
)
"""Nodes that steer the flow or shape its data, and reach no service."""
_OWN_ENDS: Mapping[str, int] = {"if": 2, "switch": 1_000_000}
"""How many outputs of its own a node has where there are more than one."""


def read_n8n(documents: Sequence[Document]) -> Workflow:
    """Return the graph of n8n workflows.

    Raises:
        InvalidValue: more steps or connections than are looked into.
    """
    reading = Reading(several=len(documents) > 1)
    for document in documents:
        reading.begin(document.content.get("name"), document.content.get("settings"))
        steps = dict(_nodes(reading, document))
        _connections(reading, document, steps)
    return reading.workflow(FileFormat.N8N)


def _nodes(reading: Reading, document: Document) -> Iterator[tuple[str, Step]]:
    """The steps by their names; of several with one name n8n takes the last."""
    for place, found in enumerate(items(document.content.get("nodes"))):
        path = (*document.path, "nodes", place)
        node = mapping(found)
        if not node:
            reading.odd(OddityKind.UNREADABLE, path)
        elif text(node.get("type")).endswith(_NOTE):
            reading.notes.append(_note(reading, node, path))
        else:
            step = _step(reading, node, path)
            reading.add(step)
            yield text(node.get("name")), step


def _note(reading: Reading, node: Mapping[str, object], path: Path) -> Note:
    parameters = mapping(node.get("parameters"))
    return Note(
        _key(reading, node, path),
        text(parameters.get("content")),
        _position(node),
        pair(parameters.get("width"), parameters.get("height")),
        written(parameters.get("color")),
        reading.part,
        path,
    )


def _key(reading: Reading, node: Mapping[str, object], path: Path) -> str:
    """The name of a step or a note, which is what n8n knows it by."""
    name = text(node.get("name"))
    if not name.strip():
        reading.odd(OddityKind.NO_NAME, path)
    return reading.key(name or f"#{path[-1]}", path)


def _step(reading: Reading, node: Mapping[str, object], path: Path) -> Step:
    kind = text(node.get("type"))
    package, _, short = kind.rpartition(".")
    name = text(node.get("name")).strip()
    key = _key(reading, node, path)
    _check(reading, node, path)
    return Step(
        key=key,
        name=name or short,
        type=kind,
        version=written(node.get("typeVersion")),
        app=_app(short),
        kind=_kind(package, short),
        disabled=node.get("disabled") is True,
        credentials=tuple(sorted(mapping(node.get("credentials")))),
        position=_position(node),
        part=reading.part,
        path=path,
        parameters=mapping(node.get("parameters")),
        source=node,
    )


def _check(reading: Reading, node: Mapping[str, object], path: Path) -> None:
    """Note what is odd about a node."""
    name = text(node.get("name"))
    version = node.get("typeVersion")
    as_text = isinstance(version, str)
    oddities = (
        (OddityKind.NO_TYPE, not text(node.get("type"))),
        (OddityKind.VERSION_AS_TEXT, as_text),
        (OddityKind.NO_VERSION, not as_text and number(version) is None),
        (OddityKind.NO_POSITION, _position(node) is None),
    )
    for kind, is_odd in oddities:
        if is_odd:
            reading.odd(kind, path, name)
    for key in ("parameters", "credentials"):
        if not isinstance(node.get(key, {}), dict):
            reading.odd(OddityKind.UNREADABLE, (*path, key), name)


def _position(node: Mapping[str, object]) -> tuple[float, float] | None:
    match node.get("position"):
        case [x, y, *_]:
            return pair(x, y)
        case _:
            return None


def _app(short: str) -> str:
    """The service that a node is for: `gmail` of `gmail`, `gmailTrigger` and `gmailTool`."""
    return short.removesuffix("Trigger").removesuffix("Tool").removesuffix("Hitl") or short


def _kind(package: str, short: str) -> StepKind:
    if short.endswith("Trigger") or short in _TRIGGERS:
        return StepKind.TRIGGER
    if effect_of(f"{package}.{short}") in {Effect.CODE, Effect.SHELL}:
        return StepKind.CODE
    if package.endswith("n8n-nodes-langchain"):
        return StepKind.AI
    return StepKind.LOGIC if short in _FLOW | _SHAPING else StepKind.ACTION


def _connections(reading: Reading, document: Document, steps: Mapping[str, Step]) -> None:
    top = (*document.path, "connections")
    if not isinstance(document.content.get("connections"), dict):
        reading.odd(OddityKind.UNREADABLE, top)
    for name, ports in mapping(document.content.get("connections")).items():
        if not isinstance(ports, dict):
            reading.odd(OddityKind.UNREADABLE, (*top, name), name)
        elif name not in steps:
            reading.odd(OddityKind.DANGLING_LINK, (*top, name), name)
        else:
            for port, outputs in ports.items():
                _outputs(reading, steps[name], outputs, (*top, name, port), steps)


def _outputs(
    reading: Reading, source: Step, outputs: object, path: Path, steps: Mapping[str, Step]
) -> None:
    port = str(path[-1])
    if port != Link.MAIN and not port.startswith("ai_"):
        reading.odd(OddityKind.UNKNOWN_PORT, path, port)
    if not isinstance(outputs, list | None):
        reading.odd(OddityKind.UNREADABLE, path, source.name)
    for place, found in enumerate(items(outputs)):
        where = (*path, place)
        if isinstance(found, list):
            said = _port(source, port, place, len(items(outputs)))
            for index, target in enumerate(found):
                _link(reading, Link(source.key, "", said, place), target, (*where, index), steps)
        elif found is not None:
            reading.odd(OddityKind.UNREADABLE, where, source.name)
            _link(reading, Link(source.key, "", port), found, where, steps)


def _port(source: Step, port: str, output: int, outputs: int) -> str:
    """The port of an output: the last one is for failures where the node asks for that."""
    asked = source.source.get("onError") == "continueErrorOutput"
    behind_own = output == outputs - 1 and output >= _OWN_ENDS.get(source.app, 1)
    return Link.ERROR if asked and behind_own and port == Link.MAIN else port


def _link(
    reading: Reading, link: Link, target: object, path: Path, steps: Mapping[str, Step]
) -> None:
    if target is None:
        return
    if isinstance(target, str):
        reading.odd(OddityKind.LINK_AS_TEXT, path, target)
    elif not isinstance(target, dict):
        reading.odd(OddityKind.UNREADABLE, path)
        return
    said = mapping(target)
    name = target if isinstance(target, str) else text(said.get("node"))
    if name not in steps:
        reading.odd(OddityKind.DANGLING_LINK, path, name)
        return
    index = number(said.get("index"))
    entry = int(index) if index is not None and index >= 0 else 0
    reading.link(Link(link.source, steps[name].key, link.port, link.output, entry))
