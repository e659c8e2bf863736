"""Write the reference from the code: `python -m tools.reference`.

A test compares what this gives with what is committed.
"""

import importlib
import inspect
import pkgutil
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import koda.ports

ROOT = Path(__file__).parents[1]
MADE = "<!-- made by `python -m tools.reference`; change the code instead -->"

PORTS = """\
What the use cases need of the world, one Protocol a module of `koda.ports`. The text of a method is
its contract; the suite of the same name in `koda.testing.contracts` proves it. How to stand behind
one: [write an adapter](../how-to/write-an-adapter.md)."""


def _ports() -> Iterator[ModuleType]:
    for module in pkgutil.iter_modules(koda.ports.__path__, "koda.ports."):
        yield importlib.import_module(module.name)


def _own(module: ModuleType) -> Iterator[tuple[str, type]]:
    for name, member in vars(module).items():
        if inspect.isclass(member) and member.__module__ == module.__name__:
            yield name, member


def _methods(port: type) -> Iterator[tuple[str, Callable[..., Any]]]:
    for name, member in vars(port).items():
        if inspect.isfunction(member) and member.__doc__ and (name == "__call__" or name[0] != "_"):
            yield name, member


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
                f"### {name}.{method}\n\n`{method}{_signature(function)}`\n\n{_prose(function)}"
                for method, function in _methods(port)
            )
    return "\n\n".join(parts) + "\n"


PAGES: Mapping[str, Callable[[], str]] = {"ports.md": ports}
"""Every page that is made from the code, by its file name in `docs/reference`."""


def main() -> None:
    """Write every page."""
    for name, page in PAGES.items():
        (ROOT / "docs" / "reference" / name).write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
