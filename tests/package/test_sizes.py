"""Small functions and small modules, each about one subject."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import koda
import paysandbox

SOURCES = [Path(file).parent for file in (koda.__file__, paysandbox.__file__)]
LONGEST_FUNCTION = 40
"""Lines, its docstring included."""
LONGEST_MODULE = 300
"""Lines."""


def functions_of(text: str) -> Iterator[tuple[str, int]]:
    """The functions of a module, each with its number of lines."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, (node.end_lineno or 0) - node.lineno + 1


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.name)
def test_functions_are_short(source: Path) -> None:
    """What is longer holds a second function."""
    long = {
        f"{path.relative_to(source)}: {name}, {lines} lines"
        for path in source.rglob("*.py")
        for name, lines in functions_of(path.read_text(encoding="utf-8"))
        if lines > LONGEST_FUNCTION
    }

    assert long == set()


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.name)
def test_modules_are_short(source: Path) -> None:
    """What is longer holds a second subject."""
    lengths = {path: path.read_text(encoding="utf-8").count("\n") for path in source.rglob("*.py")}

    assert [path.name for path, lines in lengths.items() if lines > LONGEST_MODULE] == []


def test_lines_of_functions_are_counted() -> None:
    """From `def` to the last one, within classes and functions, too."""
    text = "class A:\n    def first(_):\n        def second():\n            pass\n\n        pass\n"

    assert sorted(functions_of(text)) == [("first", 5), ("second", 2)]
