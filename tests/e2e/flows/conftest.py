"""One marketplace for all flows of a module, and people to walk through it."""

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.e2e.flows.caller import Caller
from tests.e2e.flows.serving import Site, served
from tests.e2e.flows.visitor import Visitor
from tests.servers.families import Family
from tests.servers.s3 import free_ports

NewPerson = Callable[[str], str]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, family: Family) -> Iterator[Site]:
    """A served, empty marketplace of either family, with two worker processes."""
    folder = tmp_path_factory.mktemp("site")
    port = next(iter(free_ports().values()))
    with (
        family.ground(folder / "data", f"http://127.0.0.1:{port}") as ground,
        served(folder / "serve.log", ground, "--workers", "2") as site,
    ):
        yield site


@pytest.fixture(scope="module")
def new_person(site: Site) -> NewPerson:
    """Make somebody whom nobody knows yet; return their user id."""
    numbers = itertools.count(1)

    def make(name: str) -> str:
        number = next(numbers)
        person = site.sandbox.add_person(
            first_name=name,
            last_name=f"Number{number}",
            email_address=[f"{name.lower()}{number}@example.com"],
        )
        return str(person["id"])

    return make


@pytest.fixture
def sign_in(site: Site, new_person: NewPerson) -> Callable[[str], Caller]:
    """Sign a new person in to the API."""
    return lambda name: Caller.sign_in(site, new_person(name))


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """A real browser without a screen, which asks nothing of the outside world."""
    quiet = (
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
    )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(quiet))
        yield browser
        browser.close()


@pytest.fixture
def arrive(site: Site, browser: Browser) -> Iterator[Callable[..., Visitor]]:
    """Open a fresh browser window; no page may have made its console complain in the end."""
    visitors: list[Visitor] = []

    def open_window(**context: Any) -> Visitor:
        visitors.append(Visitor.arrive(browser, site, **context))
        return visitors[-1]

    yield open_window
    for visitor in visitors:
        visitor.page.context.close()
    assert [fault for visitor in visitors for fault in visitor.faults] == []


@pytest.fixture
def files(tmp_path: Path) -> Callable[[str, bytes], Path]:
    """Write a file of that name to upload."""

    def write(name: str, content: bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return write
