import re
import tomllib
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from tests.docs import blocks

HOME = "https://github.com/koda-marketplace/koda"
OWN = re.compile(
    r"https://(?:github\.com/koda-marketplace/koda/(?:blob|tree)"
    r"|raw\.githubusercontent\.com/koda-marketplace/koda)/main/"
)
"""How the addresses of files of this repository begin, as a package index needs them."""


def tokens(path: Path) -> list[Token]:
    """The parts of a Markdown file, as CommonMark sees them."""
    return MarkdownIt("commonmark").enable("table").parse(path.read_text(encoding="utf-8"))


def anchors(path: Path) -> set[str]:
    """The anchors that a site such as GitHub gives to the headings of a document."""
    parts = tokens(path)
    titles = [after.content for part, after in pairwise(parts) if part.type == "heading_open"]
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def targets(path: Path) -> Iterator[str]:
    """The addresses of all links and pictures of a document."""
    for part in tokens(path):
        for child in part.children or []:
            if address := child.attrGet("href") or child.attrGet("src"):
                yield str(address)


def problems(path: Path) -> Iterator[str]:
    """What is wrong with the links of a document that stay inside the repository."""
    for target in targets(path):
        own = OWN.match(target)
        address = urlsplit(target[own.end() :] if own else target)
        if address.scheme or address.netloc:
            continue
        folder = blocks.ROOT if own else path.parent
        file = (folder / unquote(address.path)).resolve() if address.path else path
        if not file.exists():
            yield f"{target}: no such file"
        elif address.fragment and file.suffix == ".md" and address.fragment not in anchors(file):
            yield f"{target}: no such heading"


@pytest.mark.parametrize("path", blocks.documents(), ids=blocks.name_of)
def test_links_inside_the_repository_lead_somewhere(path: Path) -> None:
    """Every relative link of a document names a file, and a heading where it says one."""
    assert list(problems(path)) == []


def test_links_of_the_readme_work_on_a_package_index() -> None:
    """There is no repository around it: every address is a whole one."""
    assert [target for target in targets(blocks.ROOT / "README.md") if "://" not in target] == []


def test_project_links_lead_to_this_repository() -> None:
    """A package index shows them beside the README."""
    urls = tomllib.loads((blocks.ROOT / "pyproject.toml").read_text("utf-8"))["project"]["urls"]

    for url in urls.values():
        own = OWN.match(url)
        assert url.startswith(HOME)
        assert own is None or (blocks.ROOT / url[own.end() :]).exists()


def test_dead_links_are_found(tmp_path: Path) -> None:
    """A missing file and a missing heading are reported; what exists is not."""
    page = tmp_path / "page.md"
    page.write_text(
        "# The `first` page!\n\n[a](#the-first-page) [b](page.md#none) [c](gone.md)\n"
        "![d](gone.png) [e](https://example.com/gone)\n"
        f"[f]({HOME}/blob/main/gone.md) [g]({HOME}/blob/main/README.md#two-commands)\n",
        encoding="utf-8",
    )

    assert list(problems(page)) == [
        "page.md#none: no such heading",
        "gone.md: no such file",
        "gone.png: no such file",
        f"{HOME}/blob/main/gone.md: no such file",
    ]
