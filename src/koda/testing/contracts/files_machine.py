"""Any sequence of uploads, keeps and reads, compared with dictionaries."""

from datetime import datetime

import pytest
from attrs import evolve
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from koda.domain.model.errors import InvalidValue, NotFound
from koda.domain.model.identifiers import FileKey, UploadId
from koda.domain.model.uploads import FileKind, UploadTicket
from koda.ports.files import Files
from koda.testing.examples import a_ticket

TICKETS = st.tuples(
    st.sampled_from(["upl_1", "upl_2"]),
    st.sampled_from(FileKind),
    st.sampled_from([1, 7, 70_000]).map(lambda size: b"k" * size),
)
LIMIT = 100_000


class FilesMachine(RuleBasedStateMachine):
    """Compares a store with a dictionary of pending bytes and one of kept bytes.

    `expires_at` is after the end of the test.
    """

    def __init__(self, files: Files, expires_at: datetime) -> None:
        super().__init__()
        self.files: Files = files
        self.expires_at = expires_at
        self.pending: dict[FileKey, bytes] = {}
        self.kept: dict[FileKey, bytes] = {}

    def ticket(self, drawn: tuple[str, FileKind, bytes]) -> UploadTicket:
        """The ticket of an upload for some content."""
        name, kind, content = drawn
        ticket = a_ticket(content, id=UploadId(name), kind=kind)
        return evolve(ticket, expires_at=self.expires_at)

    @rule(drawn=TICKETS)
    def receive(self, drawn: tuple[str, FileKind, bytes]) -> None:
        """The announced bytes come and replace earlier ones."""
        ticket = self.ticket(drawn)
        self.files.receive(ticket, drawn[2])
        self.pending[ticket.pending_key] = drawn[2]

    @rule(drawn=TICKETS)
    def receive_others(self, drawn: tuple[str, FileKind, bytes]) -> None:
        """Other bytes come and are refused."""
        with pytest.raises(InvalidValue):
            self.files.receive(self.ticket(drawn), drawn[2] + b"!")

    @rule(drawn=TICKETS)
    def keep(self, drawn: tuple[str, FileKind, bytes]) -> None:
        """Keeping works when the content is kept already, or is what is pending."""
        ticket = self.ticket(drawn)
        pending = self.pending.get(ticket.pending_key)
        if ticket.kept_key in self.kept or pending == drawn[2]:
            assert self.files.keep(ticket) == ticket.stored
            self.kept[ticket.kept_key] = drawn[2]
        else:
            with pytest.raises(NotFound if pending is None else InvalidValue):
                self.files.keep(ticket)

    @rule(drawn=TICKETS)
    def read(self, drawn: tuple[str, FileKind, bytes]) -> None:
        """What was never stored is not there."""
        ticket = self.ticket(drawn)
        for key in {ticket.pending_key, ticket.kept_key} - {*self.pending, *self.kept}:
            assert self.files.stat(key) is None
            with pytest.raises(NotFound):
                self.files.read(key, LIMIT)

    @rule()
    def forget(self) -> None:
        """All pending bytes go, and nothing that was kept."""
        assert self.files.forget(self.expires_at) == len(self.pending)
        self.pending.clear()

    @rule(drawn=TICKETS)
    def forget_pending(self, drawn: tuple[str, FileKind, bytes]) -> None:
        """The pending bytes of one ticket go, if there are any."""
        ticket = self.ticket(drawn)
        self.files.forget_pending(ticket)
        self.pending.pop(ticket.pending_key, None)

    @rule(drawn=TICKETS)
    def drop(self, drawn: tuple[str, FileKind, bytes]) -> None:
        """What was kept goes, and nothing that is pending."""
        key = self.ticket(drawn).kept_key
        assert self.files.drop(key, self.expires_at) == (key in self.kept)
        self.kept.pop(key, None)

    @invariant()
    def everything_is_as_expected(self) -> None:
        """Every key has its bytes, and the facts that go with them."""
        for key, content in (self.pending | self.kept).items():
            assert self.files.read(key, LIMIT) == content
            stat = self.files.stat(key)
            assert stat is not None
            assert (stat.size, stat.sha256) == (len(content), a_ticket(content).sha256)
        listed = [key for page in self.files.kept_before(self.expires_at) for key in page]
        assert sorted(listed) == sorted(self.kept)
