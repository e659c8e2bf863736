"""The two ways to add a backend, as their pages show them, in `koda init`, `doctor` and `serve`."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import chdir, contextmanager
from filecmp import dircmp
from pathlib import Path

import pytest
import requests

import koda as package
from tests.docs import blocks
from tests.e2e.cli.program import PATIENCE, Ended, Koda, Serving
from tests.unit.adapters.answering import Answering, Reply, answering

BUILT_IN = blocks.ROOT / "docs" / "how-to" / "add-a-built-in-backend.md"
BROUGHT = blocks.ROOT / "docs" / "how-to" / "bring-a-backend.md"
SEND = """
from koda.entrypoints.environment.loading import load_settings
from koda.entrypoints.wiring.container import make_container
from koda.testing.contracts.notices import NOTICES
make_container(load_settings()).notices().send(NOTICES[0])
"""


def follow(page: Path, folder: Path) -> None:
    """Run the blocks of a page in a folder."""
    folder.mkdir()
    with chdir(folder):
        for example in blocks.parse(page):
            example.evaluate()


@contextmanager
def serving(koda: Koda, **settings: str) -> Iterator[Serving]:
    """Run `koda serve` with these settings."""
    process = koda.begin("serve", "--port", "0", **settings)
    try:
        yield Serving(process)
    finally:
        process.terminate()
        process.communicate(timeout=PATIENCE)


@pytest.fixture
def koda(tmp_path: Path) -> Koda:
    """`koda` with a fresh data directory."""
    return Koda(tmp_path / "data")


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of Koda's sources to which the page added its backend."""
    folder = tmp_path_factory.mktemp("built-in") / "page"
    follow(BUILT_IN, folder)
    return folder / "changed"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Where the page installed its package."""
    folder = tmp_path_factory.mktemp("brought") / "page"
    follow(BROUGHT, folder)
    return str(folder / "site")


def differing(compared: "dircmp[str]", folder: str = "") -> Iterator[str]:
    """The files that are other ones in the second folder, or there alone."""
    yield from (f"{folder}{name}" for name in (*compared.diff_files, *compared.right_only))
    for name, inner in compared.subdirs.items():
        yield from differing(inner, f"{folder}{name}/")


def test_a_built_in_backend_is_one_file_of_the_entrypoints_and_a_line(changed: Path) -> None:
    """Beside its adapter; nothing else of Koda knows of it."""
    compared = dircmp(Path(package.__file__).parent, changed / "koda", ignore=["__pycache__"])

    assert sorted(differing(compared)) == [
        "adapters/hook",
        "entrypoints/backends/hook.py",
        "entrypoints/backends/registry.py",
    ]


def to_hook(changed: Path, server: Answering) -> dict[str, str]:
    """Settings of a marketplace whose notices go to that server."""
    url = f"{server.url}/hook"
    return {"PYTHONPATH": str(changed), "KODA_NOTICES": "hook", "KODA_HOOK_URL": url}


def line_of(ended: Ended, service: str) -> str:
    """What doctor says of a service."""
    (line,) = [line for line in ended.out.splitlines() if f" {service}: " in line]
    return line


@pytest.mark.parametrize(
    ("status", "line"),
    [
        (200, "ok      notices: {url}/hook answers; nothing is sent"),
        (503, "down    notices: The hook is not answering"),
    ],
)
def test_doctor_tries_a_built_in_backend(koda: Koda, changed: Path, status: int, line: str) -> None:
    """As its room says, and what it says to do."""
    with answering(Reply(status=status)) as server:
        ended = koda("doctor", **to_hook(changed, server))

    told = line_of(ended, "notices")
    assert told.startswith(line.format(url=server.url))
    assert ("see that KODA_HOOK_URL leads to" in told) == (status != 200)
    assert {asked[:2] for asked in server.asked} == {("OPTIONS", "/hook")}


def test_site_serves_with_a_built_in_backend(koda: Koda, changed: Path) -> None:
    """It is tried before the start, and the site tells what would be missed."""
    with answering(Reply(status=503)) as server:
        settings = to_hook(changed, server)
        assert koda("init", **settings).code == 0
        with serving(koda, **settings) as started:
            ready = requests.get(f"{started.url}/readyz", timeout=PATIENCE)
            assert started.process.stderr is not None
            warned = started.process.stderr.readline()

    assert ready.status_code == 200
    assert warned.startswith("koda: notices: The hook is not answering")


def test_a_notice_goes_by_a_built_in_backend(koda: Koda, changed: Path) -> None:
    """The container gives the adapter of the room."""
    with answering(Reply()) as server:
        done = subprocess.run(
            [sys.executable, "-c", SEND],
            env=koda.environ(**to_hook(changed, server)),
            check=False,
            timeout=PATIENCE,
        )

    assert done.returncode == 0
    assert [asked[:2] for asked in server.asked] == [("POST", "/hook")]


def on_own_disk(site: str, folder: Path) -> dict[str, str]:
    """Settings of a marketplace whose store is the package's, in that folder."""
    chosen = {"KODA_STORE": "mine", "KODA_CACHE": "mine", "KODA_MINE_FOLDER": str(folder)}
    return {"PYTHONPATH": site, **chosen}


