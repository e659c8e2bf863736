"""Reading blueprints of Make.

`flow` is an array of modules that run one after the other. A router has `routes`, an if-else
`branches` (which the next module of its flow may join), an AI agent `tools`, each with a `flow` of
its own; `onerror` is the flow that handles a failure.
"""

from collections.abc import Iterator, Mapping, Sequence

from attrs import evolve

from koda.domain.inspection.formats.reading import Document, Reading
from koda.domain.inspection.formats.values import items, mapping, pair, text, written
from koda.domain.inspection.oddities import OddityKind, Path
from koda.domain.inspection.workflows import Link, Note, Step, StepKind, Workflow
from koda.domain.model.file_formats import FileFormat

_TOOL = "ai_tool"
_STARTERS = ("watch", "trigger", "custom", "start", "new")
"""How the names of modules begin that start a scenario; the others only run on its schedule."""
_LOGIC = frozenset({"builtin", "flow", "json", "regexp", "scenario-service", "scenarios", "util"})
_AI = ("ai-", "openai", "anthropic", "gemini", "mistral", "perplexity", "deepseek")
"""How the names of apps begin that are models or agents."""


def read_make(documents: Sequence[Document]) -> Workflow:
    """Return the graph of Make blueprints.

    Raises:
        InvalidValue: more steps or connections than are looked into.
    """
    reading = Reading(several=len(documents) > 1)
    for document in documents:
        blueprint = document.content
        reading.begin(blueprint.get("name"))
        flows = _Flows(reading)
        flows.flow(blueprint.get("flow"), (*document.path, "flow"), ())
        designer = mapping(mapping(blueprint.get("metadata")).get("designer"))
        where = (*document.path, "metadata", "designer", "orphans")
        for place, orphan in enumerate(items(designer.get("orphans"))):
            flows.flow(orphan, (*where, place), (), starts=False)
        _notes(reading, document)
    return reading.workflow(FileFormat.MAKE)


def _notes(reading: Reading, document: Document) -> None:
    notes = items(mapping(document.content.get("metadata")).get("notes"))
    for place, found in enumerate(notes):
        content = text(mapping(found).get("content"))
        where = (*document.path, "metadata", "notes", place)
        key = reading.key(f"note {place + 1}", where)
        reading.notes.append(Note(key, content, None, None, None, reading.part, where))


