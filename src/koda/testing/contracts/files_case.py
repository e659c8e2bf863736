"""The store under test, its time and its client."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import ClassVar, Protocol, cast

import pytest
from attrs import frozen

from koda.adapters.memory.clock import FixedClock
from koda.domain.model.errors import Expired, InvalidValue, NotFound
from koda.domain.model.uploads import (
    DownloadLink,
    UploadOffer,
    UploadTicket,
)
from koda.ports.files import Files, LocalFiles, OpenedFile
from koda.testing.examples import NOON, a_ticket

OTHER = b'{"nodes": [], "connections": {"other": 1}}'
"""Other bytes than those of the example workflow."""


@frozen
class Fetched:
    """What fetching a link gave: HTTP status, headers with lower-case names, and bytes."""

    status: int
    headers: Mapping[str, str]
    content: bytes


class FilesClient(Protocol):
    """A client of the file store: what a browser would do with an offer and a link."""

    def send(self, offer: UploadOffer, content: bytes, content_type: str | None = None) -> int:
        """Send bytes under an offer, as `content_type` if given; return the HTTP status."""

    def fetch(self, link: DownloadLink) -> Fetched:
        """Fetch what a link leads to."""


@frozen
class LocalClient(FilesClient):
    """The client of a store that has no server of its own: what the web entrypoint would do."""

    files: LocalFiles

    def send(self, offer: UploadOffer, content: bytes, content_type: str | None = None) -> int:
        """Hand the bytes over in small parts."""
        parts = (content[at : at + 7] for at in range(0, len(content), 7))
        try:
            self.files.accept(
                token_in(offer.url), content_type or offer.headers["Content-Type"], parts
            )
        except (NotFound, Expired, InvalidValue):
            return 400
        return 204

    def fetch(self, link: DownloadLink) -> Fetched:
        """Open the link's token and read all of it."""
        try:
            opened = self.files.open(token_in(link.url))
        except (NotFound, Expired):
            return Fetched(404, {}, b"")
        headers = {
            "content-type": opened.content_type,
            "content-disposition": f'attachment; filename="{opened.name}"',
        }
        return Fetched(200, headers, content_of(opened))


def content_of(opened: OpenedFile) -> bytes:
    """All bytes of an opened file."""
    with opened.part(0, opened.size) as file:
        return file.read()


def token_in(url: str) -> str:
    """The token that the URL of a local store ends with."""
    return url.rpartition("/")[2]


class FilesCase:
    """What the checks of a file store need; its attributes and fixtures may be overridden."""

    lifetime: ClassVar[timedelta] = timedelta(minutes=1)
    """How long offers and links last here; real time is waited for."""

    def client_of(self, files: Files) -> FilesClient:
        """A client of `files`."""
        return LocalClient(cast("LocalFiles", files))

    @pytest.fixture
    def clock(self) -> FixedClock:
        """The time of stores that are told it."""
        return FixedClock(NOON)

    @pytest.fixture
    def now(self, clock: FixedClock) -> datetime:
        """The store's time when the test begins."""
        return clock()

    @pytest.fixture
    def pass_until(self, clock: FixedClock) -> Callable[[datetime], None]:
        """Let the store's time go on until then."""
        return lambda moment: clock.advance(moment - clock())

    @pytest.fixture
    def files(self, make: Callable[[], Files]) -> Files:
        """An empty store."""
        return make()

    @pytest.fixture
    def client(self, files: Files) -> FilesClient:
        """A client of the store."""
        return self.client_of(files)

    @pytest.fixture
    def ticket(self, now: datetime) -> UploadTicket:
        """A ticket for the example workflow."""
        return a_ticket(expires_at=now + self.lifetime)
