"""Checking workflow files."""

import symtable

from koda.domain.inspection.refusals import refusal
from koda.domain.inspection.strict_json import read_json
from koda.domain.inspection.texts import text_in

LONGEST_SCRIPT = 1024 * 1024
"""Bytes. Python's parser takes about 350 times the memory of a script of one-line statements."""


def check_artifact(file_name: str, content: bytes) -> None:
    """Refuse a workflow file that is not what the extension of `file_name` says.

    A `.json` file must be strict JSON (see `read_json`), a `.py` file at most 1 MiB of UTF-8 text
    that parses as Python. Nothing of it is ever run.

    Raises:
        InvalidValue: what is wrong with `file`, and what to do.
    """
    if file_name.endswith(".json"):
        read_json(content)
    elif file_name.endswith(".py"):
        _check_python(content)
    else:
        raise refusal("must be a .json or a .py file")


def _check_python(content: bytes) -> None:
    if len(content) > LONGEST_SCRIPT:
        raise refusal(f"is a script of more than {LONGEST_SCRIPT} bytes; make it smaller")
    text = text_in(content)
    try:
        # Parses and checks names as the compiler does, at half of what `ast.parse` takes.
        symtable.symtable(text, "<file>", "exec")
    except SyntaxError as error:
        problem = f"is not Python that can be read ({error.msg}, line {error.lineno}); correct it"
        raise refusal(problem) from error
    except (ValueError, OverflowError, RecursionError, MemoryError) as error:
        raise refusal("is too intricate to be read as Python; make it simpler") from error
