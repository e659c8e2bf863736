"""What a workflow reaches beyond itself: code, hosts, models of AI and other workflows."""

import re
from collections.abc import Iterable, Iterator, Mapping

from koda.domain.inspection.facts.ai import is_ai_service
from koda.domain.inspection.facts.effects import Effect, effect_of
from koda.domain.inspection.facts.nodes import AI_PACKAGE, node_type
from koda.domain.inspection.facts.services import service_of
from koda.domain.inspection.formats.values import mapping, text
from koda.domain.inspection.report.apps import app_of, fields_of, name_of, uses
from koda.domain.inspection.workflows import Step, StepKind
from koda.domain.model.file_formats import FileFormat
from koda.domain.model.reports import MOST_LISTED, Uses

_ADDRESSES = ("url", "endpoint", "uri", "baseUrl", "endpointUrl", "sseEndpoint")
"""Parameters that hold an address to ask."""
_FIXED = re.compile(r"=?\s*(https?://[^/?#{}\s]+)(?=[/?#\s]|$)", re.IGNORECASE)
"""An address whose host stands in the file, whatever is worked out behind it."""
_CALLS = (".executeWorkflow", ".toolWorkflow", "scenario-service:CallSubscenario", "SubZap")
_ASKING: Mapping[FileFormat, frozenset[str]] = {
    FileFormat.MAKE: frozenset({"http", "rss", "soap"}),
    FileFormat.ZAPIER: frozenset({"RSS", "WebHook"}),
}
"""The apps whose steps ask the address that they are told."""
_CHATS = frozenset(f"{AI_PACKAGE}.{name}" for name in ("chat", "chatTrigger", "manualChatTrigger"))
"""Somebody writes to a workflow, and it answers, with AI or without."""
_MODEL_KEYS = ("model", "modelName", "modelId")


def effects(file_format: FileFormat, steps: Iterable[Step]) -> tuple[Uses, ...]:
    """How many steps run code, use a shell or files of the machine, or ask an address."""
    return uses(effect for step in steps if (effect := _effect(file_format, step)))


def hosts(steps: Iterable[Step]) -> tuple[tuple[str, ...], int]:
    """The known services whose hosts stand in steps, by name, and how many other hosts do."""
    found = {host for step in steps for host in _hosts(step)}
    services = {host: service_of(host) for host in found}
    known = sorted({name for name in services.values() if name})
    return tuple(known[:MOST_LISTED]), sum(name is None for name in services.values())


def models(steps: Iterable[Step]) -> tuple[str, ...]:
    """The models of AI that steps of n8n's name, each behind who provides it."""
    named = {name for step in steps for name in _models(step)}
    return tuple(sorted(named)[:MOST_LISTED])


def with_ai(file_format: FileFormat, steps: Iterable[Step]) -> int:
    """How many steps are of AI: agents, models and what serves them, and what asks an AI service.

    What a community package does is known by the name of its app alone.
    """
    return sum(_is_ai(file_format, step) for step in steps)


def calls(steps: Iterable[Step]) -> tuple[int, int]:
    """How many steps call other workflows, and how many of them one that is not in the file."""
    calling = [step for step in steps if any(call in step.type for call in _CALLS)]
    calling = [step for step in calling if step.kind is not StepKind.TRIGGER]
    inline = sum(step.parameters.get("source") == "parameter" for step in calling)
    return len(calling), len(calling) - inline


def _effect(file_format: FileFormat, step: Step) -> str | None:
    if file_format is FileFormat.N8N:
        effect = effect_of(step.type)
        return effect and effect.value
    if step.kind is StepKind.CODE:
        return Effect.CODE.value
    asked = step.app == "WebHook" and step.kind is StepKind.TRIGGER
    asks = step.app in _ASKING.get(file_format, ()) and not asked
    return Effect.HTTP.value if asks or any(True for _ in _hosts(step)) else None


def _is_ai(file_format: FileFormat, step: Step) -> bool:
    if step.type in _CHATS:
        return False
    known = node_type(step.type) if file_format is FileFormat.N8N else None
    if step.kind is StepKind.AI or (known and known.is_ai):
        return True
    asked = filter(None, map(service_of, _hosts(step)))
    return any(map(is_ai_service, (app_of(file_format, step), *asked)))


def _hosts(step: Step) -> Iterator[str]:
    told = fields_of(step)
    for name in _ADDRESSES:
        fixed = _FIXED.match(text(told.get(name)))
        host = _host(fixed[1]) if fixed else None
        if host:
            yield host


def _host(address: str) -> str | None:
    # Addresses are read by few: an import of the domain does without their library.
    from urllib.parse import urlsplit  # noqa: PLC0415

    try:
        return urlsplit(address).hostname
    except ValueError:
        return None


def _models(step: Step) -> Iterator[str]:
    known = node_type(step.type)
    if known is None or known.model_provider is None:
        return
    for key in _MODEL_KEYS:
        value = step.parameters.get(key)
        model = text(value) or text(mapping(value).get("value"))
        if model and not model.startswith("="):
            yield name_of(f"{known.model_provider} {model}")
            return
    yield name_of(known.model_provider)
