"""What a step is told to do, in one canonical form: without ids, and without names of steps."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence

from attrs import field, frozen

from koda.domain.inspection.carriers import is_chosen
from koda.domain.inspection.formats.values import text, written
from koda.domain.inspection.workflows import Step, Workflow
from koda.domain.model.file_formats import FileFormat

_REFERENCES: Mapping[FileFormat, tuple[str, re.Pattern[str]]] = {
    FileFormat.N8N: (
        "$",
        re.compile(
            r"\$(?P<head>\(|node\[|items\()\s?(?P<quote>[\"'`])"
            r"(?P<name>(?>(?:\\.|(?!(?P=quote))[^\\])*))(?P=quote)"
            r"|\$node\.(?P<plain>[A-Za-z_$][\w$]*)",
            re.DOTALL,
        ),
    ),
    FileFormat.MAKE: ("{{", re.compile(r"(?<![\w.`'\"])\d{1,16}(?=\.[^\W\d]|\.`|\[)")),
    FileFormat.ZAPIER: ("_", re.compile(r"(?<!\w)\d{1,18}(?=__)|(?<=gives\[['\"])\d{1,18}")),
}
"""What every text has that refers to a step, and how it does."""
_UUID = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_COPIED = ("cachedResultName", "cachedResultUrl", "webhookId")
"""What n8n keeps of the seller's own documents and webhooks."""
_ACCOUNTS = frozenset({"account", "connection", "hook", "makeConnectionId"})
"""Where Make keeps the id of a connection or a webhook."""
_written = json.JSONEncoder(separators=(",", ":")).encode
_MARK = "\0"
"""Stands for a step that a text refers to; no file has it in a text."""


class Bodies:
    """The canonical forms of what the steps of one workflow are told."""

    def __init__(self, workflow: Workflow) -> None:
        self._format = workflow.file_format
        self._keys: dict[int, dict[str, str]] = {}
        for step in workflow.steps:
            self._keys.setdefault(step.part, {})[_name(step, self._format)] = step.key

    def of(self, step: Step) -> tuple[bytes, Sequence[str]]:
        """What `step` is told, and the keys of the steps that it refers to, in their order."""
        hook = text(step.source.get("webhookId"))
        form = _Form(self._format, self._keys[step.part], hook)
        return _written(form.of(dict(step.parameters))).encode(), form.references


def _name(step: Step, file_format: FileFormat) -> str:
    """What parameters call a step."""
    if file_format is FileFormat.N8N:
        return text(step.source.get("name"))
    return written(step.source.get("id") if file_format is FileFormat.MAKE else step.path[-1]) or ""


@frozen
class _Form:
    """The canonical form of what one step is told."""

    file_format: FileFormat
    keys: Mapping[str, str]
    hook: str
    references: list[str] = field(factory=list)

    def of(self, value: object, under: object = None) -> object:
        """Return `value`, which stands `under` a key, in its canonical form.

        Keys are sorted, ids are left out, and marks stand for names of steps.
        """
        if isinstance(value, str):
            sign, pattern = _REFERENCES[self.file_format]
            return pattern.sub(self._marked, value) if sign in value else value
        if isinstance(value, list):
            return [self.of(item, under) for item in value]
        if isinstance(value, float) and value.is_integer():
            return int(value)
        if not isinstance(value, dict):
            return value
        ids = self._ids(value, under)
        return {key: self.of(value[key], key) for key in sorted(value) if key not in ids}

    def _marked(self, match: re.Match[str]) -> str:
        head, name = "", match[0]
        if self.file_format is FileFormat.N8N:
            plain = match["plain"]
            head = "$node[" if plain else f"${match['head']}"
            name = plain or _ESCAPED.sub(r"\1", match["name"])
        key = self.keys.get(name)
        if key is None:
            return match[0]
        self.references.append(key)
        return f"{head}{_MARK}]" if head and match["plain"] else f"{head}{_MARK}"

    def _ids(self, held: dict[str, object], under: object) -> Iterable[str]:
        """The keys whose values are ids that differ from copy to copy."""
        if self.file_format is FileFormat.MAKE:
            return {key for key, value in held.items() if _is_of_make(key, value)}
        if self.file_format is FileFormat.ZAPIER:
            return ("id", "group") if "match" in held else ()
        ids = [key for key in _COPIED if key in held]
        if held.get("__rl") is True and (not held.get("value") or is_chosen(held, under)):
            ids.append("value")
        if type(held.get("path")) is str and self._is_of_hook(text(held["path"])):
            ids.append("path")
        if "id" in held:
            listed = "operator" in held or {"name", "value", "type"} <= held.keys()
            if listed or _UUID.fullmatch(text(held["id"])):
                ids.append("id")
        return ids

    def _is_of_hook(self, path: str) -> bool:
        """Whether a path is the id of a webhook, or none, which n8n replaces by the id."""
        return path in {self.hook, ""} or _UUID.fullmatch(path) is not None


def _is_of_make(key: str, value: object) -> bool:
    is_connection = key in _ACCOUNTS and isinstance(value, int | None)
    return is_connection or key.startswith("__IMT") or key.endswith("Keychain")