def test_a_package_brings_a_store(koda: Koda, site: str, tmp_path: Path) -> None:
    """Prepared by init, found well by doctor, and served."""
    settings = on_own_disk(site, tmp_path / "disk")

    prepared = koda("init", **settings)
    examined = koda("doctor", **settings)
    with serving(koda, **settings) as started:
        ready = requests.get(f"{started.url}/readyz", timeout=PATIENCE).json()

    assert f"made   database: {tmp_path / 'disk' / 'mine.sqlite'}" in prepared.out
    assert examined.code == 0
    assert line_of(examined, "store") == "ok      store: mine, written and read"
    assert line_of(examined, "records") == "ok      records: 0 records of the store can be read"
    assert ready["backends"]["store"] == "ok"
    assert not (koda.data / "koda.sqlite").exists()


def test_folder_of_a_brought_store_has_one_owner(koda: Koda, site: str, tmp_path: Path) -> None:
    """Whatever the data directory of the second site is."""
    settings = on_own_disk(site, tmp_path / "disk")
    with serving(koda, **settings) as started:
        second = Koda(tmp_path / "other")("serve", "--port", "0", **settings)

    assert second.code == 5
    assert second.complaint == (
        f"koda: The data directory {tmp_path / 'disk'} is in use already; stop process "
        f"{started.process.pid}, or let the settings lead to another one."
    )


def test_store_of_a_package_that_is_not_installed_is_none(koda: Koda, tmp_path: Path) -> None:
    """It is refused as any name that no backend has."""
    ended = koda("init", KODA_STORE="mine")

    assert ended.code == 2
    assert ended.complaint == "koda: KODA_STORE: must be one of sqlite, memory, mongo"


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ("koda_gone:Room", "cannot be imported: No module named 'koda_gone'"),
        ("koda.entrypoints.backends.console:ConsoleRoom", "has a name that another one has"),
    ],
)
def test_package_that_brings_no_room_stops_every_command(
    koda: Koda, tmp_path: Path, value: str, problem: str
) -> None:
    """One sentence names it, whatever is chosen."""
    told = tmp_path / "site" / "koda_gone-1.dist-info"
    told.mkdir(parents=True)
    (told / "METADATA").write_text("Metadata-Version: 2.1\nName: koda-gone\nVersion: 1\n")
    (told / "entry_points.txt").write_text(f"[koda.backends]\ngone = {value}\n")

    for command in ("settings", "init", "doctor", "serve"):
        ended = koda(command, PYTHONPATH=str(told.parent))
        assert ended.code == 2
        assert ended.complaint.startswith(f"koda: koda.backends: the backend {value} {problem}")
