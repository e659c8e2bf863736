"""How a command ends: its exit code, and what it says if it failed."""

import json
from collections.abc import Callable, Mapping
from typing import TypeVar

import click

from koda.domain.model.errors import (
    Conflict,
    Forbidden,
    InvalidValue,
    KodaError,
    NotAuthenticated,
    NotFound,
    Refused,
    TooMany,
    Unavailable,
)

Command = TypeVar("Command", bound=Callable[..., object])

FAILED = 1
MISUSED = 2
INTERRUPTED = 130
"""What a shell makes of SIGINT."""
TERMINATED = 143
"""What a shell makes of SIGTERM."""

_CODES: Mapping[type[KodaError], int] = {
    InvalidValue: 2,
    NotAuthenticated: 3,
    Forbidden: 3,
    NotFound: 4,
    Conflict: 5,
    TooMany: 6,
    Refused: 2,
    Unavailable: 7,
    KodaError: 1,
}
"""The exit code of each family of errors; an error has that of its nearest ancestor."""


def code_of(error: KodaError) -> int:
    """Return the exit code of an error."""
    return next(_CODES[kind] for kind in type(error).__mro__ if kind in _CODES)


def tell(code: str, message: str, data: Mapping[str, object], *, as_json: bool) -> None:
    """Say on standard error what failed: one line, or one JSON object."""
    if as_json:
        text = json.dumps({"code": code, "message": message, "data": dict(data)}, default=str)
    else:
        text = f"koda: {' '.join(message.split())}"
    click.echo(text, err=True)


def json_option(command: Command) -> Command:
    """Give a command that a script may want to call the flag `--json`."""
    told = "Answer with one JSON object; errors, too."
    return click.option("--json", "as_json", is_flag=True, help=told)(command)
