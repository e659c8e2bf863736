"""What README promises of each extra holds where it alone is installed."""

import json
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from urllib.request import urlopen
from zipfile import ZipFile

import pytest

from tests.package.conftest import ROOT
from tests.package.environments import distributions, environment_of, link_all
from tests.package.test_imports import NEEDS
from tests.support.strong import STRONG

MakeEnvironment = Callable[[str], Path]
Run = Callable[..., "subprocess.CompletedProcess[str]"]
README = (ROOT / "README.md").read_text(encoding="utf-8")
GO_LIVE = (ROOT / "docs" / "how-to" / "go-live.md").read_text(encoding="utf-8")
LOCK = ROOT / "requirements" / "run.txt"
ENDS_WITHIN = 60.0
CORE = """
import importlib, pkgutil, sys
before = set(sys.modules)
for name in ("koda.domain", "koda.ports"):
    for module in pkgutil.walk_packages(importlib.import_module(name).__path__, name + "."):
        importlib.import_module(module.name)
loaded = {name.partition(".")[0] for name in set(sys.modules) - before}
print(sorted(loaded - sys.stdlib_module_names))
"""
REAL = f"""
KODA_SECRET={STRONG}
KODA_CLERK_PUBLIC_KEY=
KODA_CLERK_JWKS_URL=https://clerk.koda.example/.well-known/jwks.json
KODA_CLERK_WEBHOOK_SECRETS=whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3
KODA_S3_ACCESS_KEY=AKIAIOSFODNN7EXAMPLE
KODA_S3_SECRET_KEY=wJalrXUtnFEMI
KODA_MONGO_URI=mongodb://127.0.0.1:1/
"""
"""What is only a sample there, or would be looked up in the network."""
OPENED = """
from importlib.util import find_spec
from koda.entrypoints.backends.chosen import check
from koda.entrypoints.environment.loading import load_settings
from koda.entrypoints.wiring.container import PORTS, make_container
from koda.entrypoints.wiring.lifecycle import close, open_ports

container = make_container(check(load_settings()))
open_ports(container)
close(container)
print(sorted({getattr(container, port)().__module__.split(".")[2] for port in PORTS}))
print(find_spec("paysandbox"))
"""
"""Opens what stands behind every port, as `koda serve` does; no service is spoken to."""


@pytest.fixture(scope="module")
def python_with(
    wheel: Path,
    sandbox_wheel: Path,
    tmp_path_factory: pytest.TempPathFactory,
    clean_environment: dict[str, str],
) -> MakeEnvironment:
    """A function of an extra that gives the interpreter of an environment with it alone."""
    wheels = {"koda-marketplace": wheel, "paysandbox": sandbox_wheel}

    def make(extra: str) -> Path:
        folder = tmp_path_factory.mktemp(extra or "core")
        requirement = f"koda-marketplace[{extra}]" if extra else "koda-marketplace"
        return environment_of(folder, requirement, wheels, clean_environment)

    return make


JOBS = {"embedded", "production", "testing"}


def parts_alone() -> Mapping[str, list[str]]:
    """The parts of Koda that stand on one extra of a technology, or on none, by that extra."""
    parts: dict[str, list[str]] = {}
    for name, extras in NEEDS.items():
        if len(extras) <= 1 and not JOBS & set(extras):
            parts.setdefault("".join(extras), []).append(name)
    return parts


ALONE = parts_alone()


