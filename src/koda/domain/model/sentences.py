"""Sentences for people: an English template, which is the message id, and the data that fill it.

Babel extracts what is given to `sentence`, `counted` and `translatable`, so that they take literals
alone.
"""

from collections.abc import Mapping
from datetime import date, datetime
from string import Formatter
from typing import LiteralString

from attrs import field, frozen


def in_english(value: object, spec: str = "") -> str:
    """Write the datum of a sentence: times in UTC to the second, days, lists with commas.

    `spec` is the format that the template asks for, such as `,` for groups of digits.
    """
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S} UTC"
    if isinstance(value, date):
        return f"{value.day} {value:%B %Y}"
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return format(value, spec)


class _English(Formatter):
    def format_field(self, value: object, format_spec: str) -> str:
        return in_english(value, format_spec)


_ENGLISH = _English()


@frozen
class Sentence:
    """A sentence, or a clause, that people read; `str()` of it is English.

    `data` are plain values by the names of the placeholders: texts, whole numbers, amounts of
    money, times in UTC, days, sizes, tuples of texts, and clauses that are sentences of their own.
    """

    template: str
    data: Mapping[str, object] = field(factory=dict, hash=False)
    plural: str = ""
    """The template for another `count` of the data than 1, where the words depend on it."""

    def __str__(self) -> str:
        many = self.plural and self.data["count"] != 1
        return _ENGLISH.vformat(self.plural if many else self.template, (), self.data)


def sentence(template: LiteralString, /, **data: object) -> Sentence:
    """Say `template`, filled with `data`."""
    return Sentence(template, data)


def counted(
    singular: LiteralString, many: LiteralString, /, count: int, **data: object
) -> Sentence:
    """Say `singular` for a `count` of 1 and else `many`, filled with the count and `data`."""
    return Sentence(singular, {"count": count, **data}, many)


def translatable(template: LiteralString) -> str:
    """Return `template`, which whoever translates Koda is shown."""
    return template


def verbatim(text: str) -> Sentence:
    """Say `text` as it is: operators and their tools have English alone."""
    return Sentence("{text}", {"text": text})


def plain_of(said: Sentence) -> dict[str, object]:
    """The sentence as plain mappings, texts and whole numbers, for stores.

    Data of other kinds become the text that they have in English.
    """
    data = {name: _plain_datum(value) for name, value in said.data.items()}
    return {"template": said.template, "data": data, "plural": said.plural}


def sentence_from(plain: object) -> Sentence:
    """Read what `plain_of` made.

    Raises:
        TypeError: it is nothing of the kind.
    """
    match plain:
        case {"template": str(template), "data": dict(data), "plural": str(plural), **others} if (
            not others
        ):
            values = {str(name): _datum(value) for name, value in data.items()}
            return Sentence(template, values, plural)
        case _:
            raise TypeError("must be a sentence: a template, its data and a plural")


def _plain_datum(value: object) -> object:
    if isinstance(value, Sentence):
        return plain_of(value)
    return value if type(value) in {str, int} else str(value)


def _datum(value: object) -> object:
    if isinstance(value, dict):
        return sentence_from(value)
    if not isinstance(value, str | int):
        raise TypeError(f"must be text, a whole number or a sentence, not {type(value).__name__}")
    return value
