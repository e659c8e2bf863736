"""What every file store does."""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any, ClassVar, Protocol, cast

import pytest
from attrs import evolve, frozen
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from koda.adapters.memory.clock import FixedClock
from koda.domain.model.errors import Expired, InvalidValue, NotFound
from koda.domain.model.identifiers import FileKey, UploadId
from koda.domain.model.uploads import (
    DownloadLink,
    FileKind,
    FileStat,
    StoredFile,
    UploadOffer,
    UploadTicket,
    kept_key,
)
from koda.ports.files import Files, LocalFiles
from koda.testing.contracts.files_machine import FilesMachine
from koda.testing.examples import NOON, WORKFLOW, a_file, a_ticket, digest

OTHER = b'{"nodes": [], "connections": {"other": 1}}'
STRANGE_KEYS = (
    "",
    ".",
    "..",
    "/etc/passwd",
    "pending",
    "pending/",
    "pending/..",
    "pending/../../etc/passwd",
    "pending/a/b",
    "pending/a\0b",
    "artifacts/..",
    f"artifacts/{'A' * 64}",
    f"artifacts/{'a' * 63}",
    f"artifacts/{'a' * 64}\n",
    f"artifacts/../artifacts/{'a' * 64}",
    f"secrets/{'a' * 64}",
    "pending/" + "a" * 1000,
)


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
        return Fetched(200, headers, b"".join(opened.chunks(0, opened.size)))


def token_in(url: str) -> str:
    """The token that the URL of a local store ends with."""
    return url.rpartition("/")[2]


