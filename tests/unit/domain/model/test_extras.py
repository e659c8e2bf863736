from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koda.domain.model.errors import InvalidForm, InvalidValue
from koda.domain.model.extras import (
    LARGEST_NUMBER,
    Extra,
    ExtraField,
    ExtraKind,
    ExtraValue,
    label_of,
    read_extras,
)
from koda.domain.model.listings import Listing
from koda.domain.model.policy import Policy
from koda.testing.examples import a_listing
from koda.testing.strategies import names

DIFFICULTY = ExtraField("difficulty", choices=("Easy", "Hard"))
MINUTES = ExtraField("setup_minutes", ExtraKind.NUMBER)
NEEDS_KEY = ExtraField("needs_key", ExtraKind.YES_NO)
NOTE = ExtraField("note")
FIELDS = (DIFFICULTY, MINUTES, NEEDS_KEY, NOTE)


def problems_of(**said: Any) -> dict[str, str]:
    """What is wrong with extras that a client sends, by field."""
    with pytest.raises(InvalidForm) as refused:
        read_extras(FIELDS, said)
    return {problem.field: str(problem.problem) for problem in refused.value.problems}


def test_extras_are_read_as_their_fields_declare_them() -> None:
    """In the order of their names; a choice as it is declared, a text on one line."""
    said: dict[str, ExtraValue] = {
        "setup_minutes": 0,
        "note": " any \n text ",
        "needs_key": False,
        "difficulty": "EASY",
    }

    assert read_extras(FIELDS, said) == (
        Extra("difficulty", "Easy"),
        Extra("needs_key", False),
        Extra("note", "any text"),
        Extra("setup_minutes", 0),
    )


def test_every_wrong_extra_is_told_at_once() -> None:
    """An unknown name, another kind, no choice of its field, too long or too large."""
    assert problems_of(
        difficulty="so so", setup_minutes="5", needs_key=1, note="x" * 101, colour="red"
    ) == {
        "extras.difficulty": "must be one of Easy, Hard",
        "extras.setup_minutes": "must be a whole number",
        "extras.needs_key": "must be yes or no (true or false)",
        "extras.note": "must have 1 to 100 characters",
        "extras.colour": "is not known; leave it out",
    }


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("setup_minutes", True),
        ("setup_minutes", 1.0),
        ("setup_minutes", LARGEST_NUMBER + 1),
        ("setup_minutes", -LARGEST_NUMBER - 1),
        ("needs_key", "yes"),
        ("needs_key", None.__class__),
        ("note", ""),
        ("note", 5),
        ("note", "a\0b"),
        ("note", ["a"]),
        ("difficulty", 5),
        ("difficulty", ""),
        ("colour", None),
        ("x" * 500, "a"),
    ],
)
def test_a_value_of_another_kind_is_refused(name: str, value: Any) -> None:
    """A yes is no 1, and a number that is typed is a text."""
    [field] = problems_of(**{name: value})

    assert field.startswith("extras.")
    assert len(field) < 100


def test_more_values_than_there_may_be_fields_are_refused_at_once() -> None:
    """However many a client sends, one problem is told."""
    with pytest.raises(InvalidValue, match="extras: must be at most 20"):
        read_extras(FIELDS, {f"a{number}": 1 for number in range(21)})


def test_what_is_not_said_again_stays() -> None:
    """Nothing said takes a value away."""
    before = (Extra("needs_key", True), Extra("note", "a"))

    assert read_extras(FIELDS, {"note": "b"}, before) == (
        Extra("needs_key", True),
        Extra("note", "b"),
    )
    assert read_extras(FIELDS, {"note": None}, before) == (Extra("needs_key", True),)
    assert read_extras(FIELDS, {"difficulty": None}, before) == before


def test_what_no_field_declares_any_more_may_stay_or_go() -> None:
    """It may be said as it was, or taken away; another value, or another type, is refused."""
    before = (Extra("colour", "red"), Extra("weight", 1))

    for said in ({}, {"colour": "red"}, {"weight": 1}):
        assert read_extras(FIELDS, said, before) == before
    assert read_extras(FIELDS, {"weight": None}, before) == (Extra("colour", "red"),)
    for other in ({"colour": "blue"}, {"weight": True}):
        with pytest.raises(InvalidForm, match="is not known"):
            read_extras(FIELDS, other, before)


@pytest.mark.parametrize(
    ("extra", "text"),
    [
        (Extra("a", True), "yes"),
        (Extra("a", False), "no"),
        (Extra("a", -5), "-5"),
        (Extra("a", "Any text"), "Any text"),
    ],
)
def test_every_value_has_one_text(extra: Extra, text: str) -> None:
    """Which a form shows."""
    assert extra.text == text


