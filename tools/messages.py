"""Extract what people read: `python -m tools.messages` writes the template of all catalogues.

A translator copies it to `<language>.po` beside it; `pybabel update` brings one up to date.
"""

import re
from collections.abc import Iterator, Mapping
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import write_po

from koda.entrypoints.languages.catalogues import FOLDER

SOURCE = FOLDER.parents[1]
TEMPLATE = FOLDER / "koda.pot"
KEYWORDS: Mapping[str, tuple[int, ...] | None] = {
    "counted": (1, 2),
    "say": None,
    "say_counted": (1, 2),
    "sentence": None,
    "translatable": None,
}
"""What marks texts in Python and in templates, and which arguments are templates."""
TEMPLATES = "**/templates/**"
METHODS = [("**.py", "python"), (TEMPLATES, "jinja2.ext:babel_extract")]
OPTIONS = {TEMPLATES: {"silent": "false", "trim_blocks": "true"}}
HEADER = """\
# What people read in Koda, made by `python -m tools.messages`; change the code instead.
# How to translate it: docs/how-to/translate.md"""
_UNSTABLE = re.compile(
    rb'^"(?:Project-Id-Version|Report-Msgid-Bugs-To|POT-Creation-Date|Generated-By):.*\n',
    re.MULTILINE,
)
"""What would change without a change of any text."""
OPERATORS = ("entrypoints/backends/", "entrypoints/cli/", "testing/")
"""Whose texts are English alone."""


def messages() -> Iterator[tuple[str, str | tuple[str, ...]]]:
    """Every text that is marked, with the file where it stands; texts in two numbers are pairs."""
    texts = extract_from_dir(SOURCE, METHODS, OPTIONS, dict(KEYWORDS))
    for name, _, message, _, _ in sorted(texts, key=lambda item: (item[0], item[1])):
        if not name.startswith(OPERATORS):
            yield name, message


def catalogue() -> Catalog:
    """The template of catalogues."""
    made = Catalog(header_comment=HEADER)
    for name, message in messages():
        made.add(message, locations=[(name, 0)])
    return made


def written() -> bytes:
    """The content of the file."""
    buffer = BytesIO()
    write_po(buffer, catalogue(), sort_output=True, no_location=True, width=100)
    return _UNSTABLE.sub(b"", buffer.getvalue())


def main() -> None:
    """Write the file."""
    Path(TEMPLATE).write_bytes(written())
    print(f"{TEMPLATE.name}: {len(catalogue())} texts")


if __name__ == "__main__":
    main()
