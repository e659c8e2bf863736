"""What looks like a secret in a workflow file, of whatever format."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import partial
from itertools import accumulate
from operator import itemgetter
from typing import TypeAlias

from attrs import frozen

from koda.domain.inspection.secrets.mentions import NAMED, mentions_in
from koda.domain.inspection.secrets.names import (
    LONGEST_NAME,
    Sensitivity,
    is_ambiguous,
    is_secret,
    secret_in,
    sensitivity,
)
from koda.domain.inspection.secrets.opened import OpenedFile
from koda.domain.inspection.secrets.passages import Passage, bounded, passages_of, path_to
from koda.domain.inspection.secrets.placeholders import is_placeholder, literals_in
from koda.domain.inspection.secrets.token_formats import Match, matches_in
from koda.domain.model.secrets import MOST_FINDINGS, SecretFinding, masked
from koda.domain.model.sentences import Sentence, sentence

DeclaredFields = Mapping[str, AbstractSet[str]]
"""The fields that a platform declares secret, by the type of their node."""
_DECLARED = sentence("stands in a field that the platform keeps secret")
_Hide: TypeAlias = Callable[[str], str]
"""Leaves the secrets out of a key or a title."""
_SHORTEST_DECLARED = 4
_LINE = "\n"
_BETWEEN = "\0\n"
"""What stands between the texts that are looked at together: no secret goes across it."""


@frozen
class Spans:
    """Where secrets begin and end in a text; in `path` the other secrets are left out."""

    text: str
    matches: Sequence[Match]
    _place: Callable[[int, _Hide], str]

    def findings(self) -> tuple[SecretFinding, ...]:
        """The first hundred, told without telling them."""
        told = self.matches[:MOST_FINDINGS]
        hide = partial(hidden, {self.text[start:end] for start, end, _ in told})
        return tuple(
            SecretFinding(kind, bounded(self._place(start, hide)), masked(self.text[start:end]))
            for start, end, kind in told
        )

    def secrets(self) -> dict[str, Sentence]:
        """The first hundred themselves, each with what it looks like."""
        told = reversed(self.matches[:MOST_FINDINGS])
        return {self.text[start:end]: kind for start, end, kind in told}


def secrets_in_json(
    value: object, declared: DeclaredFields | None = None
) -> tuple[SecretFinding, ...]:
    """What looks like a secret in a decoded workflow, in the order of the file, at most a hundred.

    `declared` are the fields that the platform declares secret, by the type of node.
    """
    return _in_passages(passages_of(value), declared or {}).findings()


def secrets_in_python(text: str) -> tuple[SecretFinding, ...]:
    """What looks like a secret in the text of a script, which is never parsed or run."""
    return _in_script(text).findings()


def spans_in(file: OpenedFile, declared: DeclaredFields) -> Spans:
    """The secrets of a file themselves, for whoever takes them out; `secrets_in_json` says more."""
    script = file.script
    return _in_passages(file.passages, declared) if script is None else _in_script(script)


def _in_passages(passages: Sequence[Passage], declared: DeclaredFields) -> Spans:
    starts = [0, *accumulate(len(passage.text) + len(_BETWEEN) for passage in passages)]
    text = _BETWEEN.join(passage.text for passage in passages)
    matches = [*_by_text(text), *_by_place(passages, starts, declared)]

    def place(at: int, hide: _Hide) -> str:
        return path_to(passages[bisect_right(starts, at) - 1].place, hide)

    return Spans(text, _apart(matches), place)


def _in_script(text: str) -> Spans:
    return Spans(
        text, _apart([*_by_text(text)]), lambda at, _: f"line {text.count(_LINE, 0, at) + 1}"
    )


def _by_text(text: str) -> Iterator[Match]:
    plain = text if text.isascii() else text.encode("ascii", "replace").decode("ascii")
    yield from matches_in(text, plain)
    yield from mentions_in(text, plain)


def _by_place(
    passages: Iterable[Passage], starts: Iterable[int], declared: DeclaredFields
) -> Iterator[Match]:
    fields = frozenset().union(*declared.values())
    for passage, start in zip(passages, starts, strict=False):
        name = passage.name
        if name is None or len(name) > LONGEST_NAME:
            continue
        kind = sensitivity(name)
        if name in fields and name in declared.get(passage.type_of_step() or "", ()):
            secret, told = _literal(passage.text), _DECLARED
        elif kind is not Sensitivity.NONE:
            secret, told = _secret_of(passage, name, kind), NAMED
        else:
            continue
        if secret is not None:
            begin = start + passage.text.index(secret)
            yield begin, begin + len(secret), told


def _literal(text: str) -> str | None:
    """What a declared field says by itself, unless it is a placeholder or an address.

    An address tells by its user information and its query whether it holds a secret.
    """
    for literal, quoted in literals_in(text):
        value = literal.strip()
        if len(value) < _SHORTEST_DECLARED or "://" in value or is_placeholder(value):
            continue
        if not quoted or is_secret(value, Sensitivity.TOKEN, strictly=True):
            return value
    return None


def _secret_of(passage: Passage, name: str, kind: Sensitivity) -> str | None:
    ambiguous = is_ambiguous(name)
    if ambiguous and not passage.is_paired:
        return None
    return secret_in(passage.text, kind, strictly=ambiguous)


def _apart(matches: list[Match]) -> Sequence[Match]:
    """Of matches that overlap the first, and by its shape before by its name."""
    chosen: list[Match] = []
    for match in sorted(matches, key=itemgetter(0)):
        if not chosen or match[0] >= chosen[-1][1]:
            chosen.append(match)
    return chosen


def hidden(secrets: Iterable[str], label: str) -> str:
    """A key, a title or another text without the secrets in it."""
    for secret in secrets:
        if secret in label:
            label = label.replace(secret, masked(secret))
    return label
