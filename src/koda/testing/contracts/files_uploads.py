"""How bytes come into a file store."""

from collections.abc import Callable
from datetime import datetime

import pytest
from attrs import evolve

from koda.domain.model.errors import InvalidValue, NotFound
from koda.domain.model.identifiers import FileKey, UploadId
from koda.domain.model.uploads import (
    FileStat,
    UploadTicket,
)
from koda.ports.files import Files
from koda.testing.contracts.files_case import OTHER, FilesCase, FilesClient
from koda.testing.examples import WORKFLOW, digest

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


class UploadChecks(FilesCase):
    """Bytes that are pending."""

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
        named = evolve(ticket, id=UploadId(name))
        files.receive(ticket, WORKFLOW)

        files.receive(evolve(named, size=len(OTHER), sha256=digest(OTHER)), OTHER)

        assert files.read(named.pending_key, 1000) == OTHER
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

    def test_pending_bytes_of_a_ticket_are_forgotten(
        self, files: Files, ticket: UploadTicket
    ) -> None:
        """A repeat is harmless; what was kept of them and what others sent stay."""
        other = evolve(ticket, id=UploadId("upl_2"))
        for sent in (ticket, other):
            files.receive(sent, WORKFLOW)
        files.keep(ticket)
        for _ in range(2):
            files.forget_pending(ticket)

        assert files.stat(ticket.pending_key) is None
        assert files.read(ticket.kept_key, 1000) == WORKFLOW
        assert files.read(other.pending_key, 1000) == WORKFLOW

    def test_old_pending_bytes_are_forgotten(
        self,
        files: Files,
        ticket: UploadTicket,
        now: datetime,
        pass_until: Callable[[datetime], None],
    ) -> None:
        """What arrived before the given time goes; what arrived at it or later stays."""
        old, young = (evolve(ticket, id=UploadId(name)) for name in ("upl_old", "upl_kept"))
        files.receive(old, WORKFLOW)
        files.receive(young, WORKFLOW)
        files.keep(young)
        files.receive(ticket, WORKFLOW)
        later = now + self.lifetime
        pass_until(later)
        files.receive(ticket, WORKFLOW)

        assert files.forget(later, dry_run=True) == 2
        assert files.stat(old.pending_key) is not None
        assert files.forget(later) == 2
        assert files.forget(later) == files.forget(later, dry_run=True) == 0
        assert files.stat(old.pending_key) is None
        assert files.read(ticket.pending_key, 1000) == WORKFLOW
        assert files.read(young.kept_key, 1000) == WORKFLOW
