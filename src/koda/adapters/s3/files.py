"""Files in an S3 bucket."""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from attrs import field, frozen

from koda.adapters.s3.client import Bucket
from koda.adapters.s3.errors import SERVICE, translated
from koda.adapters.s3.objects import PENDING_PREFIX, Objects, as_checksum, object_key
from koda.adapters.s3.signing import seconds_until, sign
from koda.domain.model.attachments import attachment
from koda.domain.model.errors import InvalidValue, NotFound, Unavailable
from koda.domain.model.identifiers import FileKey
from koda.domain.model.sentences import sentence
from koda.domain.model.uploads import (
    KEPT_FOLDERS,
    DownloadLink,
    FileStat,
    StoredFile,
    UploadOffer,
    UploadTicket,
    is_kept,
    made_file,
)
from koda.ports.clock import Clock
from koda.ports.files import Files, RemoteFiles

LONGEST_LINK = 300
"""Seconds for which a download link opens at most, whatever is asked for."""
GRAIN = timedelta(seconds=1)
"""S3 tells to the second when an object arrived, rounded down."""


@frozen
class S3Files(Files, RemoteFiles):
    """Files in `bucket`, which clients reach by themselves, at its own address.

    Uploads are `PUT`s under a signature of the exact size, content type and SHA-256: the first two
    are headers that S3 compares, the third one makes it hash what it receives. (A `POST` policy
    would do the same with a form and a range of sizes; there is no range here, since every upload
    is announced.) Links are `GET`s of five minutes at most.

    What is kept was copied by S3 to a key that follows from the content, on the condition that
    nothing lies there. Its keys are never offered. Keeping it again copies it onto itself, so that
    it arrived now; `drop` looks when it arrived and deletes it with the next call. S3 cannot do
    both in one: what is kept again between these two calls, some milliseconds, is lost.
    """

    bucket: Bucket
    clock: Clock
    _objects: Objects = field(init=False)

    @_objects.default
    def _in_bucket(self) -> Objects:
        return Objects(self.bucket)

    @property
    def origin(self) -> str:
        return self.bucket.origin

    def offer(self, ticket: UploadTicket) -> UploadOffer:
        headers = {
            "Content-Type": ticket.content_type,
            "x-amz-checksum-sha256": as_checksum(ticket.sha256),
        }
        url = sign(
            self.bucket,
            "PUT",
            object_key(ticket.pending_key),
            seconds_until(ticket.expires_at, self.clock()),
            headers={**headers, "Content-Length": str(ticket.size)},
        )
        # Every client counts the bytes itself, and a browser's script may not set their number.
        return UploadOffer(ticket.id, "PUT", url, headers, {}, ticket.expires_at)

    def receive(self, ticket: UploadTicket, content: bytes) -> None:
        if len(content) != ticket.size:
            raise InvalidValue(
                "size", sentence("must be the announced {size} bytes", size=ticket.size)
            )
        if hashlib.sha256(content).hexdigest() != ticket.sha256:
            raise InvalidValue(
                "sha256", sentence("the bytes are not the announced ones; upload them again")
            )
        self._objects.put(ticket.pending_key, content, ticket.announced)

    def stat(self, key: FileKey) -> FileStat | None:
        try:
            return self._objects.find(key).stat
        except NotFound:
            return None

    def read(self, key: FileKey, limit: int) -> bytes:
        return self._objects.read(key, limit)

    def keep(self, ticket: UploadTicket) -> StoredFile:
        if not self._objects.renew(ticket.kept_key):
            pending = self._objects.find(ticket.pending_key)
            ticket.check(pending.stat)
            copied = self._objects.copy(ticket.pending_key, pending.tag, ticket.kept_key)
            if not copied and self.stat(ticket.kept_key) is None:
                # Not kept by somebody else first, so the pending bytes have just been replaced.
                raise Unavailable(SERVICE)
        return ticket.stored

    def forget_pending(self, ticket: UploadTicket) -> None:
        self._objects.remove(ticket.pending_key)

    def put(self, content: bytes, name: str, content_type: str) -> StoredFile:
        file = made_file(content, name, content_type)
        if not self._objects.renew(file.key):
            added = self._objects.add(file.key, content, file.stat)
            if not added and self.stat(file.key) is None:
                raise Unavailable(SERVICE)  # somebody else's attempt was under way, and failed
        return file

    def link(self, file: StoredFile, expires_at: datetime) -> DownloadLink:
        now = self.clock()
        ends = min(expires_at, now + timedelta(seconds=LONGEST_LINK))
        url = sign(
            self.bucket,
            "GET",
            object_key(file.key),
            seconds_until(ends, now),
            parameters={
                "response-content-disposition": attachment(file.name),
                "response-content-type": file.content_type,
            },
        )
        return DownloadLink(url, file.name, ends)

    def forget(self, before: datetime, *, dry_run: bool = False) -> int:
        forgotten = 0
        for old in self._pages(PENDING_PREFIX, before):
            if not dry_run:
                self._delete(old)
            forgotten += len(old)
        return forgotten

    def kept_before(self, before: datetime) -> Iterator[Sequence[FileKey]]:
        for folder in KEPT_FOLDERS:
            for page in self._pages(f"{folder}/", before):
                keys = [FileKey(key) for key in page if is_kept(key)]
                if keys:
                    yield keys

    def drop(self, key: FileKey, before: datetime) -> bool:
        if not is_kept(key):
            raise NotFound("file", key)
        try:
            arrived_at = self._objects.find(key).arrived_at
        except NotFound:
            return False
        if not _certainly_before(arrived_at, before):
            return False
        self._objects.remove(key)
        return True

    def _pages(self, prefix: str, before: datetime) -> Iterator[list[str]]:
        """The keys in the bucket of what arrived before that time, by pages.

        A page has at most a thousand, which is also the most that one call deletes.
        """
        paginator = self.bucket.client.get_paginator("list_objects_v2")
        with translated():
            for page in paginator.paginate(Bucket=self.bucket.name, Prefix=prefix):
                old = [
                    entry["Key"]
                    for entry in page.get("Contents", [])
                    if _certainly_before(entry["LastModified"], before)
                ]
                if old:
                    yield old

    def _delete(self, keys: list[str]) -> None:
        objects = [{"Key": key} for key in keys]
        with translated():
            answer = self.bucket.client.delete_objects(
                Bucket=self.bucket.name, Delete={"Objects": objects, "Quiet": True}
            )
        if answer.get("Errors"):
            raise Unavailable(SERVICE)


def _certainly_before(arrived_at: datetime, before: datetime) -> bool:
    return arrived_at + GRAIN <= before
