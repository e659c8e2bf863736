"""The types of what is public: all of them said, and none of them `Any`."""

import ast
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.package.conftest import ROOT

KODA = ROOT / "src" / "koda"
VENDORS = ("adapters/", "entrypoints/web/")
"""Where values of libraries that tell no types go in and out."""
OFFERED = {path.name for path in KODA.glob("ports/*.py")} | {"app.py", "marketplace.py"}
"""The modules of theirs that others build on: adapters of ports, and what is mounted or served."""


def test_every_public_type_is_known() -> None:
    """Pyright calls the types complete: no public name is left to be guessed."""
    programs = Path(sys.executable).parent
    done = subprocess.run(
        [programs / "basedpyright", "--verifytypes", "koda", "--ignoreexternal", "--outputjson"],
        capture_output=True,
        check=False,
        cwd=ROOT,
        encoding="utf-8",
        # It looks into the environment of the first Python on the path.
        env=os.environ | {"PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"},
        timeout=300,
    )
    report = json.loads(done.stdout)["typeCompleteness"]
    symbols = [symbol for symbol in report["symbols"] if symbol["isExported"]]

    assert [symbol["name"] for symbol in symbols if not symbol["isTypeKnown"]] == []
    assert report["completenessScore"] == 1
    assert {"koda.testing.marketplace.Marketplace", "koda.ports.orders.Orders.save"} <= {
        symbol["name"] for symbol in symbols
    }


def test_no_public_type_is_any() -> None:
    """What the domain, the ports, their adapters, the kit and the settings take and give is said.

    Behind adapters, and in templates and JSON of the site, `Any` is what a library hands over.
    """
    loose = {
        f"{path.relative_to(KODA)}: {name}"
        for path in KODA.rglob("*.py")
        if path.name in OFFERED or not str(path.relative_to(KODA)).startswith(VENDORS)
        for name, said in annotations(ast.parse(path.read_text(encoding="utf-8")))
        if says_any(said)
    }

    assert loose == set()


def test_any_is_seen_wherever_it_stands() -> None:
    """In arguments, answers, fields, aliases and methods, and in quotation marks."""
    source = """
Alias = dict[str, Any]
Either = list[Any] | None
_private = Any
class Port:
    field: "Attribute[Any]"
    def __call__(self, *rest: Any) -> None: ...
    def _detail(self) -> Any: ...
def ask(name: str, /, *, key: list[Any]) -> None: ...
def answer() -> "Any | None": ...
"""
    loose = [name for name, said in annotations(ast.parse(source)) if says_any(said)]

    assert loose == ["Alias", "Either", "Port.field", "Port.__call__", "ask", "answer"]


def annotations(tree: ast.Module | ast.ClassDef) -> Iterator[tuple[str, ast.expr]]:
    """The public names of a module or a class, each with a type that it says."""
    for node in tree.body:
        match node:
            case ast.ClassDef(name=name) if not name.startswith("_"):
                yield from ((f"{name}.{inner}", said) for inner, said in annotations(node))
            case ast.FunctionDef(name=name) if is_public(name):
                yield from ((name, said) for said in signature(node))
            case ast.AnnAssign(target=ast.Name(id=name)) if is_public(name):
                yield name, node.annotation
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Subscript() | ast.BinOp()):
                if is_public(name):
                    yield name, node.value
            case _:
                pass


def is_public(name: str) -> bool:
    """Whether a name is for others: that of no detail."""
    return not name.startswith("_") or name.endswith("__")


def signature(node: ast.FunctionDef) -> Iterator[ast.expr]:
    """The types of a function's arguments and of what it returns."""
    arguments = node.args
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    yield from (argument.annotation for argument in every if argument.annotation)
    for rest in (arguments.vararg, arguments.kwarg):
        if rest is not None and rest.annotation:
            yield rest.annotation
    if node.returns:
        yield node.returns


def says_any(said: ast.expr) -> bool:
    """Whether `Any` is in a type, one in quotation marks included."""
    words = (
        node.id if isinstance(node, ast.Name) else node.value
        for node in ast.walk(said)
        if isinstance(node, ast.Name | ast.Constant)
    )
    return any(re.search(r"\bAny\b", word) for word in words if isinstance(word, str))