@pytest.fixture(scope="module")
def unpacked(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package as it lies in the wheel."""
    folder = tmp_path_factory.mktemp("unpacked")
    with ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder / "koda"


@pytest.mark.parametrize("extra", ALONE)
def test_parts_are_imported_with_their_extra_alone(
    extra: str, wheel: Path, unpacked: Path, run: Run, tmp_path: Path
) -> None:
    """Every module of an adapter is, and of the entry points what its extra is for."""
    wheels = {"koda-marketplace": wheel}
    (tmp_path / "koda").symlink_to(unpacked)
    link_all(distributions(f"koda-marketplace[{extra}]", wheels), wheels, tmp_path)
    names = [
        ".".join(path.relative_to(unpacked.parent).with_suffix("").parts)
        for part in ALONE[extra]
        for path in (unpacked / part).rglob("*.py")
    ]
    # Without `site`, only what lies in the folder is there.
    done = run(sys.executable, "-S", "-c", f"import {', '.join(names)}", PYTHONPATH=str(tmp_path))

    assert (done.returncode, done.stderr) == (0, "")


@pytest.fixture
def run(tmp_path: Path, clean_environment: dict[str, str]) -> Run:
    """A function that runs a program, as a user of the wheel does, in an empty folder."""

    def run(*command: str | Path, **variables: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            command,
            capture_output=True,
            check=False,
            cwd=tmp_path,
            encoding="utf-8",
            env=clean_environment | variables,
            timeout=120,
        )

    return run


def test_core_is_domain_and_ports_on_attrs(python_with: MakeEnvironment, run: Run) -> None:
    """With no extra, use cases and ports are there, and `koda` says in a line what it lacks."""
    python = python_with("")
    imported = run(python, "-c", CORE)
    command = run(python.with_name("koda"), "--help")

    assert (imported.returncode, imported.stderr) == (0, "")
    assert imported.stdout == "['attr', 'attrs', 'koda']\n"
    assert (command.returncode, command.stdout) == (1, "")
    assert command.stderr == (
        "koda: The library 'click' is not installed: "
        "run pip install 'koda-marketplace[embedded]'.\n"
    )


def test_testing_is_a_marketplace_and_the_contract_suites(
    python_with: MakeEnvironment, run: Run, tmp_path: Path
) -> None:
    """With `testing`, README's example runs, the plugin's `market` does, and so does a suite."""
    python = python_with("testing")
    [example] = re.findall(
        r"```python\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL
    )
    (tmp_path / "conftest.py").write_text('pytest_plugins = ["koda.testing.plugin"]\n', "utf-8")
    (tmp_path / "test_mine.py").write_text(TESTS, "utf-8")
    shown = run(python, "-c", example)
    tested = run(python, "-m", "pytest", "-q", "-p", "no:cacheprovider")
    begin = "from koda.testing.marketplace import Marketplace as M; "
    lacking = [run(python, "-c", f"{begin}M().{what}") for what in ("container", "client()")]

    assert (shown.returncode, shown.stderr) == (0, "")
    assert tested.returncode == 0, tested.stdout
    for ended in lacking:
        assert "run pip install 'koda-marketplace[embedded]'" in ended.stderr.splitlines()[-1]


TESTS = """
import pytest

from koda.adapters.memory.ids import CountingIds
from koda.testing.contracts.ids import IdsContract


class TestCountingIds(IdsContract):
    @pytest.fixture
    def make(self):
        return CountingIds


def test_purchase(market):
    flow = market.list_automation(market.ready_seller("ada"))
    assert market.buy(market.person("bea"), flow).state.value == "paid"
"""


@pytest.fixture(scope="module")
def embedded(python_with: MakeEnvironment) -> Path:
    """The program `koda` where `embedded` alone is installed."""
    return python_with("embedded").with_name("koda")


@pytest.fixture
def served(embedded: Path, tmp_path: Path, clean_environment: dict[str, str]) -> Iterator[str]:
    """The address of a marketplace that `koda serve` serves with `embedded` alone."""
    process = subprocess.Popen(
        [embedded, "serve", "--port", "0", "--samples"],
        cwd=tmp_path,
        encoding="utf-8",
        env=clean_environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert process.stdout is not None
    with process.stdout as said:
        yield next(line.split()[-1] for line in said if line.startswith("Koda serves"))
        process.send_signal(signal.SIGTERM)
        process.wait(ENDS_WITHIN)


def test_embedded_serves_the_marketplace(served: str) -> None:
    """With `embedded`, `koda serve` starts with nothing configured, and shows its samples."""
    with urlopen(served, timeout=ENDS_WITHIN) as answer:  # noqa: S310 -- our own address
        page = answer.read().decode()

    assert answer.status == 200
    assert "New reviews to Slack" in page


def test_embedded_shows_a_purchase(embedded: Path, run: Run) -> None:
    """`koda demo` lives through one, and every check of it holds."""
    shown = run(embedded, "demo", "--json")

    assert (shown.returncode, shown.stderr) == (0, "")
    assert json.loads(shown.stdout)["held"] is True


def test_lock_of_make_run_holds_what_embedded_asks_for() -> None:
    """`make run` installs the same from hashes."""
    locked = re.findall(r"^([a-z0-9._-]+)==", LOCK.read_text(encoding="utf-8"), re.MULTILINE)
    needed = distributions("koda-marketplace[embedded]", {})

    assert needed.keys() - set(locked) == {"koda-marketplace", "paysandbox"}


def test_production_opens_every_service(
    python_with: MakeEnvironment, run: Run, tmp_path: Path
) -> None:
    """With `production`, the variables of the way to production suffice; a missing one is named."""
    python = python_with("production")
    [written] = re.findall(r"<!-- file: koda\.env -->\n```text\n(.*?)```", GO_LIVE, re.DOTALL)
    (tmp_path / "opened.py").write_text(OPENED, encoding="utf-8")
    opened = run("/bin/bash", "-ec", f"set -a; {written}{REAL}exec {python} opened.py")
    lacking = run(python.with_name("koda"), "init", KODA_STORE="mongo")

    assert (opened.returncode, opened.stderr) == (0, "")
    assert opened.stdout == (
        "['clerk', 'memory', 'mongo', 'pillow', 'redis', 's3', 'smtp', 'stripe', 'system']\nNone\n"
    )
    assert lacking.returncode == 2
    assert lacking.stderr.startswith("koda: KODA_MONGO_URI: ")
