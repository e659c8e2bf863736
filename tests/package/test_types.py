"""The types of what is public: all of them said, and none of them `Any`."""

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.package.conftest import ROOT

SOURCE = ROOT / "src"


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
            case ast.Assign(targets=[ast.Name(id=name)]) if is_public(name):
                yield name, node.value


def is_public(name: str) -> bool:
    """Whether a name is for others: that of no detail."""
    return not name.startswith("_") or name.endswith("__")


def signature(node: ast.FunctionDef) -> Iterator[ast.expr]:
    """The types of a function's arguments and of what it returns."""
    arguments = node.args
    each = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    yield from (argument.annotation for argument in each if argument.annotation)
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
