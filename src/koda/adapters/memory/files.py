"""Files in memory."""

import hashlib
import secrets
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from io import BytesIO
from threading import Lock
from typing import BinaryIO

from attrs import evolve, frozen

from koda.domain.model.errors import Expired, InvalidValue, NotFound
from koda.domain.model.identifiers import FileKey
from koda.domain.model.paging import in_pages
from koda.domain.model.sentences import sentence
from koda.domain.model.uploads import (
    DownloadLink,
    FileStat,
    StoredFile,
    UploadOffer,
    UploadTicket,
    is_kept,
    made_file,
)
from koda.ports.clock import Clock
from koda.ports.files import Files, LocalFiles, OpenedFile

PAGE = 1000
"""Keys."""
REMEMBERED = timedelta(days=1)
"""How long a token whose time is over is still told apart from one that never was."""


@frozen
class _Held:
    """Bytes as they lie here; `arrived_at` in UTC."""

    content: bytes
    content_type: str
    arrived_at: datetime

    @property
    def stat(self) -> FileStat:
        digest = hashlib.sha256(self.content).hexdigest()
        return FileStat(len(self.content), self.content_type, digest)


@frozen
class _Permission:
    """What a token allows until `expires_at` (UTC): to send a ticket's bytes or read a file."""

    subject: UploadTicket | StoredFile
    expires_at: datetime


class MemoryFiles(Files, LocalFiles):
    """All files of this process. Offers and links lead to `{base_url}/files/{token}`."""

    def __init__(self, clock: Clock, base_url: str = "memory:") -> None:
        self._clock: Clock = clock
        self._base_url = base_url.rstrip("/")
        self._lock = Lock()
        self._held: dict[FileKey, _Held] = {}
        self._permissions: OrderedDict[str, _Permission] = OrderedDict()

    def offer(self, ticket: UploadTicket) -> UploadOffer:
        url = self._permit(ticket, ticket.expires_at)
        headers = {"Content-Type": ticket.content_type}
        return UploadOffer(ticket.id, "PUT", url, headers, {}, ticket.expires_at)

    def receive(self, ticket: UploadTicket, content: bytes) -> None:
        self._put(ticket, ticket.content_type, content)

    def stat(self, key: FileKey) -> FileStat | None:
        held = self._held.get(key)
        return held.stat if held else None

    def read(self, key: FileKey, limit: int) -> bytes:
        held = self._held.get(key)
        if held is None:
            raise NotFound("file", key)
        if len(held.content) > limit:
            raise InvalidValue("file", sentence("has more than {limit} bytes", limit=limit))
        return held.content

    def keep(self, ticket: UploadTicket) -> StoredFile:
        with self._lock:
            held = self._held.get(ticket.kept_key) or self._pending(ticket)
            self._held[ticket.kept_key] = evolve(held, arrived_at=self._clock())
        return ticket.stored

    def forget_pending(self, ticket: UploadTicket) -> None:
        with self._lock:
            self._held.pop(ticket.pending_key, None)

    def put(self, content: bytes, name: str, content_type: str) -> StoredFile:
        held = _Held(content, content_type, self._clock())
        file = made_file(content, name, content_type)
        with self._lock:
            before = self._held.get(file.key, held)
            self._held[file.key] = evolve(before, arrived_at=held.arrived_at)
        return file

    def link(self, file: StoredFile, expires_at: datetime) -> DownloadLink:
        return DownloadLink(self._permit(file, expires_at), file.name, expires_at)

    def forget(self, before: datetime, *, dry_run: bool = False) -> int:
        with self._lock:
            old = [
                key
                for key, held in self._held.items()
                if key.startswith("pending/") and held.arrived_at < before
            ]
            for key in () if dry_run else old:
                del self._held[key]
        return len(old)

    def kept_before(self, before: datetime) -> Iterator[Sequence[FileKey]]:
        with self._lock:
            old = [
                key
                for key, held in self._held.items()
                if not key.startswith("pending/") and held.arrived_at < before
            ]
        return in_pages(old, PAGE)

    def drop(self, key: FileKey, before: datetime) -> bool:
        if not is_kept(key):
            raise NotFound("file", key)
        with self._lock:
            held = self._held.get(key)
            if held is None or held.arrived_at >= before:
                return False
            del self._held[key]
        return True

    def accept(self, token: str, content_type: str, content: Iterator[bytes]) -> None:
        ticket = self._permitted(token)
        if not isinstance(ticket, UploadTicket):
            raise _unknown(token)
        self._put(ticket, content_type, _gathered(content, ticket.size))

    def open(self, token: str) -> OpenedFile:
        file = self._permitted(token)
        held = self._held.get(file.key) if isinstance(file, StoredFile) else None
        if held is None or not isinstance(file, StoredFile):
            raise _unknown(token)
        return _opened(held, file.name, file.content_type)

    def open_kept(self, key: FileKey) -> OpenedFile:
        held = self._held.get(key)
        if held is None:
            raise NotFound("file", key)
        return _opened(held, "", held.content_type)

    def _pending(self, ticket: UploadTicket) -> _Held:
        """The announced bytes; raises as `keep` does where they are not pending."""
        pending = self._held.get(ticket.pending_key)
        if pending is None:
            raise NotFound("file", ticket.pending_key)
        ticket.check(pending.stat)
        return pending

    def _put(self, ticket: UploadTicket, content_type: str, content: bytes) -> None:
        held = _Held(content, content_type, self._clock())
        if content_type != ticket.content_type:
            raise InvalidValue(
                "content_type",
                sentence("must be the announced {content_type}", content_type=ticket.content_type),
            )
        if len(content) != ticket.size:
            raise InvalidValue(
                "size", sentence("must be the announced {size} bytes", size=ticket.size)
            )
        if held.stat.sha256 != ticket.sha256:
            raise InvalidValue(
                "sha256", sentence("the bytes are not the announced ones; upload them again")
            )
        with self._lock:
            self._held[ticket.pending_key] = held

    def _permit(self, subject: UploadTicket | StoredFile, expires_at: datetime) -> str:
        token = secrets.token_urlsafe(32)
        with self._lock:
            self._permissions[token] = _Permission(subject, expires_at)
            oldest = next(iter(self._permissions.values()))
            if oldest.expires_at + REMEMBERED < self._clock():
                self._permissions.popitem(last=False)
        return f"{self._base_url}/files/{token}"

    def _permitted(self, token: str) -> UploadTicket | StoredFile:
        permission = self._permissions.get(token)
        if permission is None:
            raise _unknown(token)
        if self._clock() >= permission.expires_at:
            raise Expired("link", permission.expires_at)
        return permission.subject


def _opened(held: _Held, name: str, content_type: str) -> OpenedFile:
    def part(start: int, stop: int) -> BinaryIO:
        return BytesIO(held.content[start:stop])

    return OpenedFile(name, content_type, len(held.content), held.stat.sha256, part)


def _unknown(token: str) -> NotFound:
    """The refusal of a token; only its beginning is told, since it may open something else."""
    return NotFound("link", token[:8])


def _gathered(content: Iterator[bytes], most: int) -> bytes:
    """The bytes of `content`, of which no more are asked for once there are over `most`."""
    gathered = bytearray()
    for chunk in content:
        gathered += chunk
        if len(gathered) > most:
            break
    return bytes(gathered)
