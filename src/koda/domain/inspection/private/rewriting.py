"""Rewriting the texts of a decoded file, keys included, so that nothing private is left in them."""

import json
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from itertools import accumulate
from operator import attrgetter
from typing import Any, NamedTuple, TypeAlias

from koda.domain.inspection.private.emails import emails_in
from koda.domain.inspection.private.hosts import hosts_in
from koda.domain.inspection.private.stand_ins import StandIns, form_of
from koda.domain.inspection.secrets.passages import Passage, whole_passages_of
from koda.domain.inspection.strict_json import Container
from koda.domain.model.sentences import Sentence, sentence

EMAIL = sentence("is an e-mail address")
HOST = sentence("is a machine on a private network")
_EMAIL_FORM, _HOST_FORM = "user{}@example.com", "host{}.example"
_BETWEEN = "\0\n"
_LONG = 16
"""Characters. What is shorter is replaced only where no letter or digit is beside it."""
_DEEPEST = 3
"""How often JSON inside a string may be escaped."""


class Rewritten(NamedTuple):
    """Something private, where it stood, and what was written there."""

    kind: Sentence
    passage: Passage
    at: int
    """Where in the passage."""
    before: str
    after: str


_Match: TypeAlias = tuple[int, int, Sentence]
_Secrets: TypeAlias = Mapping[str, Sentence]


def rewrite(
    value: Container,
    secrets: _Secrets,
    stand_ins: StandIns,
    tell: Callable[[Rewritten], None],
    *,
    everywhere: bool = False,
) -> bool:
    """Replace secrets, e-mail addresses and internal hosts in `value`; False if there are none.

    Each is told once for a text, or `everywhere` it is, before the text is changed.
    """
    passages = whole_passages_of(value, every_key=bool(secrets))
    text = _BETWEEN.join(passage.text for passage in passages)
    starts = [0, *accumulate(len(passage.text) + len(_BETWEEN) for passage in passages)]
    spelled = _spelled(secrets)
    matches: dict[int, list[_Match]] = {}
    for start, end, kind in _apart([*_secrets(text, spelled, secrets), *_addresses(text)]):
        number = bisect_right(starts, start) - 1
        begin = starts[number]
        matches.setdefault(number, []).append((start - begin, end - begin, kind))
    new: list[tuple[Passage, str]] = []
    for number, within in matches.items():
        replaced = [*_replaced(passages[number], within, spelled, stand_ins)]
        firsts = {found.at if everywhere else found.before: found for found in reversed(replaced)}
        for found in sorted(firsts.values(), key=attrgetter("at")):
            tell(found)
        new.append((passages[number], _joined(passages[number].text, within, replaced)))
    _put(new)
    return bool(new)


def _replaced(
    passage: Passage, matches: list[_Match], spelled: Mapping[str, str], stand_ins: StandIns
) -> Iterator[Rewritten]:
    for start, end, kind in matches:
        original = passage.text[start:end]
        original = spelled.get(original, original)
        yield Rewritten(kind, passage, start, original, stand_ins.of(_form(kind), original))


def _joined(text: str, matches: list[_Match], replaced: list[Rewritten]) -> str:
    parts: list[str] = []
    last = 0
    for (start, end, _), found in zip(matches, replaced, strict=True):
        parts += (text[last:start], found.after)
        last = end
    return "".join([*parts, text[last:]])


def _form(kind: Sentence) -> str:
    if kind is EMAIL:
        return _EMAIL_FORM
    return _HOST_FORM if kind is HOST else form_of(kind)


def _addresses(text: str) -> Iterator[_Match]:
    yield from ((start, end, EMAIL) for start, end in emails_in(text))
    yield from ((start, end, HOST) for start, end in hosts_in(text))


def _spelled(secrets: _Secrets) -> Mapping[str, str]:
    """Each secret by the ways in which it is written: as it is, and in JSON inside a string."""
    spelled: dict[str, str] = {}
    for secret in secrets:
        written = secret
        for _ in range(_DEEPEST + 1):
            spelled.setdefault(written, secret)
            written = json.dumps(written, ensure_ascii=False)[1:-1]
    return spelled


def _secrets(text: str, spelled: Mapping[str, str], secrets: _Secrets) -> Iterator[_Match]:
    for word, secret in spelled.items():
        at = text.find(word)
        while at >= 0:
            end = at + len(word)
            if len(word) >= _LONG or not (
                text[at - 1 : at].isalnum() or text[end : end + 1].isalnum()
            ):
                yield at, end, secrets[secret]
            at = text.find(word, end)


def _apart(matches: list[_Match]) -> Iterator[_Match]:
    """Of matches that overlap the first, and of those that begin together the longest."""
    last = 0
    for start, end, kind in sorted(matches, key=lambda match: (match[0], -match[1])):
        if start >= last:
            yield start, end, kind
            last = end


def _put(new: list[tuple[Passage, str]]) -> None:
    """Put texts in their places; keys after values, which stand under the old ones."""
    keys: dict[int, tuple[dict[str, Any], dict[str, str]]] = {}
    for passage, text in new:
        _, holder, step = passage.place
        if passage.is_key:
            keys.setdefault(id(holder), (holder, {}))[1][passage.text] = text
        else:
            holder[step] = text
    for holder, names in keys.values():
        renamed = [(names.get(name, name), value) for name, value in holder.items()]
        holder.clear()
        holder.update(renamed)
