"""Reading what a Python script imports. Nothing of it is ever run, or refused for its grammar."""

import ast
import re
import sys
import warnings
from collections.abc import Iterable
from threading import Lock

from koda.domain.inspection.texts import text_in
from koda.domain.model.file_formats import FileFormat
from koda.domain.model.reports import LONGEST_IMPORT, MOST_IMPORTS, InspectionReport
from koda.domain.model.sentences import sentence

LARGEST_PARSED = 64 * 1024
"""Bytes. Python's parser takes about 600 times the memory of a script of short lines."""
LONGEST_LINE = 1000
"""Characters of a line in which imports are looked for."""
_RUNNING = f"{sys.version_info.major}.{sys.version_info.minor}"
UNPARSED = sentence("does not parse as Python {version}, on which this site runs", version=_RUNNING)

_IMPORT = (
    rf"(?m:^[ \t]*(?:from[ \t]+([\w.]{{1,{LONGEST_IMPORT}}})[ \t]+import\b"
    rf"|import[ \t]+([^#;\n]{{1,{LONGEST_LINE}}})))"
)
_UNPARSABLE = (SyntaxError, ValueError, OverflowError, RecursionError, MemoryError)
_one_at_a_time = Lock()
"""What warnings are shown is a matter of the whole process, so that one thread changes it."""


def read_python(content: bytes) -> InspectionReport:
    """Return what the script `content` imports.

    Up to 64 KiB are parsed. Of a larger one, or one that does not parse, the lines that look like
    imports are read; the second carries a remark, since another Python may well read it.

    Raises:
        InvalidValue: not UTF-8 text.
    """
    text = text_in(content)
    if len(content) > LARGEST_PARSED:
        return InspectionReport(_named(_by_line(text)), file_format=FileFormat.PYTHON)
    try:
        return InspectionReport(_named(_parsed(text)), file_format=FileFormat.PYTHON)
    except _UNPARSABLE:
        return InspectionReport(_named(_by_line(text)), (UNPARSED,), FileFormat.PYTHON)


def _parsed(text: str) -> list[str]:
    """The modules that a script imports; raises what the parser does."""
    modules: list[str] = []
    with _one_at_a_time, warnings.catch_warnings():
        # The parser warns of odd escapes, which would put a stranger's text into the log.
        warnings.simplefilter("ignore")
        tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            modules += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            modules.append(str(node.module))
    return modules


def _by_line(text: str) -> list[str]:
    """The modules in lines that look like imports; text of several lines may hold such lines."""
    modules: list[str] = []
    for source, several in re.findall(_IMPORT, text):
        parts = (source or several).split(",")
        modules += [name for part in parts for name in part.split()[:1]]
    return modules


def _named(modules: Iterable[str]) -> tuple[str, ...]:
    """The packages of `modules`, sorted; at most a hundred of names that people read."""
    packages = {module.partition(".")[0] for module in modules}
    sound = (name for name in packages if name.isidentifier() and len(name) <= LONGEST_IMPORT)
    return tuple(sorted(sound)[:MOST_IMPORTS])
