import ast
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from koda.entrypoints.backends.registry import BUILT_IN
from tests.package.conftest import ROOT, SANDBOX

PACKAGE = ROOT / "src" / "koda"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
ALLOWED = {"attr", "attrs", "koda"}
IMPORT_ALL = """
import importlib, json, pkgutil, sys
before = set(sys.modules)
for name in ("koda", "koda.domain", "koda.ports"):
    package = importlib.import_module(name)
    if name != "koda":
        for module in pkgutil.walk_packages(package.__path__, name + "."):
            importlib.import_module(module.name)
print(json.dumps(sorted({name.partition(".")[0] for name in set(sys.modules) - before})))
"""
NEEDS = {
    "domain": [],
    "ports": [],
    "adapters/betterleaks": ["betterleaks"],
    "adapters/clerk": ["clerk"],
    "adapters/console": [],
    "adapters/directory": [],
    "adapters/memory": [],
    "adapters/mongo": ["mongo"],
    "adapters/pillow": ["pillow"],
    "adapters/redis": ["redis"],
    "adapters/s3": ["s3"],
    "adapters/smtp": ["smtp"],
    "adapters/sqlite": ["sqlite"],
    "adapters/stripe": ["stripe"],
    "adapters/system": ["wiring"],
    "entrypoints/backends": ["production"],
    "entrypoints/cli": ["embedded"],
    "entrypoints/demo": ["embedded"],
    "entrypoints/embedded": ["embedded"],
    "entrypoints/environment": ["wiring"],
    "entrypoints/health": ["cli", "s3", "sandbox"],
    "entrypoints/languages": ["web"],
    "entrypoints/samples": ["embedded"],
    "entrypoints/settings": ["wiring"],
    "entrypoints/web": ["web"],
    "entrypoints/wiring": ["wiring"],
    "entrypoints/work": ["wiring"],
    "testing": ["testing", "web", "wiring"],
}
"""The extras that each part of Koda needs beside the base, which is attrs."""
COMPANIONS = {
    "boto3": {"botocore"},
    "flask": {"itsdangerous", "jinja2", "markupsafe", "werkzeug"},
    "jinja2": {"markupsafe"},
    "pyjwt": {"cryptography"},
}
"""Distributions that come with another one as a part of what it offers."""
OPTIONAL = {"pydantic", "stripe"}
"""What the sandbox's strict mode needs, which says so itself."""


def test_core_loads_no_vendor_library() -> None:
    """In a fresh interpreter, domain and ports load attrs and the standard library alone."""
    done = subprocess.run(
        [sys.executable, "-I", "-c", IMPORT_ALL],
        capture_output=True,
        check=True,
        encoding="utf-8",
        timeout=60,
    )

    loaded = set(json.loads(done.stdout))

    assert set() == loaded - ALLOWED - sys.stdlib_module_names


@pytest.mark.parametrize("module", ["koda.ports.files", "koda.testing.marketplace"])
def test_import_loads_no_more_than_it_needs(module: str) -> None:
    """The marketplace in memory stands on attrs, too; what costs much is loaded when it is used."""
    done = subprocess.run(
        [sys.executable, "-I", "-c", f"import sys, {module}; print(*sys.modules)"],
        capture_output=True,
        check=True,
        encoding="utf-8",
        timeout=60,
    )

    loaded = set(done.stdout.split())
    outside = {name.partition(".")[0] for name in loaded} - sys.stdlib_module_names

    assert outside & {"cattrs", "click", "dependency_injector", "limits", "typed_settings"} == set()
    assert loaded & {"asyncio", "importlib.metadata", "ssl"} == set()


def test_domain_loads_openssl_and_addresses_when_they_are_needed() -> None:
    """Neither is part of what an import costs."""
    done = subprocess.run(
        [sys.executable, "-I", "-c", "import sys\n" + IMPORT_ALL + "print(*sys.modules)"],
        capture_output=True,
        check=True,
        encoding="utf-8",
        # Without what lets coverage begin in child processes, which loads both.
        env={},
        timeout=60,
    )

    assert {"_hashlib", "urllib.parse"} & set(done.stdout.splitlines()[-1].split()) == set()


def test_production_commands_load_no_sandbox() -> None:
    """A site that uses Stripe and Clerk themselves runs without the sandbox's distribution."""
    commands = ("doctor", "init", "serve", "tidy")
    modules = ", ".join(f"koda.entrypoints.cli.{name}" for name in commands)
    done = subprocess.run(
        [sys.executable, "-c", f"import sys, {modules}; print('paysandbox' in sys.modules)"],
        capture_output=True,
        check=True,
        encoding="utf-8",
        timeout=60,
    )

    assert done.stdout.strip() == "False"


def libraries(folder: Path) -> Iterator[str]:
    """The top-level names of the modules outside Koda that a folder's modules import."""
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                yield from (alias.name.partition(".")[0] for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                yield node.module.partition(".")[0]


def distributions(requirements: list[str]) -> set[str]:
    """The names of the distributions that requirements bring, companions included."""
    asked = {
        re.split(r"[\[<>=; ]", requirement, maxsplit=1)[0].lower() for requirement in requirements
    }
    return asked.union(*(COMPANIONS.get(name, set()) for name in asked))


def brought_by(extra: str) -> Iterator[str]:
    """The requirements of an extra, and of the extras that it is put together from."""
    for entry in PROJECT["optional-dependencies"][extra]:
        if own := re.fullmatch(r"koda-marketplace\[(.*)\]", entry):
            for name in own[1].split(","):
                yield from brought_by(name)
        else:
            yield entry


@pytest.mark.parametrize("part", [part for part in NEEDS if (PACKAGE / part).is_dir()])
def test_part_is_installed_whole_by_its_extras(part: str) -> None:
    """What a part of Koda imports comes with the base or with the extras it names."""
    extras = [entry for name in NEEDS[part] for entry in brought_by(name)]
    needed = PROJECT["dependencies"] + extras
    imported = set(libraries(PACKAGE / part)) - {"koda"}

    assert set() == missing(imported, needed)


def test_sandbox_is_installed_whole_by_its_own_dependencies() -> None:
    """What the sandbox imports comes with it, and nothing of it is Koda's."""
    project = tomllib.loads((SANDBOX / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    imported = set(libraries(SANDBOX / "src")) - {"paysandbox"}

    assert set() == missing(imported - OPTIONAL, project["dependencies"])


def missing(imported: set[str], requirements: list[str]) -> set[str]:
    """The imported libraries that requirements do not bring."""
    asked = distributions(requirements)
    origin = packages_distributions()
    outside = imported - sys.stdlib_module_names - {"_typeshed"}
    brought = {name: {source.lower() for source in origin.get(name, [name])} for name in outside}
    return {name for name in outside if not asked & brought[name]}


def test_every_adapter_has_its_extras_named() -> None:
    """A new adapter package cannot be forgotten here."""
    adapters = {f"adapters/{path.parent.name}" for path in PACKAGE.glob("adapters/*/__init__.py")}

    assert set() == adapters - NEEDS.keys()


def test_every_part_of_the_entry_points_has_its_extras_named() -> None:
    """Neither can a new package beside the present ones."""
    parts = {
        f"entrypoints/{path.parent.name}" for path in PACKAGE.glob("entrypoints/*/__init__.py")
    }

    assert set() == parts - NEEDS.keys()


def test_rooms_name_the_extras_of_their_adapters() -> None:
    """What a command tells to install is what the adapter lacks."""
    told = {f"adapters/{room.name}": [room.extra] if room.extra else [] for room in BUILT_IN}

    assert told == {part: NEEDS[part] for part in told}