@given(st.booleans() | st.integers(-LARGEST_NUMBER, LARGEST_NUMBER) | names())
def test_a_typed_text_is_the_value_that_it_is_of(value: bool | int | str) -> None:
    """What a form shows of a value is read as that value again."""
    kinds = {bool: ExtraKind.YES_NO, int: ExtraKind.NUMBER, str: ExtraKind.TEXT}
    field = ExtraField("a", kinds[type(value)])

    again = field.typed(Extra("a", value).text)
    assert (type(again), again) == (type(value), value)


@pytest.mark.parametrize(
    ("field", "text"), [(MINUTES, "ten"), (MINUTES, "1" * 16), (MINUTES, "٣"), (NEEDS_KEY, "maybe")]
)
def test_a_typed_text_that_is_no_value_is_refused_later(field: ExtraField, text: str) -> None:
    """As what it is: a text."""
    with pytest.raises(InvalidValue, match=f"extras.{field.name}: must be"):
        field.read(field.typed(text))


@pytest.mark.parametrize(
    "value",
    ["", "x" * 101, "a\nb", " a", LARGEST_NUMBER + 1, 1.5, None, ["a"]],
)
def test_a_listing_holds_no_other_value(value: Any) -> None:
    """Whatever wrote it: a stored one would be corrupt."""
    with pytest.raises(InvalidValue, match=r"^extras\.a: "):
        Extra("a", value)


@pytest.mark.parametrize(
    "extras", [[], ("a",), (Extra("b", 1), Extra("a", 1)), (Extra("a", 1),) * 2]
)
def test_a_listing_holds_each_extra_once_in_order(extras: Any) -> None:
    """So that equal listings are equal documents."""
    with pytest.raises(InvalidValue, match="extras: must be"):
        a_listing(extras=extras)


@pytest.mark.parametrize("name", ["", "A", "1a", "a b", "a-b", "a.b", "x" * 31, "ﬁ", "e\u0301", 5])
def test_a_field_has_a_plain_name(name: Any) -> None:
    """Of letters of any script, digits and underscores, in one spelling."""
    with pytest.raises(InvalidValue, match="name: must be of lower-case letters"):
        ExtraField(name)


@pytest.mark.parametrize("field", [*FIELDS, ExtraField("größe_2"), ExtraField("सेटअप")])
def test_a_field_is_read_as_it_is_written(field: ExtraField) -> None:
    """In the form of a setting."""
    assert ExtraField.parse(str(field)) == field


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("difficulty", "must each be a name, a colon and one of text, number, yes/no, or choices"),
        ("difficulty:", "must each be a name"),
        ("difficulty:colour", "must each be a name"),
        ("difficulty:a|", "must have 1 to 40 characters"),
        ("difficulty:a|A", "must be different from one another"),
        ("Difficulty:text", "must be of lower-case letters"),
    ],
)
def test_what_is_no_field_is_refused(text: str, problem: str) -> None:
    """With what to write instead."""
    with pytest.raises(InvalidValue, match=problem):
        ExtraField.parse(text)


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "text"},
        {"choices": ["a"]},
        {"choices": ("a|b", "c")},
        {"choices": ("a", "b"), "kind": ExtraKind.NUMBER},
    ],
)
def test_a_field_that_could_not_be_filled_in_is_refused(changes: dict[str, Any]) -> None:
    """Choices are texts, and each can be written in a setting."""
    with pytest.raises(InvalidValue):
        ExtraField("a", **changes)


@pytest.mark.parametrize(
    "extras",
    [
        [NOTE],
        ("note",),
        (NOTE, ExtraField("note", ExtraKind.NUMBER)),
        tuple(ExtraField(f"a{number}") for number in range(21)),
    ],
)
def test_a_policy_declares_each_field_once(extras: Any) -> None:
    """And not more than a form can show."""
    with pytest.raises(InvalidValue, match="extras: must be"):
        Policy(extras=extras)


def test_people_read_a_label() -> None:
    """Made of the name of a field, alone or among all fields of a listing."""
    assert [label_of("setup_minutes"), label_of(NOTE.key), label_of("größe")] == [
        "Setup minutes",
        "Note",
        "Größe",
    ]


def test_a_listing_is_proposed_with_its_extras() -> None:
    """Their faults are told with all others."""
    said: Any = {"category": "sales", "platform": "n8n", "price": "5", "title": "Five of them"}
    said |= {"description": "Something that does something."}
    policy = Policy(extras=FIELDS)

    assert Listing.propose(policy, **said, extras={"note": "a"}).extras == (Extra("note", "a"),)
    with pytest.raises(InvalidForm) as refused:
        Listing.propose(policy, **said | {"title": "", "extras": {"note": 5}})
    assert [problem.field for problem in refused.value.problems] == ["title", "extras.note"]


def test_whole_numbers_are_kept_as_they_are() -> None:
    """Up to the largest that every store keeps."""
    assert [Extra("minutes", value).value for value in (0, -5, LARGEST_NUMBER)] == [
        0,
        -5,
        LARGEST_NUMBER,
    ]