class FilesContract:
    """Subclass it, with a fixture `make` that returns a function which makes an empty store.

    A store of the tests' own time takes the fixture `clock` for it. One of real time overrides
    `now`, `pass_until` and perhaps `lifetime`. A store with a server of its own overrides
    `client_of`.
    """

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

    def test_sent_bytes_are_pending(
        self, files: Files, client: FilesClient, ticket: UploadTicket
    ) -> None:
        """What a client sends under an offer lies under the ticket's pending key."""
        status = client.send(files.offer(ticket), WORKFLOW)

        assert 200 <= status < 300
        assert files.stat(ticket.pending_key) == FileStat(
            len(WORKFLOW), "application/json", digest(WORKFLOW)
        )
        assert files.read(ticket.pending_key, len(WORKFLOW)) == WORKFLOW

    def test_offer_says_whose_and_for_how_long(self, files: Files, ticket: UploadTicket) -> None:
        """An offer names its ticket, its end and the one way to send."""
        offer = files.offer(ticket)

        assert (offer.upload_id, offer.expires_at) == (ticket.id, ticket.expires_at)
        assert (offer.method, bool(offer.fields)) in {("PUT", False), ("POST", True)}

    def test_received_bytes_are_pending(self, files: Files, ticket: UploadTicket) -> None:
        """What the marketplace receives for a client lies in the same place."""
        files.receive(ticket, WORKFLOW)

        assert ticket.matches(files.stat(ticket.pending_key) or FileStat(0, "", ""))
        assert files.read(ticket.pending_key, len(WORKFLOW)) == WORKFLOW

    def test_repeat_of_an_upload_replaces_it(self, files: Files, ticket: UploadTicket) -> None:
        """The same bytes again change nothing, other announced bytes take their place."""
        other = evolve(ticket, size=len(OTHER), sha256=digest(OTHER))
        files.receive(ticket, WORKFLOW)
        files.receive(ticket, WORKFLOW)
        assert files.read(ticket.pending_key, 1000) == WORKFLOW

        files.receive(other, OTHER)

        assert files.read(ticket.pending_key, 1000) == OTHER
        assert other.matches(files.stat(ticket.pending_key) or FileStat(0, "", ""))

    @pytest.mark.parametrize("name", [".", "..", "...", "a:b", "-", "x" * 128, "A", "upl_1.upload"])
    def test_every_ticket_has_its_own_place(
        self, files: Files, ticket: UploadTicket, name: str
    ) -> None:
        """No identifier that the domain takes leads out of the store or to another's bytes."""
        one = evolve(ticket, id=UploadId(name))
        files.receive(ticket, WORKFLOW)

        files.receive(evolve(one, size=len(OTHER), sha256=digest(OTHER)), OTHER)

        assert files.read(one.pending_key, 1000) == OTHER
        assert files.read(ticket.pending_key, 1000) == WORKFLOW

    @pytest.mark.parametrize("key", [*STRANGE_KEYS, "pending/upl_9", f"artifacts/{'a' * 64}"])
    def test_nothing_lies_under_other_keys(
        self, files: Files, ticket: UploadTicket, key: str
    ) -> None:
        """An unknown key, however it is made, leads to nothing."""
        files.receive(ticket, WORKFLOW)

        assert files.stat(FileKey(key)) is None
        with pytest.raises(NotFound):
            files.read(FileKey(key), 1000)

    def test_read_is_bounded(self, files: Files, ticket: UploadTicket) -> None:
        """A file of one byte more than wanted is refused, not loaded."""
        files.receive(ticket, WORKFLOW)

        with pytest.raises(InvalidValue):
            files.read(ticket.pending_key, len(WORKFLOW) - 1)

    @pytest.mark.parametrize(
        "content",
        [b"", WORKFLOW[:-1], WORKFLOW + b" ", WORKFLOW[:-1] + b"!", b"\0" * len(WORKFLOW)],
        ids=["nothing", "short", "long", "last byte", "zeros"],
    )
    def test_other_bytes_than_announced_are_refused(
        self, files: Files, client: FilesClient, ticket: UploadTicket, content: bytes
    ) -> None:
        """Nothing is stored unless size and SHA-256 are the announced ones."""
        assert 400 <= client.send(files.offer(ticket), content) < 500
        with pytest.raises(InvalidValue):
            files.receive(ticket, content)

        assert files.stat(ticket.pending_key) is None

    @pytest.mark.parametrize("content_type", ["text/html", "application/jsonx", "text/x-python"])
    def test_other_type_than_announced_is_refused(
        self, files: Files, client: FilesClient, ticket: UploadTicket, content_type: str
    ) -> None:
        """Nothing is stored under another content type."""
        assert 400 <= client.send(files.offer(ticket), WORKFLOW, content_type) < 500

        assert files.stat(ticket.pending_key) is None

    def test_refused_bytes_leave_the_earlier_ones(
        self, files: Files, client: FilesClient, ticket: UploadTicket
    ) -> None:
        """A wrong repeat does not cost what was stored before."""
        files.receive(ticket, WORKFLOW)

        client.send(files.offer(ticket), WORKFLOW[:-1])

        assert files.read(ticket.pending_key, 1000) == WORKFLOW

    def test_offer_ends_with_its_ticket(
        self,
        files: Files,
        client: FilesClient,
        ticket: UploadTicket,
        pass_until: Callable[[datetime], None],
    ) -> None:
        """After the ticket's time the store refuses what is sent under the offer."""
        offer = files.offer(ticket)

        pass_until(ticket.expires_at)

        assert 400 <= client.send(offer, WORKFLOW) < 500
        assert files.stat(ticket.pending_key) is None

    def test_kept_file_lies_under_its_content(self, files: Files, ticket: UploadTicket) -> None:
        """Kept bytes are found under the key that follows from them."""
        files.receive(ticket, WORKFLOW)

        assert files.keep(ticket) == ticket.stored
        assert ticket.matches(files.stat(ticket.kept_key) or FileStat(0, "", ""))
        assert files.read(ticket.kept_key, len(WORKFLOW)) == WORKFLOW

    def test_keeping_again_is_harmless(
        self,
        files: Files,
        ticket: UploadTicket,
        now: datetime,
        pass_until: Callable[[datetime], None],
    ) -> None:
        """A repeat gives the same answer while the bytes are pending, and when they are not."""
        files.receive(ticket, WORKFLOW)
        files.keep(ticket)
        assert files.stat(ticket.pending_key) is not None
        assert files.keep(ticket) == ticket.stored

        pass_until(now + self.lifetime)
        files.forget(now + self.lifetime)

        assert files.stat(ticket.pending_key) is None
        assert files.keep(ticket) == ticket.stored
        assert files.read(ticket.kept_key, 1000) == WORKFLOW

    def test_nothing_pending_cannot_be_kept(self, files: Files, ticket: UploadTicket) -> None:
        """A ticket whose bytes never came keeps nothing."""
        with pytest.raises(NotFound):
            files.keep(ticket)

        assert files.stat(ticket.kept_key) is None

    @pytest.mark.parametrize(
        "changes",
        [{"sha256": digest(OTHER)}, {"size": 1, "sha256": digest(b"1")}, {"content_type": "a/b"}],
        ids=["hash", "size", "type"],
    )
    def test_pending_bytes_that_were_not_announced_cannot_be_kept(
        self, files: Files, ticket: UploadTicket, changes: dict[str, Any]
    ) -> None:
        """Nothing comes under a key that its content does not give it."""
        files.receive(ticket, WORKFLOW)
        other = evolve(ticket, **changes)

        with pytest.raises(InvalidValue):
            files.keep(other)

        assert files.stat(other.kept_key) is None

    def test_kept_content_stays_as_it_is(self, files: Files, ticket: UploadTicket) -> None:
        """The same content from elsewhere, as another type, changes nothing that was kept."""
        files.receive(ticket, WORKFLOW)
        files.keep(ticket)
        before = files.stat(ticket.kept_key)
        again = evolve(
            ticket, id=UploadId("upl_2"), content_type="text/x-python", file_name="flow.py"
        )

        files.receive(again, WORKFLOW)

        assert files.keep(again) == again.stored
        assert files.stat(ticket.kept_key) == before

    def test_kinds_are_kept_apart(self, files: Files, ticket: UploadTicket) -> None:
        """The same bytes as artifact and as preview lie in two places."""
        preview = evolve(ticket, id=UploadId("upl_2"), kind=FileKind.PREVIEW)
        files.receive(preview, WORKFLOW)

        files.keep(preview)

        assert files.stat(kept_key(FileKind.PREVIEW, ticket.sha256)) is not None
        assert files.stat(ticket.kept_key) is None

    def test_kept_content_cannot_be_overwritten(
        self, files: Files, client: FilesClient, ticket: UploadTicket
    ) -> None:
        """Neither later bytes under the same ticket nor others that claim its hash reach it."""
        files.receive(ticket, WORKFLOW)
        files.keep(ticket)
        other = evolve(ticket, size=len(OTHER), sha256=digest(OTHER))

        files.receive(other, OTHER)
        files.keep(other)
        client.send(files.offer(ticket), OTHER)

        assert files.read(ticket.kept_key, 1000) == WORKFLOW
        assert files.read(other.kept_key, 1000) == OTHER

    def test_link_downloads_the_kept_file(
        self, files: Files, client: FilesClient, ticket: UploadTicket, now: datetime
    ) -> None:
        """A link gives the bytes, as an attachment under the file's name, as often as wanted."""
        files.receive(ticket, WORKFLOW)
        file = evolve(files.keep(ticket), name="Mein Ablauf.json")

        link = files.link(file, now + self.lifetime)

        assert (link.file_name, link.expires_at) == ("Mein Ablauf.json", now + self.lifetime)
        for _ in range(2):
            fetched = client.fetch(link)
            assert (fetched.status, fetched.content) == (200, WORKFLOW)
            assert fetched.headers["content-type"] == "application/json"
            assert fetched.headers["content-disposition"].startswith("attachment")
            assert "Ablauf.json" in fetched.headers["content-disposition"]

    def test_link_ends(
        self,
        files: Files,
        client: FilesClient,
        ticket: UploadTicket,
        now: datetime,
        pass_until: Callable[[datetime], None],
    ) -> None:
        """After its time a link opens nothing."""
        files.receive(ticket, WORKFLOW)
        link = files.link(files.keep(ticket), now + self.lifetime)

        pass_until(now + self.lifetime)

        assert 400 <= client.fetch(link).status < 500

    def test_altered_link_opens_nothing(
        self, files: Files, client: FilesClient, ticket: UploadTicket, now: datetime
    ) -> None:
        """A link is refused when any part of its proof is changed."""
        files.receive(ticket, WORKFLOW)
        link = files.link(files.keep(ticket), now + self.lifetime)

        for url in (link.url[:-1] + "~", link.url[:-5], link.url + "0"):
            assert 400 <= client.fetch(evolve(link, url=url)).status < 500

    def test_link_to_what_was_never_kept_opens_nothing(
        self, files: Files, client: FilesClient, now: datetime
    ) -> None:
        """A link may be minted for any file, and leads nowhere when there is none."""
        link = files.link(a_file(), now + self.lifetime)

        assert 400 <= client.fetch(link).status < 500

    def test_link_cannot_send_and_offer_cannot_fetch(
        self, files: Files, client: FilesClient, ticket: UploadTicket, now: datetime
    ) -> None:
        """A link is for reading, an offer for writing, and neither is for the other."""
        files.receive(ticket, WORKFLOW)
        offer = files.offer(ticket)
        link = files.link(files.keep(ticket), now + self.lifetime)

        sent = client.send(evolve(offer, url=link.url), WORKFLOW)
        fetched = client.fetch(evolve(link, url=offer.url))

        assert 400 <= sent < 500
        assert 400 <= fetched.status < 500
        assert WORKFLOW not in fetched.content

    def test_old_pending_bytes_are_forgotten(
        self,
        files: Files,
        ticket: UploadTicket,
        now: datetime,
        pass_until: Callable[[datetime], None],
    ) -> None:
        """What arrived before the given time goes; what arrived at it or later stays."""
        old, kept = (evolve(ticket, id=UploadId(name)) for name in ("upl_old", "upl_kept"))
        files.receive(old, WORKFLOW)
        files.receive(kept, WORKFLOW)
        files.keep(kept)
        files.receive(ticket, WORKFLOW)
        later = now + self.lifetime
        pass_until(later)
        files.receive(ticket, WORKFLOW)

        assert files.forget(later) == 2
        assert files.forget(later) == 0
        assert files.stat(old.pending_key) is None
        assert files.read(ticket.pending_key, 1000) == WORKFLOW
        assert files.read(kept.kept_key, 1000) == WORKFLOW

    def test_many_at_once_keep_one_file(self, files: Files, ticket: UploadTicket) -> None:
        """Threads that send and keep the same content at once all succeed."""

        def upload(number: int) -> StoredFile:
            mine = evolve(ticket, id=UploadId(f"upl_{number % 4}"))
            files.receive(mine, WORKFLOW)
            return files.keep(mine)

        with ThreadPoolExecutor(8) as threads:
            stored = set(threads.map(upload, range(40)))

        assert stored == {ticket.stored}
        assert files.read(ticket.kept_key, 1000) == WORKFLOW

    def test_it_behaves_as_a_dictionary_of_bytes(
        self, make: Callable[[], Files], now: datetime
    ) -> None:
        """Whatever the sequence of uploads, keeps and reads, the bytes are the expected ones."""

        class Machine(FilesMachine):
            def __init__(self) -> None:
                super().__init__(make(), now + timedelta(days=1))

        run_state_machine_as_test(
            Machine, settings=settings(max_examples=25, stateful_step_count=20, deadline=None)
        )


