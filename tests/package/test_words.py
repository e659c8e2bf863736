"""The words of names and of first lines: those that people of this field search for."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
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
CODE = ("src", "tests", "packages", "benchmarks", "tools")
DESCRIBED = ("src", "tests", "packages/paysandbox/src", "benchmarks", "tools")
NAMELESS = {"one", "each"}
"""Variables that do not say what they hold."""
PHRASES = {"circuit breaker": ""}
"""Where one of them is part of the field's own word."""


def names_of(text: str) -> Iterator[str]:
    """What the classes and functions of a module are called, with the first line of each."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
            yield (ast.get_docstring(node) or "").partition("\n")[0]
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            yield node.name


def variables_of(text: str) -> Iterator[tuple[str, int]]:
    """The variables and arguments of a module, each with its line."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id, node.lineno
        elif isinstance(node, ast.arg):
            yield node.arg, node.lineno


def words_of(text: str) -> set[str]:
    """The words of a name or a line, in small letters."""
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|_", " ", text).lower()
    for phrase, instead in PHRASES.items():
        parted = parted.replace(phrase, instead)
    return set(re.findall(r"[a-z]+", parted))


def test_names_and_first_lines_speak_the_words_of_the_field() -> None:
    """A reader who knows the field finds what they search for."""
    paths = [path for folder in DESCRIBED for path in (ROOT / folder).rglob("*.py")]
    riddles = {
        f"{path.relative_to(ROOT)}: {word} in {text!r}, say {RIDDLES[word]}"
        for path in paths
        for text in (path.stem, *names_of(path.read_text(encoding="utf-8")))
        for word in words_of(text) & RIDDLES.keys()
    }

    assert len(paths) > 800
    assert riddles == set()


def test_names_and_first_lines_are_read_wherever_they_stand() -> None:
    """Those of modules, classes and functions, methods included, and no more of a text."""
    text = '''
"""First.

Second."""
class A:
    """Third."""
    def b():
        """Fourth."""
        "Fifth."
'''

    assert list(names_of(text)) == ["First.", "Third.", "A", "Fourth.", "b"]


def test_variables_say_what_they_hold() -> None:
    """A reader need not look for where they come from."""
    paths = [path for folder in CODE for path in (ROOT / folder).rglob("*.py")]
    nameless = {
        f"{path.relative_to(ROOT)}:{line}: {name}"
        for path in paths
        for name, line in variables_of(path.read_text(encoding="utf-8"))
        if name in NAMELESS
    }

    assert len(paths) > 800
    assert nameless == set()


def test_variables_are_found_wherever_they_are_bound() -> None:
    """By a loop, in a comprehension, as an argument, by an assignment."""
    text = "for a in x: pass\nb = [c for c in x]\nd = lambda e: e\ndef f(g): ...\n"

    assert {name for name, _ in variables_of(text)} == set("abcdeg")


def test_words_are_told_apart_in_names() -> None:
    """However they are joined."""
    assert words_of("CircuitBreaker and _shelf_of, SpentTape") == {
        "and",
        "of",
        "shelf",
        "spent",
        "tape",
    }
