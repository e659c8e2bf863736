"""Where workflow files and preview images lie."""

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import BinaryIO, Protocol, runtime_checkable

from attrs import frozen

from koda.domain.model.identifiers import FileKey
from koda.domain.model.uploads import (
    DownloadLink,
    FileStat,
    StoredFile,
    UploadOffer,
    UploadTicket,
)


class Files(Protocol):
    """The file store.

    Bytes come in under a ticket's pending key, sent by the client straight to the store or
    received on its behalf, or are made by Koda. They are kept under a key that follows from their
    content, which nothing can change afterwards; they go by `drop` alone. Every method
    raises `Unavailable` while the store cannot be reached.
    """

    @abstractmethod
    def offer(self, ticket: UploadTicket) -> UploadOffer:
        """Say how the client sends the ticket's bytes.

        What is sent under the offer is refused by the store itself unless size, content type and
        SHA-256 are the announced ones, and after `ticket.expires_at`.
        """

    @abstractmethod
    def receive(self, ticket: UploadTicket, content: bytes) -> None:
        """Store the ticket's bytes as the client would have; a repeat replaces them.

        Raises:
            InvalidValue: the bytes are not the announced ones.
        """

    @abstractmethod
    def stat(self, key: FileKey) -> FileStat | None:
        """Say what lies under `key`, pending or kept, or nothing."""

    @abstractmethod
    def read(self, key: FileKey, limit: int) -> bytes:
        """Return the bytes under `key`, pending or kept.

        Raises:
            NotFound: nothing lies there.
            InvalidValue: there are more than `limit` bytes.
        """

    @abstractmethod
    def keep(self, ticket: UploadTicket) -> StoredFile:
        """Put the ticket's pending bytes under `ticket.kept_key`; a repeat is harmless.

        Content that is kept already stays as it is, and counts as kept now.

        Raises:
            NotFound: no bytes are pending for it, nor kept.
            InvalidValue: the pending bytes are not the announced ones.
        """

    @abstractmethod
    def forget_pending(self, ticket: UploadTicket) -> None:
        """Drop the ticket's pending bytes, if there are any; what was kept of them stays."""

    @abstractmethod
    def put(self, content: bytes, name: str, content_type: str) -> StoredFile:
        """Keep bytes that Koda made, at least one, as `made_file` says; a repeat is harmless.

        Content that is kept already stays as it is, and counts as kept now.
        """

    @abstractmethod
    def link(self, file: StoredFile, expires_at: datetime) -> DownloadLink:
        """Mint a link that downloads a kept file as an attachment under its name.

        The link opens this one file, for reading only, until `expires_at` (UTC).
        """

    @abstractmethod
    def forget(self, before: datetime, *, dry_run: bool = False) -> int:
        """Drop pending bytes that arrived before that time (UTC); return how many files.

        What a process that was killed began before that time goes, too, and is not counted. A dry
        run counts and drops nothing.
        """

    @abstractmethod
    def kept_before(self, before: datetime) -> Iterator[Sequence[FileKey]]:
        """Yield the keys of content that was last kept before that time (UTC), by pages.

        A page has 1 to 1000 keys. Whatever is kept or dropped meanwhile, all others come, each
        once.
        """

    @abstractmethod
    def drop(self, key: FileKey, before: datetime) -> bool:
        """Remove kept content if it was last kept before that time (UTC); return whether it went.

        Who keeps the same content at the same moment finds it there or puts it there again.

        Raises:
            NotFound: a pending key, or none of Koda's.
        """


@runtime_checkable
class RemoteFiles(Protocol):
    """The optional power of a file store with a server of its own, which browsers speak to."""

    @property
    @abstractmethod
    def origin(self) -> str:
        """Where uploads go and downloads come from, such as `https://files.koda.example`."""


class PartOpener(Protocol):
    """Opens a part of a file, for servers that send it while they read it."""

    def __call__(self, start: int, stop: int) -> BinaryIO:
        """Return the bytes from `start` up to but without `stop` as a file.

        It can be read and sought from 0, where it stands, to its end. The caller closes it.

        Raises:
            Unavailable: the bytes cannot be reached now.
        """


@frozen
class OpenedFile:
    """A file of the store: its facts (size in bytes) and what opens its bytes."""

    name: str
    content_type: str
    size: int
    sha256: str
    part: PartOpener


@runtime_checkable
class LocalFiles(Protocol):
    """The optional power of a file store that has no server of its own.

    The web entrypoint then serves the links that the store minted; `token` is what their URLs end
    with.
    """

    @abstractmethod
    def accept(self, token: str, content_type: str, content: Iterator[bytes]) -> None:
        """Store what a client sends under an offer.

        Raises:
            NotFound: not a token of ours.
            Expired: the offer's time is over.
            InvalidValue: not the announced size, type or SHA-256; nothing is stored then.
        """

    @abstractmethod
    def open(self, token: str) -> OpenedFile:
        """Open the file of a download link.

        Raises:
            NotFound: not a token of ours.
            Expired: the link's time is over.
        """

    @abstractmethod
    def open_kept(self, key: FileKey) -> OpenedFile:
        """Open a kept file, whose name is not known here.

        Raises:
            NotFound: nothing is kept there.
        """
