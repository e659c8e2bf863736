"""The words of names and of first lines: those that people of this field search for."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import koda
import paysandbox

SOURCES = [Path(file).parent for file in (koda.__file__, paysandbox.__file__)]
RIDDLES = {
    "breaker": "circuit breaker",
    "ending": "exit code",
    "endings": "exit codes",
    "flights": "single flight",
    "mischief": "fault",
    "moments": "timestamps",
    "news": "update",
    "shapes": "schemas",
    "shelf": "collection",
    "standing": "status",
    "stories": "messages",
    "story": "message, or scenario",
    "tape": "recorded calls",
    "tapes": "recorded calls",
    "trick": "fault",
}
"""Words that nobody searches for, and those to use instead."""
PHRASES = {"circuit breaker": ""}
"""Where one of them is part of the field's own word."""


def names_of(path: Path) -> Iterator[str]:
    """What a module and its classes and functions are called, with the first line of each."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    yield path.stem
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
            yield (ast.get_docstring(node) or "").partition("\n")[0]
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            yield node.name


def words_of(text: str) -> set[str]:
    """The words of a name or a line, in small letters."""
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|_", " ", text).lower()
    for phrase, instead in PHRASES.items():
        parted = parted.replace(phrase, instead)
    return set(re.findall(r"[a-z]+", parted))


def test_names_and_first_lines_speak_the_words_of_the_field() -> None:
    """A reader who knows the field finds what they search for."""
    found = {
        f"{path.relative_to(source.parent)}: {word} in {text!r}, say {RIDDLES[word]}"
        for source in SOURCES
        for path in source.rglob("*.py")
        for text in names_of(path)
        for word in words_of(text) & RIDDLES.keys()
    }

    assert found == set()


def test_words_are_told_apart_in_names() -> None:
    """However they are joined."""
    assert words_of("CircuitBreaker and _shelf_of, SpentTape") == {
        "and",
        "of",
        "shelf",
        "spent",
        "tape",
    }
