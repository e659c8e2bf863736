"""The extra fields of a marketplace: how forms ask for them, and how a listing shows them."""

from collections.abc import Iterable, Iterator
from contextlib import suppress

from attrs import frozen

from koda.domain.model.errors import InvalidValue
from koda.domain.model.extras import NO, YES, Extra, ExtraField, ExtraKind, ExtraValue, label_of
from koda.entrypoints.web.language import language, say


@frozen
class AskedField:
    """An extra field as a form asks for it; with `choices`, by value, it is one of them."""

    name: str
    label: str
    choices: tuple[tuple[str, str], ...] = ()


def asked(fields: Iterable[ExtraField], before: Iterable[Extra]) -> Iterator[AskedField]:
    """Yield how fields are asked for, of a listing that has the extras `before`.

    Nobody has to fill one in. What a listing has may be chosen again, whatever the choices are now.
    """
    kept = {extra.name: extra for extra in before}
    for field in fields:
        named = dict(choices_of(field))
        if named and field.name in kept:
            named.setdefault(kept[field.name].text, _shown(kept[field.name].value))
        choices = (("", say("Nothing said")), *named.items()) if named else ()
        yield AskedField(field.key, label_of(field.name), choices)


def choices_of(field: ExtraField) -> Iterator[tuple[str, str]]:
    """Yield the values that a field lists: the text of each, and what people read."""
    if field.kind is ExtraKind.YES_NO:
        yield from ((YES, say("Yes")), (NO, say("No")))
    for choice in field.choices:
        yield choice, choice


def facts(fields: Iterable[ExtraField], extras: Iterable[Extra]) -> Iterator[tuple[str, str]]:
    """Yield the label and the value of each extra that a field declares, in the fields' order."""
    values = {extra.name: extra.value for extra in extras}
    for field in fields:
        if field.name in values:
            yield label_of(field.name), _shown(values[field.name])


def said(fields: Iterable[ExtraField], key: str, text: str) -> str:
    """What is said of a field in few words, of which `text` was typed."""
    field = next((field for field in fields if field.key == key), None)
    value: ExtraValue = text
    if field is not None:
        with suppress(InvalidValue):
            value = field.read(field.typed(text)).value
    return say("{label}: {value}", label=label_of(key), value=_shown(value))


def _shown(value: ExtraValue) -> str:
    if isinstance(value, bool):
        return say("Yes") if value else say("No")
    return value if isinstance(value, str) else language().formats.datum(value, ",")
