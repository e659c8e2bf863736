"""Write the reference from the code: `python -m tools.reference`.

A test compares what this gives with what is committed.
"""

import importlib
import inspect
import pkgutil
import re
from argparse import HelpFormatter
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import click
from click.testing import CliRunner

import koda.ports
from koda.entrypoints.cli.main import koda as koda_command
from koda.entrypoints.environment.reference import as_markdown
from koda.entrypoints.web.api.openapi import document
from koda.entrypoints.web.api.table import OPERATIONS
from paysandbox.command import make_parser

ROOT = Path(__file__).parents[1]
MADE = "<!-- made by `python -m tools.reference`; change the code instead -->"

PORTS = """\
What the use cases need of the world, one Protocol a module of `koda.ports`. The text of a method is
its contract; the suite of the same name in `koda.testing.contracts` proves it. How to stand behind
one: [write an adapter](../how-to/write-an-adapter.md)."""

COMMANDS = """\
What each command says of itself with `--help`. Exit codes are the same for all of them; errors are
one line, or with `--json` one object with `code`, `message` and the error's data."""
API = """\
Everything that the pages do, under `/api/v1`, with `Authorization: Bearer` tokens. Amounts are in
minor units, times in UTC. Lists come page by page: send the `next_cursor` of an answer as `cursor`.
Errors are `application/problem+json` with a stable `code`. A running site gives the same as an
OpenAPI 3.1 document at `/api/v1/openapi.json`."""
SANDBOX = "sandbox"
"""The command that is a program of its own, with a parser of its own."""
WIDTH = 90
"""Columns of the command line's help."""


def _ports() -> Iterator[ModuleType]:
    for module in pkgutil.iter_modules(koda.ports.__path__, "koda.ports."):
        yield importlib.import_module(module.name)


def _own(module: ModuleType) -> Iterator[tuple[str, type]]:
    for name, member in vars(module).items():
        if inspect.isclass(member) and member.__module__ == module.__name__:
            yield name, member


def _members(port: type) -> Iterator[tuple[str, str, object]]:
    """The methods and properties of a port: name, signature, and where its text stands."""
    for name, member in vars(port).items():
        public = member.__doc__ and (name == "__call__" or name[0] != "_")
        if public and inspect.isfunction(member):
            yield name, f"{name}{_signature(member)}", member
        elif public and isinstance(member, property) and member.fget:
            signature = _signature(member.fget)
            yield name, f"{name}: {signature.removeprefix('() -> ')}", member


def _signature(function: Callable[..., Any]) -> str:
    text = str(inspect.signature(function))
    text = re.sub(r"(?:[a-z_]+\.)+([A-Za-z]+)", r"\1", text)
    return text.replace("(self, ", "(").replace("(self)", "()")


def _prose(thing: object) -> str:
    """The docstring as Markdown: what stands under `Raises:` becomes a list."""
    lines: list[str] = []
    for line in (inspect.getdoc(thing) or "").splitlines():
        entry = re.fullmatch(r"    ([A-Za-z, ]+): (.*)", line)
        if line in {"Raises:", "Args:"}:
            lines.append(f"{line[:-1]}:\n")
        elif entry:
            lines.append(f"- `{entry[1]}`: {entry[2]}")
        else:
            lines.append(f"  {line.strip()}" if line.startswith("        ") else line)
    return "\n".join(lines)


def ports() -> str:
    """The reference of the ports."""
    parts = ["# Ports", MADE, PORTS]
    for module in _ports():
        for name, port in _own(module):
            parts.append(f"## {name}\n\n`{module.__name__}.{name}`\n\n{_prose(port)}")
            parts.extend(
                f"### {name}.{member}\n\n`{signature}`\n\n{_prose(described)}"
                for member, signature, described in _members(port)
            )
    return "\n\n".join(parts) + "\n"


def commands() -> str:
    """The reference of the command line: what each command says of itself."""
    parts = ["# Command line", MADE, COMMANDS, _help()]
    names = koda_command.list_commands(click.Context(koda_command))
    parts.extend(_help(name) for name in names if name != SANDBOX)
    parser = make_parser("koda sandbox")
    parser.formatter_class = partial(HelpFormatter, width=WIDTH)
    parts.append(f"## koda {SANDBOX}\n\n```text\n{parser.format_help().strip()}\n```")
    return "\n\n".join(parts) + "\n"


def _help(*words: str) -> str:
    shown = CliRunner().invoke(koda_command, [*words, "--help"], "koda", terminal_width=WIDTH)
    text = "\n".join(line.rstrip() for line in shown.output.splitlines())
    return f"## {' '.join(('koda', *words))}\n\n```text\n{text}\n```"


def api() -> str:
    """The reference of the JSON API, from its own OpenAPI document."""
    described = document(OPERATIONS)
    parts = ["# API", MADE, API]
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            parts.append(_operation(method, path, operation))
    parts.append("## Types")
    for name, schema in sorted(described["components"]["schemas"].items()):
        parts.append(_type(name, schema))
    return "\n\n".join(parts) + "\n"


def _operation(method: str, path: str, operation: Mapping[str, Any]) -> str:
    lines = [f"## {method.upper()} {path}", "", f"{operation['summary']}.", ""]
    for parameter in operation.get("parameters", ()):
        said = parameter.get("description") or parameter["schema"].get("description", "")
        shape = _shape(parameter["schema"])
        lines.append(f"- `{parameter['name']}` ({parameter['in']}): {shape}. {said}".rstrip())
    body = operation.get("requestBody")
    if body:
        lines.append(f"- body: {_shape(body['content']['application/json']['schema'])}")
    for status, answer in operation["responses"].items():
        lines.append(f"- {status}: {_answer(answer)}")
    return "\n".join(lines)


def _answer(answer: Mapping[str, Any]) -> str:
    ((kind, content),) = answer["content"].items()
    if kind != "application/problem+json":
        return _shape(content["schema"])
    codes = content["schema"]["allOf"][1]["properties"]["code"]["enum"]
    return ", ".join(f"`{code}`" for code in codes)


def _type(name: str, schema: Mapping[str, Any]) -> str:
    said = " ".join(schema.get("description", "").split())
    lines = [f"### {name}", "", said, ""]
    needed = schema.get("required", ())
    for field, kind in schema.get("properties", {}).items():
        must = "" if field in needed else ", may be left out"
        lines.append(f"- `{field}`: {_shape(kind)}{must}")
    if "enum" in schema:
        lines.append(f"One of {', '.join(f'`{value}`' for value in schema['enum'])}.")
    return "\n".join(lines).replace("\n\n\n", "\n\n").rstrip()


def _shape(schema: Mapping[str, Any]) -> str:
    """A type in words: what it refers to, or what JSON has for it."""
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[1]
        return f"[{name}](#{name.lower()})"
    if "anyOf" in schema:
        return " or ".join(_shape(choice) for choice in schema["anyOf"])
    if schema.get("type") == "array":
        return f"list of {_shape(schema['items'])}" if "items" in schema else "list"
    if "enum" in schema:
        return "one of " + ", ".join(f"`{value}`" for value in schema["enum"])
    return str(schema.get("format") or schema.get("type") or "anything")


PAGES: Mapping[str, Callable[[], str]] = {
    "api.md": api,
    "cli.md": commands,
    "ports.md": ports,
    "settings.md": as_markdown,
}
"""Every page that is made from the code, by its file name in `docs/reference`."""


def main() -> None:
    """Write every page."""
    for name, page in PAGES.items():
        (ROOT / "docs" / "reference" / name).write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
