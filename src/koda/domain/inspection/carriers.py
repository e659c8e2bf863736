"""What exports carry by accident of whoever made them: ids and names of accounts, runs, documents.

Each platform keeps such things beside what the workflow does, under keys that are known.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias

from attrs import frozen

from koda.domain.inspection.secrets.passages import Place
from koda.domain.inspection.secrets.placeholders import is_placeholder
from koda.domain.inspection.strict_json import Container, read_json
from koda.domain.inspection.written_json import written
from koda.domain.model.errors.roots import InvalidValue
from koda.domain.model.file_formats import FileFormat
from koda.domain.model.sentences import Sentence, sentence

GONE = object()
"""Stands for what is to be taken out with its key."""
_Object: TypeAlias = dict[str, Any]
_Found: TypeAlias = tuple[Sentence, Any, str, object]
"""What is carried, the object that holds it, its key there, and what is to stand in its place."""

_INSTANCE = sentence("is the id of your n8n instance")
_CREDENTIAL = sentence("names one of your credentials")
_RUNS = sentence("is data from your runs")
_WEBHOOK = sentence("is the id of one of your webhooks")
_CHOSEN = sentence("is something you chose in your account")
_INLINE = sentence("is a workflow with ids, names or data from your account")
_KEPT = sentence("is what your n8n keeps of the workflow beside it")
_CONNECTION = sentence("is the id of one of your connections, webhooks or data stores")
_LABELS = sentence("holds the names of what you chose in your accounts")
_ACCOUNT = sentence("is the id of one of your accounts")

_BESIDE_NODES: Mapping[str, Sentence] = {
    "pinData": _RUNS,
    "staticData": _RUNS,
    "activeVersion": _KEPT,
    "homeProject": _KEPT,
    "ownedBy": _KEPT,
    "parentFolder": _KEPT,
    "shared": _KEPT,
    "sharedWithProjects": _KEPT,
    "usedCredentials": _KEPT,
}
"""What stands beside the nodes in exports of n8n and answers of its API."""
_CACHED = ("cachedResultName", "cachedResultUrl")
_MODELS = frozenset({"model", "modelId", "modelName"})
_EVERYBODYS = frozenset({"My Drive", "gid=0", "primary", "public", "root"})
"""What is in every account: the first sheet, the default schema, the own calendar."""
_KEYS_OF_MAKE = frozenset({"__IMTCONN__", "__IMTHOOK__", "__IMTKEY__"})
_NUMBERS_OF_MAKE = frozenset({"account", "connection", "datastore", "hook", "makeConnectionId"})
_KEYS_OF_ZAPIER = ("authentication_id", "account_id", "customuser_id", "created_by")


@frozen
class Carrier:
    """Something that an export carries by accident, where it is, and what is to stand there."""

    kind: Sentence
    place: Place
    instead: object

    @property
    def before(self) -> object:
        """What stands there."""
        _, holder, step = self.place
        return holder[step]

    def clear(self) -> None:
        """Put there what is to stand there."""
        _, holder, step = self.place
        if self.instead is GONE:
            del holder[step]
        else:
            holder[step] = self.instead


def carriers(value: Container, file_format: FileFormat) -> list[Carrier]:
    """What a decoded file carries, in the order of the file, with what is wrapped around workflows.

    Each is cleared by itself; none is within another one.
    """
    return [*_within(value, _FINDERS[file_format])]


_Finder: TypeAlias = Callable[[_Object, object], Iterator[_Found]]


def _within(value: Container, finder: _Finder) -> Iterator[Carrier]:
    waiting: list[tuple[Any, Place | None]] = [(value, None)]
    while waiting:
        holder, place = waiting.pop()
        is_object = type(holder) is dict
        cleared: set[object] = set()
        if is_object:
            for kind, inner, key, instead in finder(holder, place[2] if place else None):
                above = place if inner is holder else _inner(place, holder, inner)
                yield Carrier(kind, (above, inner, key), instead)
                cleared.add(id(inner[key]))
        later = [
            (part, (place, holder, step))
            for step, part in (holder.items() if is_object else enumerate(holder))
            if (type(part) is dict or type(part) is list) and id(part) not in cleared
        ]
        later.reverse()
        waiting += later


def _inner(place: Place | None, holder: _Object, inner: object) -> Place:
    """The place of an object within `holder`."""
    return place, holder, next(step for step, part in holder.items() if part is inner)


def _of_n8n(held: _Object, key: object) -> Iterator[_Found]:
    if type(held.get("nodes")) is list:
        yield from (
            (kind, held, name, GONE) for name, kind in _BESIDE_NODES.items() if held.get(name)
        )
    if key == "meta" and held.get("instanceId"):
        yield _INSTANCE, held, "instanceId", GONE
    if "webhookId" in held:
        yield from _webhook(held)
    if "credentials" in held and "type" in held:
        yield from _credentials(held["credentials"])
    if type(held.get("workflowJson")) is str:
        yield from _inline(held)
    yield from ((_CHOSEN, held, name, GONE) for name in _CACHED if name in held)
    if held.get("__rl") is True and is_chosen(held, key):
        yield _CHOSEN, held, "value", ""


def _webhook(node: _Object) -> Iterator[_Found]:
    """The id of a webhook, which n8n gives anew, and the path that is the same by default."""
    yield _WEBHOOK, node, "webhookId", GONE
    parameters = node.get("parameters")
    is_default = type(parameters) is dict and parameters.get("path") == node["webhookId"]
    if is_default and node["webhookId"]:
        yield _WEBHOOK, parameters, "path", ""


def _inline(parameters: _Object) -> Iterator[_Found]:
    """A workflow that a step calls and holds as text, as it was exported."""
    whole = parameters["workflowJson"]
    text = whole.removeprefix("=")
    try:
        inner = read_json(text.encode())
    except InvalidValue:
        return
    carried = carriers(inner, FileFormat.N8N)
    for carrier in carried:
        carrier.clear()
    if carried:
        yield _INLINE, parameters, "workflowJson", whole[: -len(text)] + written(inner)


def _credentials(credentials: object) -> Iterator[_Found]:
    if type(credentials) is dict:
        for kind, named in credentials.items():
            nobodys = {"id": None, "name": kind}
            if named and named != nobodys:
                yield _CREDENTIAL, credentials, kind, nobodys


def is_chosen(located: Mapping[str, object], key: object) -> bool:
    """Tell whether n8n found the value of what it marks with `__rl` in somebody's account.

    An expression is none, nor is a name that was typed, a placeholder, or what everybody has.
    """
    value = located.get("value")
    if key in _MODELS or value is None or value == "" or located.get("mode") == "name":
        return False
    if type(value) is not str:
        return True
    return not value.startswith("=") and value not in _EVERYBODYS and not is_placeholder(value)


def _of_make(held: _Object, key: object) -> Iterator[_Found]:
    if key == "metadata" and held.get("restore"):
        kinds = _kinds(held["restore"])
        if kinds != held["restore"]:
            yield _LABELS, held, "restore", kinds or GONE
    for name, value in held.items():
        if _is_of_make(name, value):
            yield _CONNECTION, held, name, None


def _kinds(restore: object) -> _Object:
    """What kinds of connections were chosen: that much of what is restored tells of the app."""
    parameters = restore.get("parameters") if type(restore) is dict else None
    kinds: _Object = {}
    for name, value in parameters.items() if type(parameters) is dict else ():
        data = value.get("data") if type(value) is dict else None
        kind = data.get("connection") if type(data) is dict else None
        if type(kind) is str and kind and not kind.isdigit():
            kinds[name] = {"data": {"connection": kind}}
    return {"parameters": kinds} if kinds else {}


def _is_of_make(name: str, value: object) -> bool:
    """Tell whether a value is an id of an account's; an expression is none."""
    if type(value) is int:
        return name in _NUMBERS_OF_MAKE or name in _KEYS_OF_MAKE or name.endswith("Keychain")
    if type(value) is not str or "{{" in value:
        return False
    by_name = name in _KEYS_OF_MAKE or name.endswith("Keychain")
    return by_name or (name in _NUMBERS_OF_MAKE and value.isdigit())


def _of_zapier(held: _Object, key: object) -> Iterator[_Found]:
    for name in _KEYS_OF_ZAPIER:
        if held.get(name) is not None and key != "params":
            yield _ACCOUNT, held, name, None


_FINDERS: Mapping[FileFormat, _Finder] = {
    FileFormat.N8N: _of_n8n,
    FileFormat.MAKE: _of_make,
    FileFormat.ZAPIER: _of_zapier,
}
