"""Telling what a workflow file is by its shape, whatever it is called."""

from collections.abc import Callable, Mapping, Sequence

from koda.domain.inspection.foreign import foreign
from koda.domain.inspection.formats.make import read_make
from koda.domain.inspection.formats.n8n import read_n8n
from koda.domain.inspection.formats.reading import Document
from koda.domain.inspection.formats.values import items, mapping
from koda.domain.inspection.formats.zapier import read_zapier
from koda.domain.inspection.oddities import Path
from koda.domain.inspection.refusals import refusal
from koda.domain.inspection.strict_json import read_json
from koda.domain.inspection.workflows import Workflow
from koda.domain.model.file_formats import FileFormat
from koda.domain.model.sentences import Sentence, sentence, translatable

_WRAPPERS = ("data", "workflow", "workflows", "response", "blueprint")
"""The keys under which APIs and templates hand over a workflow, or several."""
_DEEPEST_WRAPPER = 5
_READERS: Mapping[FileFormat, Callable[[Sequence[Document]], Workflow]] = {
    FileFormat.N8N: read_n8n,
    FileFormat.MAKE: read_make,
    FileFormat.ZAPIER: read_zapier,
}
_EMPTY: Mapping[FileFormat, Sentence] = {
    FileFormat.N8N: sentence("is an n8n workflow without a step; export it again once it has some"),
    FileFormat.MAKE: sentence(
        "is a Make blueprint without a module; export it again once it has some"
    ),
    FileFormat.ZAPIER: sentence("is a Zapier export without a step; export a Zap that has some"),
}
_ONLY_NOTES = sentence("has notes and no step; export the workflow that they describe")
UNKNOWN = sentence(
    "is no workflow of a kind that is known; export it from n8n (Download in the workflow's menu), "
    "Make (Export blueprint) or Zapier (Export)"
)
_MIXED = sentence("holds workflows of several platforms; upload those of each by themselves")
_OTHERS: Mapping[FileFormat, str] = {
    FileFormat.N8N: translatable(
        "is an n8n workflow, and the listing says {platform}; choose the platform that runs n8n "
        "workflows, or upload a file of {platform}"
    ),
    FileFormat.MAKE: translatable(
        "is a Make blueprint, and the listing says {platform}; choose the platform that runs Make "
        "blueprints, or upload a file of {platform}"
    ),
    FileFormat.ZAPIER: translatable(
        "is a Zapier export, and the listing says {platform}; choose the platform that runs Zaps, "
        "or upload a file of {platform}"
    ),
    FileFormat.PYTHON: translatable(
        "is a Python script, and the listing says {platform}; choose the platform that runs "
        "Python, or upload a file of {platform}"
    ),
}


def read_workflow(content: bytes) -> Workflow:
    """Return the workflow that `content` is, of n8n, Make or Zapier.

    A file with several workflows is read as one graph of several parts.

    Raises:
        InvalidValue: no strict JSON, no workflow, or one without a step.
    """
    return recognised(read_json(content))


def recognised(value: object) -> Workflow:
    """Return the workflow that decoded JSON is; `read_workflow` says more."""
    file_format, documents = documents_in(value)
    workflow = _READERS[file_format](documents)
    if not workflow.steps:
        raise refusal(_ONLY_NOTES if workflow.notes else _EMPTY[file_format])
    return workflow


def documents_in(value: object) -> tuple[FileFormat, Sequence[Document]]:
    """Return the format of the workflows in decoded JSON, and each as the file has it.

    Raises:
        InvalidValue: there is none, or they are of several formats.
    """
    parts = _unwrapped(value, ())
    if not parts:
        raise refusal(UNKNOWN)
    formats = {file_format for file_format, _ in parts}
    if len(formats) > 1:
        raise refusal(_MIXED)
    (file_format,) = formats
    return file_format, [document for _, document in parts]


def check_platform(file_format: FileFormat, platform: str, wanted: FileFormat) -> None:
    """Refuse a file of one format for the platform of this name, which reads another.

    Raises:
        InvalidValue: `wanted` is another format, and not `NONE`.
    """
    if wanted not in {file_format, FileFormat.NONE}:
        raise refusal(Sentence(_OTHERS[file_format], {"platform": platform}))


_Part = tuple[FileFormat, Document]


def _unwrapped(value: object, path: Path) -> list[_Part]:
    """The workflows that a value is, or that it wraps; raises for what is of another kind."""
    file_format = _format(value)
    if file_format is not None:
        return [(file_format, Document(path, mapping(value)))]
    if parts := _inner(value, path):
        return parts
    problem = foreign(value)
    if problem is not None:
        raise refusal(problem)
    return []


def _inner(value: object, path: Path) -> list[_Part]:
    """The workflows in an array of nothing else, or under a key of a wrapper."""
    if len(path) >= _DEEPEST_WRAPPER:
        return []
    held = mapping(value)
    for key in _WRAPPERS:
        if parts := _unwrapped(held.get(key), (*path, key)):
            return parts
    several: list[_Part] = []
    for place, item in enumerate(items(value)):
        parts = _unwrapped(item, (*path, place))
        if not parts:
            return []
        several += parts
    return several


def _format(value: object) -> FileFormat | None:
    """The format of what has the shape of a workflow itself."""
    held = mapping(value)
    if isinstance(held.get("zaps"), list):
        return FileFormat.ZAPIER
    if isinstance(held.get("flow"), list) and _is_blueprint(held):
        return FileFormat.MAKE
    if isinstance(held.get("nodes"), list) and _is_n8n(held):
        return FileFormat.N8N
    return None


def _is_blueprint(held: Mapping[str, object]) -> bool:
    """Whether an object with a flow is a whole blueprint, or an empty one."""
    modules = items(held.get("flow"))
    whole = isinstance(held.get("metadata"), dict) or "name" in held
    return whole and (not modules or any("module" in mapping(module) for module in modules))


def _is_n8n(held: Mapping[str, object]) -> bool:
    """Whether an object with nodes has connections, or nodes as n8n writes them."""
    nodes = [mapping(node) for node in items(held.get("nodes"))]
    if any({"type", "parameters", "position"} <= node.keys() for node in nodes):
        return True
    others = any("data" in node or "wires" in node for node in nodes)
    return isinstance(held.get("connections"), dict) and not others
