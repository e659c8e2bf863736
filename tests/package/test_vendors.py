"""Vendors are known by name in their adapters and rooms, and where people read of them."""

import re
from collections.abc import Iterator
from pathlib import Path

import koda

SOURCE = Path(koda.__file__).parent
VENDORS = re.compile(r"stripe|clerk", re.IGNORECASE)
PAGES_AND_API = SOURCE / "entrypoints" / "web"
OWN = ("backends/clerk.py", "backends/stripe.py")
"""The rooms of the two, in `entrypoints`."""
ELSEWHERE = {
    "backends/registry.py": "lists every room",
    "cli/demo.py": "help says what the sandbox stands in for",
    "cli/main.py": "help says what the sandbox stands in for",
    "cli/sandbox.py": "help says what the sandbox is",
    "cli/serve.py": "help and the first lines name the variables to set",
    "embedded/sandbox.py": "the command of the sandbox has an option for each",
    "environment/loading.py": "a variable that is none of the settings",
    "environment/reference.py": "says what the sandbox stands in for",
    "health/checks.py": "says when the sandbox is asked",
    "settings/choices.py": "the addresses of webhooks, which are public",
    "settings/loopback.py": "names the variables to set",
    "settings/settings.py": "the defaults, for both of which a sandbox stands in",
}
"""Other modules of `entrypoints` that name them, and why."""
UNREAD = {".mo", ".po", ".pot", ".pyc"}
"""What is made of sources, and tells which ones."""


def naming_vendors(folder: Path) -> Iterator[str]:
    """The files of a folder that name a vendor, in their text or name."""
    for path in folder.rglob("*"):
        if path.is_file() and path.suffix not in UNREAD:
            name = str(path.relative_to(folder))
            if VENDORS.search(name + path.read_text(encoding="utf-8", errors="replace")):
                yield name


def test_pages_and_api_know_no_vendor() -> None:
    """Another provider is an adapter and a room: no view, template or script changes."""
    assert list(naming_vendors(PAGES_AND_API)) == []


def test_other_entry_points_name_vendors_for_a_reason() -> None:
    """In their rooms, and where it is listed why; what is listed is still so."""
    naming = set(naming_vendors(SOURCE / "entrypoints"))

    assert naming - {*OWN} == set(ELSEWHERE)


def test_ports_know_no_vendor() -> None:
    """They speak Koda's words."""
    assert list(naming_vendors(SOURCE / "ports")) == []
