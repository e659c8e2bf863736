"""Small functions and small modules, each about one subject."""

import ast
from collections.abc import Iterator
from pathlib import Path
from statistics import quantiles
from typing import TypeGuard

import pytest

import koda
import paysandbox

SOURCES = [Path(file).parent for file in (koda.__file__, paysandbox.__file__)]
LONGEST_FUNCTION = 40
"""Lines, its docstring included."""
LONGEST_MODULE = 300
"""Lines."""
MOST_NAMES = 6
"""Public names of a module, at the 90th percentile."""


def functions_of(text: str) -> Iterator[tuple[str, int]]:
    """The functions of a module, each with its number of lines."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, (node.end_lineno or 0) - node.lineno + 1


def public_names(text: str) -> Iterator[str]:
    """The functions, classes and constants of a module that others may use.

    Type variables are none of them.
    """
    for node in ast.parse(text).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names = [node.name]
        elif isinstance(node, ast.Assign | ast.AnnAssign) and not is_type_variable(node.value):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names = [
                name.id for target in targets for name in ast.walk(target) if is_assigned(name)
            ]
        else:
            names = []
        yield from (name for name in names if not name.startswith("_"))


def is_type_variable(value: ast.expr | None) -> bool:
    """Whether a value is a new type variable."""
    return isinstance(value, ast.Call) and ast.unparse(value.func) in {"TypeVar", "ParamSpec"}


def is_assigned(node: ast.AST) -> TypeGuard[ast.Name]:
    """Whether a part of an assignment is a name that it assigns."""
    return isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)


def ninetieth(numbers: list[int]) -> float:
    """The 90th percentile."""
    return quantiles(numbers, n=10, method="inclusive")[-1]


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


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.name)
def test_modules_have_few_public_names(source: Path) -> None:
    """What has more holds a second subject, or shows what it alone uses."""
    paths = (path for path in source.rglob("*.py") if path.name != "__init__.py")
    counts = [len(list(public_names(path.read_text(encoding="utf-8")))) for path in paths]

    assert ninetieth(counts) <= MOST_NAMES


def test_public_names_are_counted() -> None:
    """Of a module's own level, without what begins with an underscore."""
    text = """
import a
LIMIT = [name for name in a.names]
ONE, TWO = 1, 2
SIZE: int = 3
_OWN = 4
T = TypeVar("T")
class Shown:
    inner = 5
def shown():
    local = 6
def _own(): ...
"""

    assert list(public_names(text)) == ["LIMIT", "ONE", "TWO", "SIZE", "Shown", "shown"]


def test_lines_of_functions_are_counted() -> None:
    """From `def` to the last one, within classes and functions, too."""
    text = "class A:\n    def first(_):\n        def second():\n            pass\n\n        pass\n"

    assert sorted(functions_of(text)) == [("first", 5), ("second", 2)]
