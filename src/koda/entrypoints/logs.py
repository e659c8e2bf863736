"""Structured logs of a process of Koda's own: a line an event, for people or as JSON.

Koda's code logs by the standard library's `logging`, with fields as `extra`, so that an application
that embeds it keeps its own log as it is. Only `koda serve` and its workers set this form up.
"""

import logging
import re
import sys
from contextvars import ContextVar
from typing import TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from koda.entrypoints.settings.choices import LogFormat

_UTC_WITH_OFFSET = "%Y-%m-%dT%H:%M:%S.%f+00:00"

request_id: ContextVar[str] = ContextVar("koda_request_id", default="")
"""The id of the request that this thread answers; empty between requests."""

_SECRETS = re.compile(
    r"(?:sk|rk)_(?:live|test)_\w+"
    r"|whsec_[\w+/=-]+"
    r"|\beyJ[\w-]+\.[\w-]+\.[\w-]*"
    r"|(?<=Bearer )[^\s\"']+"
    r"|(?<=://)[^\s/@\"']*:[^\s/@\"']*(?=@)"
    r"|(?<=X-Amz-Signature=)\w+"
    r"|(?<=X-Amz-Security-Token=)[\w%+/=-]+"
    r"|[\w.+%-]+@[\w-]+(?:\.[\w-]+)+"
)
HIDDEN = "[hidden]"


def configure_logging(form: LogFormat, stream: TextIO | None = None) -> None:
    """Write everything of Koda's at INFO and above to `stream`, standard error unless given.

    Requests are not logged: addresses may hold download tokens. What other libraries say is
    written at WARNING and above.
    """
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(formatter(form))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("koda").setLevel(logging.INFO)


def formatter(form: LogFormat) -> logging.Formatter:
    """Return what makes a line of a record: the time (UTC), level, logger, event and its fields."""
    before: list[Processor] = [
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt=_UTC_WITH_OFFSET, utc=True),
        add_request_id,
    ]
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=before,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            # A traceback as plain text: Rich's would show the values of local variables.
            structlog.processors.format_exc_info,
            hide_secrets,
            _renderer(form),
        ],
    )


def _renderer(form: LogFormat) -> Processor:
    if form is LogFormat.JSON:
        return structlog.processors.JSONRenderer()
    return structlog.dev.ConsoleRenderer(colors=False)


def add_request_id(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Add the id of the request at hand, if there is one."""
    if request_id.get():
        event.setdefault("request_id", request_id.get())
    return event


def hide_secrets(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Hide keys, tokens, passwords and mail addresses, which may stand in another's error text.

    Line breaks are escaped but in tracebacks, so that nobody can write a line of their own.
    """
    for name, value in event.items():
        if not isinstance(value, int | float | None):
            text = _SECRETS.sub(HIDDEN, str(value))
            event[name] = text if name == "exception" else _one_line(text)
    return event


def _one_line(text: str) -> str:
    return "".join(char if char.isprintable() else repr(char)[1:-1] for char in text)
