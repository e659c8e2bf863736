"""Which apps and tools steps work with, by the names that people know."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping

from koda.domain.inspection.facts.apps import make_app, n8n_app, zapier_app
from koda.domain.inspection.facts.nodes import AI_PACKAGE, NodeType, node_type
from koda.domain.inspection.formats.values import mapping
from koda.domain.inspection.formats.zapier import OWN_APPS
from koda.domain.inspection.workflows import Step, StepKind
from koda.domain.model.file_formats import FileFormat
from koda.domain.model.reports import LONGEST_LISTED, MOST_LISTED, Uses
from koda.domain.model.validation import cleaned

_UNNAMED = "?"
_OF_NO_SERVICE = (f"{AI_PACKAGE}.agent", f"{AI_PACKAGE}.mcpClient")
"""An agent has credentials of databases, which it asks no longer; the other those of anything."""
_NAMES: Mapping[FileFormat, Callable[[str], str]] = {
    FileFormat.N8N: n8n_app,
    FileFormat.MAKE: make_app,
    FileFormat.ZAPIER: zapier_app,
}
_TOOLS_OF_MAKE = frozenset(
    {
        *("archive", "builtin", "code", "csv", "datastore", "flow-control", "gateway", "http"),
        *(
            "json",
            "markdown",
            "math",
            "placeholder",
            "regexp",
            "rss",
            "scenario-service",
            "scenarios",
        ),
        *("text", "tools", "util", "xml"),
    }
)


def app_of(file_format: FileFormat, step: Step) -> str:
    """What a step works with, as people call it."""
    named = step.type if file_format is FileFormat.N8N else step.type or step.app
    return name_of(_NAMES[file_format](named))


def name_of(text: str) -> str:
    """A name from a file as a report lists it: printable, and not too long."""
    return cleaned(text, LONGEST_LISTED) or _UNNAMED


def is_tool(file_format: FileFormat, step: Step) -> bool:
    """Whether the platform itself brings what a step works with."""
    if file_format is FileFormat.N8N:
        known = node_type(step.type)
        return known is not None and (known.is_core or _is_part(known))
    if step.kind in {StepKind.LOGIC, StepKind.CODE}:
        return True
    return step.app in (_TOOLS_OF_MAKE if file_format is FileFormat.MAKE else OWN_APPS)


def _is_part(known: NodeType) -> bool:
    """Whether a type is a part of n8n's own for AI, such as an agent or a memory, of no service."""
    return known.is_ai and (not known.credentials or known.name.startswith(_OF_NO_SERVICE))


def fields_of(step: Step) -> Mapping[str, object]:
    """What a step is told, by name; Make keeps some of it apart, which is taken together."""
    told = step.parameters
    if "parameters" not in told and "mapper" not in told:
        return told
    return {**told, **mapping(told.get("parameters")), **mapping(told.get("mapper"))}


def uses(names: Iterable[str]) -> tuple[Uses, ...]:
    """How often names come, the most frequent first, and of equal ones by name."""
    counted = sorted(Counter(names).items(), key=lambda use: (-use[1], use[0]))
    return tuple(Uses(name, steps) for name, steps in counted[:MOST_LISTED])
