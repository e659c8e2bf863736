"""Taking out of a workflow file what is its maker's own: secrets, people, accounts, machines."""

from collections.abc import Iterable, Sequence
from typing import Any

from attrs import define, evolve, field, frozen

from koda.domain.inspection.carriers import GONE, Carrier, carriers
from koda.domain.inspection.foreign import CREDENTIALS
from koda.domain.inspection.formats.reading import Document
from koda.domain.inspection.formats.values import items, mapping, text
from koda.domain.inspection.private.rewriting import EMAIL, HOST, Rewritten, rewrite
from koda.domain.inspection.private.stand_ins import StandIns
from koda.domain.inspection.recognition import documents_in
from koda.domain.inspection.secrets.blocking import check_secrets
from koda.domain.inspection.secrets.declared import declared_in
from koda.domain.inspection.secrets.finding import DeclaredFields, hidden, spans_in
from koda.domain.inspection.secrets.opened import OpenedFile, opened
from koda.domain.inspection.secrets.passages import bounded, path_to
from koda.domain.inspection.written_json import written
from koda.domain.model.errors.roots import InvalidValue
from koda.domain.model.redactions import LONGEST_SHOWN, MOST_CHANGES, Change, Redaction
from koda.domain.model.secrets import masked
from koda.domain.model.sentences import Sentence
from koda.domain.model.validation import cleaned

_MOST_PASSES = 4
"""Each replaces a hundred secrets, and what came to light when something else was replaced."""
_LINE = "\n"
_CONTAINERS = {dict: "{…}", list: "[…]", type(None): "null"}


@frozen(eq=False)
class Cleaned:
    """A redaction, and the file that it left: what was given where nothing was to do."""

    redaction: Redaction
    file: OpenedFile


def redacted(file_name: str, content: bytes, *, has_secrets: bool = True) -> Redaction:
    """Return a workflow file without what is its maker's own, and what was changed.

    In `.json` of n8n, Make and Zapier that is what exports carry by accident (see `carriers`); in
    any `.json` and `.py`, secrets, e-mail addresses and machines of private networks, wherever
    they are in a text. What is read as the workflow stays as it is. Redacting again changes
    nothing, and where there is nothing to do the file stays as it is, byte by byte.

    Where `inspected` saw no secret in the file, with `has_secrets` off none is looked for again.

    Raises:
        InvalidValue: what is wrong with `file`, as `inspected` says; or a secret is written in such
            a way that it must be taken out by hand.
    """
    return clean(opened(file_name, content), has_secrets=has_secrets).redaction


def clean(file: OpenedFile, *, has_secrets: bool = True) -> Cleaned:
    """Take out of a file that was read before what is its maker's own; `redacted` says more.

    What `file` holds is changed: look into it before. Nothing in the file that is returned looks
    like a secret, if `has_secrets` is true of `file`.

    Raises:
        InvalidValue: an export of credentials, or a secret that must be taken out by hand.
    """
    is_script = file.script is not None
    cleared, declared = ([], {}) if is_script else _known(file.value)
    secrets = spans_in(file, declared).secrets() if has_secrets else {}
    told = _Told([*secrets], is_script)
    told.carriers(cleared)
    for carrier in cleared:
        carrier.clear()
    left = file.refreshed() if cleared else file
    stand_ins = StandIns(file.content.decode())
    passes = 0
    while passes < _MOST_PASSES and rewrite(
        file.value, secrets, stand_ins, told.text, everywhere=is_script
    ):
        left = left.refreshed()
        secrets = spans_in(left, declared).secrets()
        passes += 1
    check_secrets(spans_in(left.refreshed(), declared).findings() if secrets else ())
    if not told.total:
        return Cleaned(Redaction(file.content), file)
    script = left.script
    content = (f"{written(file.value)}\n" if script is None else script).encode()
    redaction = Redaction(content, told.changes, told.total)
    return Cleaned(redaction, evolve(left, content=content))


def _known(value: Any) -> tuple[list[Carrier], DeclaredFields]:
    """What a file of a known format carries, and which of its fields are declared secret.

    Nothing in any other file, but an export of credentials is for nobody.
    """
    try:
        file_format, documents = documents_in(value)
    except InvalidValue as error:
        if error.problem == CREDENTIALS:
            raise
        return [], {}
    return carriers(value, file_format), declared_in(_types(documents))


def _types(documents: Iterable[Document]) -> Iterable[str]:
    """The types of the nodes of n8n."""
    return (
        text(mapping(node).get("type"))
        for document in documents
        for node in items(document.content.get("nodes"))
    )


@define
class _Told:
    """What was changed so far, told without the `secrets` of the file."""

    _secrets: list[str]
    _is_script: bool = False
    total: int = 0
    _leaks: list[Change] = field(factory=list)
    _others: list[Change] = field(factory=list)

    @property
    def changes(self) -> tuple[Change, ...]:
        """As many as are told: those of secrets first, since these have to be revoked, too."""
        return (*self._leaks, *self._others)[:MOST_CHANGES]

    def carriers(self, cleared: Sequence[Carrier]) -> None:
        """Note what is going to be cleared."""
        self.total += len(cleared)
        for carrier in cleared[:MOST_CHANGES]:
            path = path_to(carrier.place, self._hide)
            after = "" if carrier.instead is GONE else _brief(carrier.instead)
            before = self._hide(_brief(carrier.before))
            self._others.append(_change(carrier.kind, path, before, after))

    def text(self, found: Rewritten) -> None:
        """Note what is going to be replaced in a text."""
        self.total += 1
        is_secret = found.kind is not EMAIL and found.kind is not HOST
        told = self._leaks if is_secret else self._others
        if len(told) < MOST_CHANGES:
            before = masked(found.before) if is_secret else self._hide(found.before)
            told.append(_change(found.kind, self._path(found), before, found.after))

    def _path(self, found: Rewritten) -> str:
        if self._is_script:
            return f"line {found.passage.text.count(_LINE, 0, found.at) + 1}"
        return path_to(found.passage.place, self._hide)

    def _hide(self, text: str) -> str:
        return hidden(self._secrets, text)


def _brief(value: Any) -> str:
    """A value in a few words; of a credential the name."""
    if type(value) is dict and type(value.get("name")) is str:
        return str(value["name"])
    return _CONTAINERS.get(type(value)) or str(value)


def _change(kind: Sentence, path: str, before: str, after: str) -> Change:
    shown = [cleaned(text, LONGEST_SHOWN) for text in (before, after)]
    return Change(kind, bounded(path), *shown)
