import re
import subprocess
from collections.abc import Mapping
from email.message import Message
from email.parser import Parser
from pathlib import Path
from zipfile import ZipFile

import pytest

import koda
from tests.package.conftest import ROOT, SANDBOX

EXTRAS = {
    "all",
    "betterleaks",
    "clerk",
    "cli",
    "embedded",
    "mongo",
    "pillow",
    "production",
    "redis",
    "s3",
    "sandbox",
    "smtp",
    "sqlite",
    "strict",
    "stripe",
    "testing",
    "web",
    "wiring",
}


@pytest.fixture(scope="module")
def metadata(wheel: Path) -> Message:
    """What the wheel says of itself."""
    with ZipFile(wheel) as archive:
        [name] = [file for file in archive.namelist() if file.endswith(".dist-info/METADATA")]
        return Parser().parsestr(archive.read(name).decode())


def test_wheel_holds_every_file_of_the_package(wheel: Path) -> None:
    """Modules, `py.typed`, templates and static files are in the wheel, and no more than those."""
    source = ROOT / "src"
    variables = {
        str(path.relative_to(source))
        for path in (source / "koda").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }

    with ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}

    assert variables == held
    assert "koda/py.typed" in held
    assert any(name.startswith("koda/entrypoints/web/templates/") for name in held)
    assert any(name.startswith("koda/entrypoints/web/static/") for name in held)


def test_wheel_of_the_sandbox_holds_every_file_of_its_package(sandbox_wheel: Path) -> None:
    """Modules, `py.typed`, templates and the browser's script, and the licence beside them."""
    source = SANDBOX / "src"
    files = {
        str(path.relative_to(source))
        for path in (source / "paysandbox").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }

    with ZipFile(sandbox_wheel) as archive:
        names = set(archive.namelist())

    assert files == {name for name in names if ".dist-info/" not in name}
    assert {"paysandbox/py.typed", "paysandbox/pages/templates/checkout.html"} <= files
    assert any(name.endswith("/licenses/LICENSE") for name in names)


def test_sandbox_has_the_licence_of_koda() -> None:
    """Each distribution carries its own copy of the one licence."""
    assert (SANDBOX / "LICENSE").read_bytes() == (ROOT / "LICENSE").read_bytes()


@pytest.mark.parametrize("command", [["paysandbox"], ["koda", "sandbox"]])
def test_both_commands_of_the_sandbox_teach(
    command: list[str], wheel_python: Path, tmp_path: Path, clean_environment: dict[str, str]
) -> None:
    """Its own command and Koda's start the same installed program, each by its own name."""
    done = subprocess.run(
        [wheel_python.with_name(command[0]), *command[1:], "--help"],
        capture_output=True,
        check=False,
        cwd=tmp_path,
        encoding="utf-8",
        env=clean_environment,
        timeout=60,
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"usage: {' '.join(command)} ")


def test_metadata_is_complete(metadata: Message) -> None:
    """A package index has all that it shows and all that an installer asks."""
    assert metadata["Name"] == "koda-marketplace"
    assert metadata["Version"] == koda.__version__
    assert metadata["License-Expression"] == "MIT"
    assert metadata["License-File"] == "LICENSE"
    assert metadata["Requires-Python"] == ">=3.11"
    assert metadata["Description-Content-Type"] == "text/markdown"
    assert metadata["Summary"]
    assert metadata["Keywords"]
    assert "Typing :: Typed" in metadata.get_all("Classifier", [])
    assert set(metadata.get_all("Provides-Extra", [])) == EXTRAS


def test_extra_all_holds_every_other_extra(metadata: Message) -> None:
    """`all` brings what every extra brings, as far as there are wheels for the machine."""
    brought: dict[str, set[str]] = {name: set() for name in EXTRAS}
    for entry in metadata.get_all("Requires-Dist", []):
        if asked := re.fullmatch(r"(.*?); (?:\(.*\) and )?extra == '(.*)'", entry):
            brought[asked[2]].add(asked[1])

    assert all(brought.values())
    assert whole("all", brought) == set().union(*(whole(name, brought) for name in EXTRAS))


def whole(extra: str, brought: Mapping[str, set[str]]) -> set[str]:
    """What an extra brings by itself, and by the extras that it names."""
    requirements = set[str]()
    for entry in brought[extra]:
        if own := re.fullmatch(r"koda-marketplace\[(.*)\]", entry):
            requirements |= set().union(*(whole(name, brought) for name in own[1].split(",")))
        else:
            requirements.add(entry)
    return requirements


def test_core_asks_for_attrs_alone(metadata: Message) -> None:
    """Whoever takes the domain and the ports takes one library with them."""
    entries = metadata.get_all("Requires-Dist", [])

    assert [re.split("[<>=]", entry)[0] for entry in entries if "extra" not in entry] == ["attrs"]


def test_console_script_teaches(
    wheel_python: Path, tmp_path: Path, clean_environment: dict[str, str]
) -> None:
    """`koda --help` of the installed wheel ends well and lists commands."""
    done = subprocess.run(
        [wheel_python.with_name("koda"), "--help"],
        capture_output=True,
        check=False,
        cwd=tmp_path,
        encoding="utf-8",
        env=clean_environment,
        timeout=60,
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert "serve" in done.stdout
