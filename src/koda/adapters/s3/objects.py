"""Single objects of the bucket."""

import re
from base64 import b64decode, b64encode
from contextlib import closing
from datetime import datetime
from typing import Any

from attrs import frozen
from botocore.exceptions import ClientError

from koda.adapters.s3.client import Bucket
from koda.adapters.s3.errors import LOST_RACE, status_of, translated
from koda.domain.model.errors import InvalidValue, NotFound
from koda.domain.model.identifiers import FileKey
from koda.domain.model.sentences import sentence
from koda.domain.model.uploads import FileStat, is_kept

PENDING_PREFIX = "pending/"
_PENDING = re.compile(r"pending/[A-Za-z0-9_:.\-]{1,128}")
_WHOLE_SHA256 = re.compile(r"[A-Za-z0-9+/]{43}=")


def object_key(key: FileKey) -> str:
    """The key in the bucket; pending ones end in `.upload`, since S3 refuses a part like `..`.

    Raises:
        NotFound: no key of Koda's.
    """
    if _PENDING.fullmatch(key):
        return f"{key}.upload"
    if is_kept(key):
        return key
    raise NotFound("file", key)


def as_checksum(sha256: str) -> str:
    """A hexadecimal SHA-256 as S3 writes it."""
    return b64encode(bytes.fromhex(sha256)).decode()


@frozen
class Found:
    """An object's facts, the tag that changes with its content, and when it arrived (UTC)."""

    stat: FileStat
    tag: str
    arrived_at: datetime


@frozen
class Objects:
    """The bucket's objects by Koda's keys. Every method raises `Unavailable` in an outage."""

    bucket: Bucket

    def find(self, key: FileKey) -> Found:
        """Return what lies under `key`; raises `NotFound` where there is nothing."""
        with translated(NotFound("file", key)):
            answer = self._client.head_object(**self._at(key), ChecksumMode="ENABLED")
        return Found(_stat_of(answer), str(answer.get("ETag", "")), answer["LastModified"])

    def read(self, key: FileKey, limit: int) -> bytes:
        """Return the bytes under `key`; raises `InvalidValue` if there are more than `limit`."""
        with translated(NotFound("file", key)):
            answer = self._client.get_object(**self._at(key), ChecksumMode="ENABLED")
            # Entering the body itself would hand out the raw stream, without the check of its hash.
            with closing(answer["Body"]) as body:
                if answer["ContentLength"] > limit:
                    raise InvalidValue("file", sentence("has more than {limit} bytes", limit=limit))
                content: bytes = body.read()
        return content

    def put(self, key: FileKey, content: bytes, announced: FileStat) -> None:
        """Store bytes, whose SHA-256 S3 checks."""
        with translated():
            self._client.put_object(
                **self._at(key),
                Body=content,
                ContentType=announced.content_type,
                ChecksumSHA256=as_checksum(announced.sha256),
            )

    def add(self, key: FileKey, content: bytes, announced: FileStat) -> bool:
        """Store bytes if nothing lies under `key`; return whether they were stored."""
        with translated():
            try:
                self._client.put_object(
                    **self._at(key),
                    Body=content,
                    ContentType=announced.content_type,
                    ChecksumSHA256=as_checksum(announced.sha256),
                    IfNoneMatch="*",
                )
            except ClientError as error:
                if status_of(error) in LOST_RACE:
                    return False
                raise
        return True

    def copy(self, source: FileKey, tag: str, target: FileKey) -> bool:
        """Copy `source` to `target` if it still has `tag` and nothing lies there.

        Returns whether it was copied. Raises `NotFound` where there is no source.
        """
        with translated(NotFound("file", source)):
            try:
                self._client.copy_object(
                    **self._at(target),
                    CopySource={"Bucket": self.bucket.name, "Key": object_key(source)},
                    CopySourceIfMatch=tag,
                    IfNoneMatch="*",
                    ChecksumAlgorithm="SHA256",
                )
            except ClientError as error:
                if status_of(error) in LOST_RACE:
                    return False
                raise
        return True

    def renew(self, key: FileKey) -> bool:
        """Let what lies under `key` have arrived now, by a copy onto itself; whether it is there.

        S3 takes such a copy only if it replaces the facts, here by the same.
        """
        try:
            content_type = self.find(key).stat.content_type
            with translated(NotFound("file", key)):
                self._client.copy_object(
                    **self._at(key),
                    CopySource={"Bucket": self.bucket.name, "Key": object_key(key)},
                    MetadataDirective="REPLACE",
                    ContentType=content_type,
                    ChecksumAlgorithm="SHA256",
                )
        except NotFound:
            return False
        return True

    def remove(self, key: FileKey) -> None:
        """Remove what lies under `key`, if anything does."""
        with translated():
            self._client.delete_object(**self._at(key))

    @property
    def _client(self) -> Any:
        return self.bucket.client

    def _at(self, key: FileKey) -> dict[str, str]:
        return {"Bucket": self.bucket.name, "Key": object_key(key)}


def _stat_of(answer: dict[str, Any]) -> FileStat:
    """The facts in an answer; without a SHA-256 of the whole there is none that could match."""
    checksum = str(answer.get("ChecksumSHA256", ""))
    whole = _WHOLE_SHA256.fullmatch(checksum)
    sha256 = b64decode(checksum).hex() if whole else ""
    return FileStat(int(answer["ContentLength"]), str(answer.get("ContentType", "")), sha256)
