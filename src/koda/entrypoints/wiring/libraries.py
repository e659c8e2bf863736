"""Libraries that are installed only where they are needed, and how to get one that is missing."""

from attrs import define

from koda.domain.model.errors import KodaError

ADAPTERS = frozenset({"clerk", "mongo", "pillow", "redis", "s3", "smtp", "stripe"})
"""The packages of adapters whose libraries come with the extra of the same name."""
EXTRA_OF = {
    "flask": "web",
    "msgspec": "web",
    "waitress": "web",
    "werkzeug": "web",
    "jwt": "sandbox",
    "requests": "sandbox",
}
"""The libraries of the site and of the sandbox, and the extra that brings each."""


@define(slots=False)
class MissingLibrary(KodaError):
    """Something was asked for whose library is not installed; `extra` brings it."""

    code = "missing_library"
    library: str
    extra: str

    @property
    def message(self) -> str:
        """Say what to install."""
        return (
            f"The library {self.library!r} is not installed: "
            f"run pip install 'koda-marketplace[{self.extra}]'."
        )


def missed_by_adapter(error: ModuleNotFoundError, package: str) -> MissingLibrary | None:
    """Return what the import of a module of the adapters' `package` missed, if it is no mistake."""
    library = (error.name or "").partition(".")[0]
    ours = library == "koda" or package not in ADAPTERS
    return None if ours else MissingLibrary(library, package)


def missed(error: ModuleNotFoundError) -> MissingLibrary | None:
    """Return what an import of the site or the sandbox missed, if it is no mistake."""
    library = (error.name or "").partition(".")[0]
    extra = EXTRA_OF.get(library)
    return MissingLibrary(library, extra) if extra else None
