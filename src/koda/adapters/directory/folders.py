"""Atomic folders: they appear whole, under a name that tells their content, or not at all.

A file lies in a folder of its own, as `content` beside its `facts`. The folder is filled where
nobody looks, brought to the disk, and then renamed to its place, which the operating system does
at once or not at all. A process may be killed at any moment: what it leaves behind is a folder in
`incoming`, which `forget` removes.
"""

import errno
import fcntl
import json
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from attrs import asdict

from koda.domain.model.errors import CorruptRecord, NotFound, Unavailable
from koda.domain.model.identifiers import FileKey
from koda.domain.model.uploads import KEPT_FOLDERS, FileStat, is_kept

_PENDING = re.compile(r"pending/[A-Za-z0-9_:.\-]{1,128}")
_READ_ONLY = 0o400
_OWNER_ALONE = 0o700

CHUNK = 64 * 1024
"""Bytes."""


@contextmanager
def reaching_disk() -> Iterator[None]:
    """Tell in Koda's words that the disk does not do its part."""
    try:
        yield
    except OSError as error:
        raise Unavailable("file store") from error


class Folders:
    """The folders under `root`, which is made if it is missing.

    Every method raises `OSError` when the disk does not do its part. Times are milliseconds since
    1970.
    """

    def __init__(self, root: Path) -> None:
        self._root = root.absolute()
        self._incoming = self._root / "incoming"
        self._pending = self._root / "pending"
        for name in ("incoming", "pending", *KEPT_FOLDERS):
            _make(self._root / name)

    def place(self, key: FileKey) -> Path:
        """Where the file of `key` lies; raises `NotFound` for what is no key of Koda's."""
        if _PENDING.fullmatch(key):
            return self._root / f"{key}.upload"
        if not is_kept(key):
            raise NotFound("file", key)
        kind, _, digest = key.partition("/")
        return self._root / kind / digest[:2] / digest

    def facts(self, folder: Path) -> FileStat | None:
        """The facts of the file in `folder`, or nothing where there is none."""
        try:
            content = (folder / "facts").read_bytes()
        except FileNotFoundError:
            self._incoming.stat()  # fails where not this file alone is missing, but the store
            return None
        try:
            return FileStat(**json.loads(content))
        except (ValueError, TypeError) as error:
            raise CorruptRecord("file", folder.name, "its facts are damaged") from error

    @contextmanager
    def draft(self, now: int) -> Iterator["Draft"]:
        """A new folder to be filled; it is removed at the end unless it was published."""
        folder = self._apart(now)
        with reaching_disk():
            folder.mkdir(_OWNER_ALONE)
        try:
            yield Draft(folder)
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def publish(self, draft: "Draft", place: Path, facts: FileStat, now: int) -> None:
        """Put `draft`, of these facts, at its place; a pending file gives way, a kept one stays.

        One that stays has arrived now.
        """
        with self._locked(fcntl.LOCK_SH):
            while not draft.move(place):
                if self._refresh(place, facts, now):
                    return
                self.discard(place, now)

    def renew(self, place: Path, now: int) -> bool:
        """Let the kept file at `place` have arrived now; whether it is there."""
        with self._locked(fcntl.LOCK_SH), suppress(FileNotFoundError):
            _renew_arrival(place / "content", now)
            return True
        return False

    def kept_before(self, before: int) -> Iterator[FileKey]:
        """Yield the keys of the kept files that arrived last before that time."""
        for kind in KEPT_FOLDERS:
            for folder in (self._root / kind).glob("*/*"):
                key = f"{kind}/{folder.name}"
                if is_kept(key) and _arrived(folder, before):
                    yield FileKey(key)

    def drop(self, place: Path, before: int) -> bool:
        """Remove the kept file at `place` if it arrived last before that time; whether it went."""
        with self._locked(fcntl.LOCK_EX):
            return _arrived(place, before) and self.discard(place, before)

    def forget(self, before: int, *, dry_run: bool) -> int:
        """Remove pending files that arrived before, and tell how many; a dry run only counts.

        What killed processes began before that time goes, too.
        """
        old = [path for path in self._pending.glob("*.upload") if _arrived(path, before)]
        if dry_run:
            return len(old)
        for folder in self._incoming.glob("[0-9]*-*"):
            if folder.name < f"{before:015}":
                shutil.rmtree(folder, ignore_errors=True)
        return sum(self.discard(path, before) for path in old)

    def _apart(self, now: int) -> Path:
        """A place for a folder that nobody looks at."""
        return self._incoming / f"{now:015}-{secrets.token_hex(8)}"

    @contextmanager
    def _locked(self, kind: int) -> Iterator[None]:
        """Keep out whoever removes kept files; with `LOCK_EX`, whoever keeps any, too."""
        descriptor = os.open(self._incoming, os.O_RDONLY)
        try:
            fcntl.flock(descriptor, kind)
            yield
        finally:
            os.close(descriptor)

    def _refresh(self, place: Path, facts: FileStat, now: int) -> bool:
        """Let the bytes at `place` have arrived now if they are to stay; whether they do.

        Under the key of kept content nothing else can lie, whatever type it was sent as.
        """
        with suppress(FileNotFoundError):
            if place.parent != self._pending or self.facts(place) == facts:
                _renew_arrival(place / "content", now)
                return True
        return False

    def discard(self, folder: Path, now: int) -> bool:
        """Remove a folder in one moment; whether it was there."""
        apart = self._apart(now)
        try:
            folder.rename(apart)
        except FileNotFoundError:
            return False
        shutil.rmtree(apart, ignore_errors=True)
        return True