class _Flows:
    """Reads the flows of one blueprint; links go from the ends of what precedes a module."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading

    def flow(
        self, modules: object, path: Path, ends: Sequence[Link], *, starts: bool = True
    ) -> Sequence[Link]:
        """Read a flow behind `ends`, links that lack their target; returns its own ends."""
        if not isinstance(modules, list | None):
            self._reading.odd(OddityKind.UNREADABLE, path)
        for place, found in enumerate(items(modules)):
            module = mapping(found)
            if not module:
                self._reading.odd(OddityKind.UNREADABLE, (*path, place))
                continue
            step = _step(
                self._reading, module, (*path, place), is_first=starts and not place and not ends
            )
            self._reading.add(step)
            for link in ends:
                self._reading.link(evolve(link, target=step.key))
            ends = self._behind(step, module)
        return ends

    def _behind(self, step: Step, module: Mapping[str, object]) -> Sequence[Link]:
        """Read what hangs on a module; returns the links to the next module of its flow."""
        failure = Link(step.key, "", Link.ERROR)
        self.flow(module.get("onerror"), (*step.path, "onerror"), (failure,))
        for place, tool in enumerate(items(module.get("tools"))):
            self._tool(step, mapping(tool), (*step.path, "tools", place, "flow"))
        for place, route in enumerate(items(module.get("routes"))):
            behind = Link(step.key, "", Link.ROUTE, place, label=_label(mapping(route)))
            where = (*step.path, "routes", place, "flow")
            self.flow(mapping(route).get("flow"), where, (behind,))
        if "routes" in module and "branches" not in module:
            return ()
        return [*self._branches(step, module)] or (Link(step.key, ""),)

    def _tool(self, agent: Step, tool: Mapping[str, object], path: Path) -> None:
        before = len(self._reading.steps)
        self.flow(tool.get("flow"), path, (), starts=False)
        for step in self._reading.steps[before : before + 1]:
            self._reading.link(Link(step.key, agent.key, _TOOL))

    def _branches(self, step: Step, module: Mapping[str, object]) -> Iterator[Link]:
        for place, found in enumerate(items(module.get("branches"))):
            branch = mapping(found)
            behind = Link(step.key, "", Link.ROUTE, place, label=_label(branch))
            where = (*step.path, "branches", place, "flow")
            for end in self.flow(branch.get("flow"), where, (behind,)):
                if branch.get("merge") is not False:
                    yield evolve(end, input=place)


def _label(route: Mapping[str, object]) -> str | None:
    """What is written on a route: its own label, or the filter of its first module."""
    first = mapping(next(iter(items(route.get("flow"))), None))
    named = text(mapping(first.get("filter")).get("name"))
    return text(route.get("label")) or named or None


def _step(reading: Reading, module: Mapping[str, object], path: Path, *, is_first: bool) -> Step:
    kind = text(module.get("module"))
    app, _, short = kind.rpartition(":")
    metadata = mapping(module.get("metadata"))
    designer = mapping(metadata.get("designer"))
    name = text(designer.get("name")).strip()
    position = pair(designer.get("x"), designer.get("y"))
    version = module.get("version")
    if not kind:
        reading.odd(OddityKind.NO_TYPE, path, name)
    if position is None:
        reading.odd(OddityKind.NO_POSITION, path, name or kind)
    if isinstance(version, str):
        reading.odd(OddityKind.VERSION_AS_TEXT, path, name or kind)
    return Step(
        key=_key(reading, module, path),
        name=name or short,
        type=kind,
        version=written(version),
        app=app or short,
        kind=_kind(app, short, is_first=is_first),
        disabled=False,
        credentials=_credentials(app, module, metadata),
        position=position,
        part=reading.part,
        path=path,
        parameters=_parameters(module),
        source=module,
    )


def _key(reading: Reading, module: Mapping[str, object], path: Path) -> str:
    told = written(module.get("id"))
    if told is None:
        reading.odd(OddityKind.NO_NAME, path, text(module.get("module")))
    return reading.key(told or f"#{len(reading.steps)}", path)


def _parameters(module: Mapping[str, object]) -> Mapping[str, object]:
    """What a module is told: parameters, mapper, filter, and the conditions of its branches."""
    told = {key: module[key] for key in ("parameters", "mapper", "filter") if module.get(key)}
    branches = [mapping(branch).get("conditions") for branch in items(module.get("branches"))]
    return mapping({**told, "branches": branches} if branches else told)


def _kind(app: str, short: str, *, is_first: bool) -> StepKind:
    if is_first and short.lower().startswith(_STARTERS):
        return StepKind.TRIGGER
    if app == "code":
        return StepKind.CODE
    if app.startswith(_AI):
        return StepKind.AI
    return StepKind.LOGIC if app in _LOGIC else StepKind.ACTION


def _credentials(
    app: str, module: Mapping[str, object], metadata: Mapping[str, object]
) -> tuple[str, ...]:
    """The kind of connection that was chosen, or else may be; the app where only that is known."""
    chosen = {
        text(mapping(mapping(value).get("data")).get("connection"))
        for value in mapping(mapping(metadata.get("restore")).get("parameters")).values()
    }
    asked = {
        text(mapping(field).get("type")).partition("account:")[2].partition(",")[0]
        for field in items(metadata.get("parameters"))
    }
    has = {app} if "__IMTCONN__" in mapping(module.get("parameters")) else set()
    return tuple(sorted((chosen - {""}) or (asked - {""}) or has))
