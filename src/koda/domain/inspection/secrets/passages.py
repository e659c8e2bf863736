"""The texts of a decoded workflow, each with the name that it goes by and its place."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple, TypeAlias

from koda.domain.model.redactions import LONGEST_PATH
from koda.domain.model.validation import shown

_SHORTEST = 4
"""Characters. Nothing shorter is a secret that can be told from a word."""
_LONGEST_KEY = 16
"""Characters. Keys of objects that are longer are texts of their own."""
_MOST_UNFOLDED = 3
"""How often JSON inside a string inside JSON is decoded."""
BETWEEN = " \N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK} "
"""What stands between the steps of a path."""
_LONGEST_LABEL = 60
_NAMELESS = "?"
_LABELS = ("name", "key", "fieldId", "field", "label", "header")
"""The keys of what a pair is called: `{"name": "Authorization", "value": "…"}`."""
_VALUES = frozenset({"value", "fieldValue", "stringValue"})
_TITLES: Mapping[object, str] = {"nodes": "name", "flow": "module", "zaps": "title"}
"""Which key says what a step is called, by the list that it is in: n8n, Make, Zapier."""
_OPENINGS, _CLOSINGS = frozenset("{["), frozenset("}]")
_LEADING = frozenset("{[= \t\r\n")
_NEAR = 64
"""Characters of white space that may stand around JSON in a string."""

_Step: TypeAlias = str | int


Place: TypeAlias = tuple["Place | None", Any, _Step]
"""Where a value is: at the place above its holder, the holder, and the step from there. Plain
tuples, since a file has thousands of them."""
_Waiting: TypeAlias = "tuple[Any, Place | None, int]"


class Passage(NamedTuple):
    """A text of the file at its place; a key of an object is a text of its own, too."""

    text: str
    place: Place
    is_key: bool = False

    @property
    def name(self) -> str | None:
        """The key, or the other half of the pair that the text is in, or of its list."""
        above, holder, step = self.place
        if self.is_key:
            return None
        if step in _VALUES:
            return next((holder[key] for key in _LABELS if type(holder.get(key)) is str), str(step))
        if type(step) is str:
            return step
        return above[2] if above is not None and type(above[2]) is str else None

    @property
    def is_paired(self) -> bool:
        """Tell whether the name is the other half of a pair."""
        return self.place[2] in _VALUES

    def type_of_step(self) -> str | None:
        """The type of the node of n8n around the text."""
        place: Place | None = self.place
        while place is not None:
            place, holder, _ = place
            if type(holder) is dict and "parameters" in holder and type(holder.get("type")) is str:
                return str(holder["type"])
        return None


def path_to(place: Place, hide: Callable[[str], str]) -> str:
    """The place as people read it, step by step from the file inwards.

    `hide` leaves out what must not be read of a key or a title.
    """
    return BETWEEN.join([*_steps(place, hide)][::-1])


def bounded(path: str) -> str:
    """The path within its bound; a file may have keys that show nothing."""
    if not shown(path):
        return _NAMELESS
    return path if len(path) <= LONGEST_PATH else f"{path[: LONGEST_PATH - 1]}…"


def _steps(place: Place | None, hide: Callable[[str], str]) -> Iterator[str]:
    while place is not None:
        above, holder, step = place
        if type(step) is str:
            yield _label(hide(step))
        else:
            index = f"[{step}]{_title(above, holder[step], hide)}"
            if above is not None and type(above[2]) is str:
                index = _label(hide(above[2])) + index
                above = above[0]
            yield index
        place = above


def _title(above: Place | None, value: object, hide: Callable[[str], str]) -> str:
    key = _TITLES.get(above[2]) if above is not None else None
    title = value.get(key) if key and isinstance(value, dict) else None
    return f' "{_label(hide(title))}"' if isinstance(title, str) else ""


def _label(text: str) -> str:
    """A key or a title in printable characters, at most sixty."""
    if not text.isprintable():
        text = "".join(letter if letter.isprintable() else " " for letter in text)
    printable = text.strip()
    return f"{printable[: _LONGEST_LABEL - 1]}…" if len(printable) > _LONGEST_LABEL else printable


def passages_of(value: object) -> list[Passage]:
    """Every text of a decoded value with at least four characters, in one order for one value.

    Text that is an object or array in JSON itself is decoded and walked, three times at most.
    """
    passages: list[Passage] = []
    waiting: list[_Waiting] = [(value, None, 0)]
    while waiting:
        holder, above, unfolded = waiting.pop()
        later: list[_Waiting] = []
        for step, part in _parts(holder):
            kind = type(part)
            if kind is dict or kind is list:
                later.append((part, (above, holder, step), unfolded))
            elif kind is str and len(part) >= _SHORTEST:
                inside = (
                    _decoded(part) if part[0] in _LEADING and unfolded < _MOST_UNFOLDED else None
                )
                if inside is None:
                    passages.append(Passage(part, (above, holder, step)))
                else:
                    later.append((inside, (above, holder, step), unfolded + 1))
        if type(holder) is dict and max(map(len, holder), default=0) > _LONGEST_KEY:
            passages += _keys(holder, above)
        later.reverse()
        waiting += later
    return passages


def whole_passages_of(value: object, *, every_key: bool) -> list[Passage]:
    """Every text of at least four characters, as it is, with the keys that may be addresses.

    `every_key` is for all keys.
    """
    passages: list[Passage] = []
    waiting: list[tuple[Any, Place | None]] = [(value, None)]
    while waiting:
        holder, above = waiting.pop()
        later: list[tuple[Any, Place | None]] = []
        for step, part in _parts(holder):
            kind = type(part)
            if kind is dict or kind is list:
                later.append((part, (above, holder, step)))
            elif kind is str and len(part) >= _SHORTEST:
                passages.append(Passage(part, (above, holder, step)))
        if type(holder) is dict:
            passages += [
                Passage(key, (above, holder, key), is_key=True)
                for key in holder
                if every_key or "." in key or ":" in key
            ]
        later.reverse()
        waiting += later
    return passages


def _keys(holder: Mapping[str, object], above: Place | None) -> Iterator[Passage]:
    for key in holder:
        if len(key) > _LONGEST_KEY:
            yield Passage(key, (above, holder, key), is_key=True)


def _parts(holder: Any) -> Any:
    """The steps from a container to its values; what is no container is the only one."""
    if type(holder) is dict:
        return holder.items()
    return enumerate(holder if type(holder) is list else [holder])


def _decoded(text: str) -> object:
    """The object or array that a text is in JSON, or None."""
    if text[:_NEAR].lstrip(" \t\r\n=")[:1] not in _OPENINGS:
        return None
    if text[-_NEAR:].rstrip()[-1:] not in _CLOSINGS:
        return None
    try:
        inside = _read(text.strip().removeprefix("="))
    except (ValueError, RecursionError):
        return None
    return inside if isinstance(inside, dict | list) and inside else None


def _pairs(pairs: list[tuple[str, object]]) -> object:
    """The object; as a list of its pairs if a key comes twice, so that none is lost."""
    made = dict(pairs)
    return made if len(made) == len(pairs) else [dict([pair]) for pair in pairs]


_read = json.JSONDecoder(object_pairs_hook=_pairs).decode