class Draft:
    """A folder that nobody sees yet."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def write(self, chunks: Iterator[bytes], facts: FileStat, now: int) -> None:
        """Bring the bytes and the facts of a file to the disk, for nobody to change.

        What `chunks` raises passes through.
        """
        content = self._folder / "content"
        _write(content, chunks)
        with reaching_disk():
            _set_arrival(content, now)
        _write(self._folder / "facts", iter([json.dumps(asdict(facts)).encode()]))

    def move(self, place: Path) -> bool:
        """Move the folder to `place`; whether that was free."""
        _sync(self._folder)
        place.parent.mkdir(_OWNER_ALONE, exist_ok=True)
        try:
            self._folder.rename(place)
        except OSError as error:
            if error.errno in {errno.ENOTEMPTY, errno.EEXIST}:
                return False
            raise
        _sync(place.parent)
        _sync(place.parent.parent)
        return True


def chunks_of(folder: Path, start: int, stop: int) -> Iterator[bytes]:
    """Yield the bytes of the file in `folder` from `start` up to but without `stop`."""
    with reaching_disk(), (folder / "content").open("rb") as file:
        file.seek(start)
        while chunk := file.read(min(CHUNK, max(0, stop - file.tell()))):
            yield chunk


def _write(path: Path, chunks: Iterator[bytes]) -> None:
    with reaching_disk():
        file = open(path, "xb", buffering=0, opener=_for_owner)  # noqa: SIM115 - closed below
    with file:
        for chunk in chunks:
            rest = memoryview(chunk)
            while rest:
                with reaching_disk():
                    rest = rest[file.write(rest) :]
        with reaching_disk():
            os.fchmod(file.fileno(), _READ_ONLY)
            os.fsync(file.fileno())


def _for_owner(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _make(folder: Path) -> None:
    """Make a folder of the store, and the store's own, for their owner alone."""
    folder.parent.parent.mkdir(parents=True, exist_ok=True)
    folder.parent.mkdir(_OWNER_ALONE, exist_ok=True)
    folder.mkdir(_OWNER_ALONE, exist_ok=True)


def _arrived(folder: Path, before: int) -> bool:
    """Whether the file in `folder` arrived before that time and is there still."""
    with suppress(FileNotFoundError):
        return (folder / "content").stat().st_mtime_ns < before * 1_000_000
    return False


def _set_arrival(content: Path, now: int) -> None:
    os.utime(content, ns=(now * 1_000_000,) * 2)


def _renew_arrival(content: Path, now: int) -> None:
    """Set the arrival of a file that is in use, and bring it to the disk."""
    with content.open("rb") as file:
        os.utime(file.fileno(), ns=(now * 1_000_000,) * 2)
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    """Bring the names in a folder to the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
