"""How a fenced block of a document is run.

A comment in the line before the fence may say more than the language does:

- `<!-- not run: reason -->` opts the block out; the reason is required.
- `<!-- file: shop.py -->` writes the block to a file that later blocks of the document use.
- `<!-- exits: 5 -->` says that the last command of a `console` block ends with this code.

Otherwise `python` is executed (all blocks of a document share one namespace; `>>>` is compared as
doctest does), `json` and `toml` are parsed, and `console` is run: each line that starts with `$ `
(and goes on in lines that start with `> `) is given to bash, must end with 0, and has its output
compared with the lines that follow, if any, where `...` stands for anything. `text` and `mermaid`
show something. Any other block is refused. Each document is run in an empty folder of its own.
"""

import doctest
import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

from sybil import Document, Example, Region
from sybil.evaluators.python import PythonEvaluator
from sybil.parsers.abstract.doctest import DocTestStringParser
from sybil.parsers.markdown.lexers import FencedCodeBlockLexer
from sybil.typing import Evaluator

ROOT = Path(__file__).parents[2]
COMMAND_TIMEOUT = 120
"""Seconds after which a command of a document counts as stuck."""

REMARK = re.compile(
    r"<!--\s*(?P<word>not run|file|exits):\s*(?P<value>\S.*?)\s*-->[ \t]*\n[ \t]*\Z"
)
SHOWN = frozenset({"text", "mermaid"})
LEXER = FencedCodeBlockLexer(r"[^\n]*?")


class BlockRefusedError(Exception):
    """A block is neither run nor opted out."""


def documents() -> list[Path]:
    """Every Markdown file whose blocks are run, in a stable order."""
    top = (ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md"))
    ours = [path for path in top if path.exists()] + sorted(ROOT.glob("packages/*/*.md"))
    return ours + sorted((ROOT / "docs").rglob("*.md"))


def name_of(path: Path) -> str:
    """How a test of `path` is called."""
    return str(path.relative_to(ROOT))


def parse(path: Path) -> Document:
    """Read a document, each of its blocks with the evaluator that runs it.

    Raises:
        BlockRefusedError: a block is neither run nor opted out.
    """
    document = Document.parse(str(path), regions)
    document.namespace["__name__"] = "__main__"
    return document


def regions(document: Document) -> Iterator[Region]:
    """Choose, as a parser of Sybil, how each fenced block is run."""
    for region in LEXER(document):
        remark = REMARK.search(document.text, 0, region.start)
        region.parsed = region.lexemes["source"]
        language = str(region.lexemes["language"]).strip()
        place = f"{document.path}, {document.line_column(region.start)}"
        if remark is None or remark["word"] == "exits":
            yield from by_language(language, region, int(remark["value"]) if remark else 0, place)
        elif remark["word"] == "file":
            region.evaluator = writing(remark["value"])
            yield region


def by_language(language: str, region: Region, exit_code: int, place: str) -> Iterator[Region]:
    """Choose the evaluator of a block that has no remark."""
    if language == "python" and region.parsed.startswith(">>>"):
        for prompt in DocTestStringParser()(region.parsed, place):
            prompt.adjust(region, region.parsed)
            yield prompt
        return
    evaluators: dict[str, Evaluator] = {
        "python": PythonEvaluator(),
        "json": parsing(json.loads),
        "toml": parsing(tomllib.loads),
        "console": running(exit_code),
    }
    if language in evaluators:
        region.evaluator = evaluators[language]
        yield region
    elif language not in SHOWN:
        message = f"{place}: a {language or 'nameless'!r} block is neither run nor opted out"
        raise BlockRefusedError(message)


def parsing(parse_text: Callable[[str], object]) -> Evaluator:
    """An evaluator that wants the block to be well formed."""

    def evaluate(example: Example) -> str | None:
        try:
            parse_text(example.parsed)
        except ValueError as error:
            return str(error)
        return None

    return evaluate


def writing(name: str) -> Evaluator:
    """An evaluator that writes the block to the file `name`."""

    def evaluate(example: Example) -> None:
        path = Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(example.parsed, encoding="utf-8")

    return evaluate


def running(exit_code: int) -> Evaluator:
    """An evaluator that runs a console's commands; the last one ends with `exit_code`."""

    def evaluate(example: Example) -> str | None:
        commands = list(commands_of(example.parsed))
        if not commands:
            return "a console block has lines that start with `$ `"
        for number, (command, shown) in enumerate(commands, start=1):
            expected = exit_code if number == len(commands) else 0
            if difference := run(command, shown, expected):
                return difference
        return None

    return evaluate


def commands_of(block: str) -> Iterator[tuple[str, str]]:
    """Split a console block into commands, each with the output shown for it."""
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        command, *rest = part.splitlines()
        while rest and rest[0].startswith("> "):
            command += "\n" + rest.pop(0).removeprefix("> ")
        yield command, "\n".join(rest).strip()


def run(command: str, shown: str, exit_code: int) -> str | None:
    """Run one command and say how it differs from what the document shows, if it does."""
    done = subprocess.run(
        ["bash", "-uo", "pipefail", "-c", command],
        capture_output=True,
        check=False,
        encoding="utf-8",
        env=environment(),
        stdin=subprocess.DEVNULL,
        timeout=COMMAND_TIMEOUT,
    )
    got = done.stdout + done.stderr
    if done.returncode != exit_code:
        return f"$ {command}\nended with {done.returncode}, not {exit_code}:\n{got}"
    if shown and not agrees(shown, got):
        return f"$ {command}\nshown:\n{shown}\ngot:\n{got}"
    return None


def agrees(shown: str, got: str) -> bool:
    """Tell whether output is as shown, `...` matching anything and space for any space."""
    options = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    return doctest.OutputChecker().check_output(shown + "\n", got.strip() + "\n", options)


def environment() -> dict[str, str]:
    """The environment of a newcomer: this interpreter first on the path, Koda not configured."""
    variables = {name: value for name, value in os.environ.items() if not name.startswith("KODA_")}
    scripts = str(Path(sys.executable).parent)
    return variables | {"PATH": f"{scripts}{os.pathsep}{variables['PATH']}", "COLUMNS": "100"}
