"""Files in a directory on this machine."""

import hashlib
import os
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path

from koda.adapters.directory.folders import Folders, chunks_of, reaching_disk
from koda.adapters.directory.parts import open_part
from koda.adapters.directory.tokens import Claims, Purpose, Tokens
from koda.domain.model.errors import InvalidValue, NotFound
from koda.domain.model.identifiers import FileKey
from koda.domain.model.paging import in_pages
from koda.domain.model.sentences import sentence
from koda.domain.model.timestamps import to_milliseconds
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


class DirectoryFiles(Files, LocalFiles):
    """Files under the folder `root`, shared by the processes of one machine.

    Offers and links lead to `{base_url}/files/{token}`. All processes share `keys`, of at least 32
    bytes each: the first signs tokens, and those of any are read, so that a key can be replaced
    while tokens of the old one are about. What was stored is on the disk when a method returns, and
    no process that is killed, at whatever moment, leaves a part of a file under a key.

    Raises:
        InvalidValue: there is no key, or one is too short.
        Unavailable: the folder cannot be made.
    """

    @reaching_disk()
    def __init__(
        self, root: str | os.PathLike[str], *, base_url: str, keys: Sequence[bytes], clock: Clock
    ) -> None:
        self._tokens = Tokens(keys)
        self._base_url = base_url.rstrip("/")
        self._clock: Clock = clock
        self._folders = Folders(Path(root))

    def offer(self, ticket: UploadTicket) -> UploadOffer:
        claims = Claims(
            ticket.pending_key,
            ticket.file_name,
            ticket.content_type,
            ticket.size,
            ticket.sha256,
            to_milliseconds(ticket.expires_at),
        )
        headers = {"Content-Type": ticket.content_type}
        url = self._url(Purpose.UPLOAD, claims)
        return UploadOffer(ticket.id, "PUT", url, headers, {}, ticket.expires_at)

    def receive(self, ticket: UploadTicket, content: bytes) -> None:
        self._put(ticket.pending_key, ticket.announced, iter([content]))

    def stat(self, key: FileKey) -> FileStat | None:
        try:
            return self._found(key)[1]
        except NotFound:
            return None

    @reaching_disk()
    def read(self, key: FileKey, limit: int) -> bytes:
        folder, facts = self._found(key)
        if facts.size > limit:
            raise InvalidValue("file", sentence("has more than {limit} bytes", limit=limit))
        return (folder / "content").read_bytes()

    def keep(self, ticket: UploadTicket) -> StoredFile:
        if not self._renewed(ticket.kept_key):
            pending, facts = self._found(ticket.pending_key)
            ticket.check(facts)
            self._put(ticket.kept_key, facts, chunks_of(pending, 0, facts.size))
        return ticket.stored

    @reaching_disk()
    def forget_pending(self, ticket: UploadTicket) -> None:
        place = self._folders.place(ticket.pending_key)
        self._folders.discard(place, to_milliseconds(self._clock()))

    def put(self, content: bytes, name: str, content_type: str) -> StoredFile:
        file = made_file(content, name, content_type)
        if not self._renewed(file.key):
            self._put(file.key, file.stat, iter([content]))
        return file

    def link(self, file: StoredFile, expires_at: datetime) -> DownloadLink:
        claims = Claims(
            file.key,
            file.name,
            file.content_type,
            file.size,
            file.sha256,
            to_milliseconds(expires_at),
        )
        return DownloadLink(self._url(Purpose.DOWNLOAD, claims), file.name, expires_at)

    @reaching_disk()
    def forget(self, before: datetime, *, dry_run: bool = False) -> int:
        return self._folders.forget(to_milliseconds(before), dry_run=dry_run)

    def kept_before(self, before: datetime) -> Iterator[Sequence[FileKey]]:
        with reaching_disk():
            yield from in_pages(self._folders.kept_before(to_milliseconds(before)), PAGE)

    @reaching_disk()
    def drop(self, key: FileKey, before: datetime) -> bool:
        if not is_kept(key):
            raise NotFound("file", key)
        return self._folders.drop(self._folders.place(key), to_milliseconds(before))

    def accept(self, token: str, content_type: str, content: Iterator[bytes]) -> None:
        claims = self._tokens.read(Purpose.UPLOAD, token, self._clock())
        if content_type != claims.content_type:
            raise InvalidValue(
                "content_type",
                sentence("must be the announced {content_type}", content_type=claims.content_type),
            )
        self._put(claims.key, FileStat(claims.size, content_type, claims.sha256), content)

    def open(self, token: str) -> OpenedFile:
        claims = self._tokens.read(Purpose.DOWNLOAD, token, self._clock())
        folder, facts = self._found(claims.key)
        part = partial(open_part, folder / "content")
        return OpenedFile(claims.name, claims.content_type, facts.size, facts.sha256, part)

    def open_kept(self, key: FileKey) -> OpenedFile:
        folder, facts = self._found(key)
        part = partial(open_part, folder / "content")
        return OpenedFile("", facts.content_type, facts.size, facts.sha256, part)

    def _url(self, purpose: Purpose, claims: Claims) -> str:
        return f"{self._base_url}/files/{self._tokens.sign(purpose, claims)}"

    @reaching_disk()
    def _renewed(self, key: FileKey) -> bool:
        """Let what is kept under `key` have been kept now; whether anything is."""
        now = to_milliseconds(self._clock())
        return self.stat(key) is not None and self._folders.renew(self._folders.place(key), now)

    @reaching_disk()
    def _found(self, key: FileKey) -> tuple[Path, FileStat]:
        """The folder and the facts of a file; raises `NotFound` where there is none."""
        folder = self._folders.place(key)
        facts = self._folders.facts(folder)
        if facts is None:
            raise NotFound("file", key)
        return folder, facts

    def _put(self, key: FileKey, announced: FileStat, content: Iterator[bytes]) -> None:
        now = to_milliseconds(self._clock())
        with self._folders.draft(now) as draft:
            draft.write(_checked(content, announced), announced, now)
            with reaching_disk():
                self._folders.publish(draft, self._folders.place(key), announced, now)


def _checked(content: Iterator[bytes], announced: FileStat) -> Iterator[bytes]:
    """Pass the announced bytes on; raises `InvalidValue` as soon as they show to be others."""
    digest, size = hashlib.sha256(), 0
    for chunk in content:
        digest.update(chunk)
        size += len(chunk)
        if size > announced.size:
            break
        yield chunk
    if size != announced.size:
        raise InvalidValue(
            "size", sentence("must be the announced {size} bytes", size=announced.size)
        )
    if digest.hexdigest() != announced.sha256:
        raise InvalidValue(
            "sha256", sentence("the bytes are not the announced ones; upload them again")
        )