class LocalStore(Files, LocalFiles, Protocol):
    """A file store without a server of its own."""


GARBAGE = ("", ".", "..", "a.b", "👋", "\0", "x" * 10_000, "e30.e30", "%2e%2e", "\ud800")


class LocalFilesContract(FilesContract):
    """The same, and what stores without a server of their own do beside it."""

    @pytest.fixture
    def files(self, make: Callable[[], LocalStore]) -> LocalStore:
        """An empty store."""
        return make()

    @pytest.mark.parametrize("token", GARBAGE)
    def test_garbage_is_no_token(self, files: LocalStore, token: str) -> None:
        """Whatever was not minted here opens and stores nothing."""
        with pytest.raises(NotFound):
            files.open(token)
        with pytest.raises(NotFound):
            files.accept(token, "application/json", iter([WORKFLOW]))

    def test_expiry_is_told(
        self,
        files: LocalStore,
        ticket: UploadTicket,
        pass_until: Callable[[datetime], None],
    ) -> None:
        """A token whose time is over is told apart from one that never was."""
        offer = files.offer(ticket)
        link = files.link(ticket.stored, ticket.expires_at)
        pass_until(ticket.expires_at)

        with pytest.raises(Expired) as opened:
            files.open(token_in(link.url))
        with pytest.raises(Expired) as accepted:
            files.accept(token_in(offer.url), ticket.content_type, iter([WORKFLOW]))

        assert opened.value.at == accepted.value.at == ticket.expires_at

    @pytest.mark.parametrize(
        ("content_type", "content", "field"),
        [
            ("text/html", WORKFLOW, "content_type"),
            ("application/json", WORKFLOW[1:], "size"),
            ("application/json", WORKFLOW[::-1], "sha256"),
        ],
    )
    def test_refusal_names_what_differs(
        self, files: LocalStore, ticket: UploadTicket, content_type: str, content: bytes, field: str
    ) -> None:
        """The error says which of the announced facts does not hold."""
        token = token_in(files.offer(ticket).url)

        with pytest.raises(InvalidValue) as refused:
            files.accept(token, content_type, iter([content]))

        assert refused.value.field == field

    def test_broken_off_upload_stores_nothing(
        self, files: LocalStore, ticket: UploadTicket
    ) -> None:
        """When the client's connection fails midway, its error passes and nothing is stored."""

        def broken() -> Iterator[bytes]:
            yield WORKFLOW[:10]
            raise ConnectionResetError

        with pytest.raises(ConnectionResetError):
            files.accept(token_in(files.offer(ticket).url), ticket.content_type, broken())

        assert files.stat(ticket.pending_key) is None

    def test_endless_upload_is_not_read_to_its_end(
        self, files: LocalStore, ticket: UploadTicket
    ) -> None:
        """No more is taken than what shows that there is too much."""
        taken = 0

        def endless() -> Iterator[bytes]:
            nonlocal taken
            while True:
                taken += 10
                yield b"x" * 10

        with pytest.raises(InvalidValue):
            files.accept(token_in(files.offer(ticket).url), ticket.content_type, endless())

        assert taken <= len(WORKFLOW) + 10

    def test_opened_file_tells_its_facts(self, files: LocalStore, ticket: UploadTicket) -> None:
        """Name and type come from the link, size and SHA-256 from what lies in the store."""
        files.receive(ticket, WORKFLOW)
        file = evolve(files.keep(ticket), name='a"\r\nß.py', content_type="text/x-python")

        opened = files.open(token_in(files.link(file, ticket.expires_at).url))

        assert (opened.name, opened.content_type) == ('a"\r\nß.py', "text/x-python")
        assert (opened.size, opened.sha256) == (len(WORKFLOW), digest(WORKFLOW))

    def test_parts_of_an_opened_file(self, files: LocalStore, ticket: UploadTicket) -> None:
        """Any part is read, in chunks of at most 64 KiB."""
        content = bytes(range(256)) * 1024
        large = evolve(ticket, size=len(content), sha256=digest(content))
        files.receive(large, content)
        link = files.link(files.keep(large), ticket.expires_at)
        chunks = files.open(token_in(link.url)).chunks
        edge = 64 * 1024

        for start, stop in [
            (0, len(content)),
            (0, 0),
            (5, 6),
            (edge - 1, edge + 1),
            (100, 3 * edge),
            (len(content) - 1, len(content) + 50),
            (len(content), len(content) + 1),
        ]:
            parts = list(chunks(start, stop))
            assert b"".join(parts) == content[start:stop]
            assert all(0 < len(part) <= edge for part in parts)
