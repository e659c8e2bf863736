"""The data directory: that it can be used, and the secret that lies in it."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from koda.domain.model.errors import InvalidValue
from koda.domain.model.sentences import verbatim
from koda.entrypoints.settings.signing import SHORTEST_SECRET, fault_of

OTHERS = 0o077
"""The permissions of a file that are not its owner's."""


@contextmanager
def using_data() -> Iterator[None]:
    """Tell whoever set the data directory that it cannot be used.

    Raises:
        InvalidValue: names the variable, where the block fails for the operating system's sake.
    """
    try:
        yield
    except OSError as error:
        raise InvalidValue("KODA_DATA", verbatim(f"cannot be used: {error}")) from error


def make_data(data: Path) -> None:
    """Make the data directory, which holds people's names and addresses, for its owner alone."""
    data.mkdir(mode=0o700, parents=True, exist_ok=True)


def wider(data: Path) -> list[str]:
    """Return what in the data directory others than its owner may use: itself as `.`, if so."""
    with using_data():
        inside = sorted(data.rglob("*")) if data.is_dir() else []
        return [
            str(path.relative_to(data))
            for path in (data, *inside)
            if path.exists() and path.lstat().st_mode & OTHERS
        ]


def secret_file(data: Path) -> Path:
    """Return where the secret of a data directory lies."""
    return data / "secret-key"


def own_secret(data: Path) -> bytes:
    """Return the secret of the data directory, made by whichever process comes first.

    Raises:
        InvalidValue: the directory cannot be written, or what lies there is easy to guess.
    """
    path = secret_file(data)
    with using_data():
        if not path.exists():
            _make_secret(path)
        text = path.read_text(encoding="utf-8", errors="replace").strip()
    fault = fault_of(text)
    if fault:
        raise InvalidValue(
            "KODA_DATA", verbatim(f"holds {path.name}, which {fault}; or remove that file")
        )
    return text.encode()


def _make_secret(path: Path) -> None:
    """Write it whole beside `path` first, so that no process reads a part of it."""
    make_data(path.parent)
    fresh = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    fresh.touch(mode=0o600)
    fresh.write_text(secrets.token_urlsafe(SHORTEST_SECRET))
    try:
        with suppress(FileExistsError):
            os.link(fresh, path)
    finally:
        fresh.unlink()
