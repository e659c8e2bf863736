"""Libraries that are installed only where they are needed, and how to get one that is missing."""

from collections.abc import Iterator
from contextlib import contextmanager

from attrs import define

from koda.domain.model.errors import KodaError

EMBEDDED = "embedded"
"""The extra that brings whatever `koda` needs on one machine."""
LIBRARIES = {
    "PIL",
    "cattrs",
    "click",
    "dependency_injector",
    "flask",
    "jwt",
    "msgspec",
    "paysandbox",
    "requests",
    "rich",
    "structlog",
    "typed_settings",
    "ulid",
    "waitress",
    "werkzeug",
}
"""The libraries of commands, the site and the sandbox, which come with that extra."""


@define(slots=False)
class MissingLibrary(KodaError):
    """Something was asked for whose library is not installed; `extra` brings it."""

    code = "missing_library"
    template = (
        "The library {library!r} is not installed: run pip install 'koda-marketplace[{extra}]'."
    )
    library: str
    extra: str


@contextmanager
def needing(extra: str) -> Iterator[None]:
    """Tell whoever chose an adapter which `extra` brings its library; empty if it needs none.

    Raises:
        MissingLibrary: an import in the block found a library missing.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        library = _library(error)
        if library == "koda" or not extra:
            raise
        raise MissingLibrary(library, extra) from error


def missed(error: ModuleNotFoundError) -> MissingLibrary | None:
    """Return what an import of a command, the site or the sandbox missed, if it is no mistake."""
    library = _library(error)
    return MissingLibrary(library, EMBEDDED) if library in LIBRARIES else None


def _library(error: ModuleNotFoundError) -> str:
    return (error.name or "").partition(".")[0]
