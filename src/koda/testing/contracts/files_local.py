"""What every file store without a server of its own does."""

import os
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

import pytest
from attrs import evolve

from koda.domain.model.errors import Expired, InvalidValue, NotFound
from koda.domain.model.identifiers import FileKey
from koda.domain.model.uploads import UploadTicket, made_file
from koda.ports.files import Files, LocalFiles
from koda.testing.contracts.files import FilesContract
from koda.testing.contracts.files_case import content_of, token_in
from koda.testing.contracts.running import at_once
from koda.testing.examples import WORKFLOW, digest


class LocalStore(Files, LocalFiles, Protocol):
    """A file store without a server of its own."""


GARBAGE = ("", ".", "..", "a.b", "👋", "\0", "x" * 10_000, "e30.e30", "%2e%2e", "\ud800")


class LocalFilesContract(FilesContract):
    """The same, and what stores without a server of their own do beside it."""

    @pytest.mark.parametrize("token", GARBAGE)
    def test_garbage_is_no_token(self, files: LocalStore, token: str) -> None:
        """Whatever was not minted here opens and stores nothing."""
        with pytest.raises(NotFound):
            files.open(token)
        with pytest.raises(NotFound):
            files.accept(token, "application/json", iter([WORKFLOW]))

    def test_content_kept_again_while_it_is_dropped_is_there(
        self, files: LocalStore, now: datetime, pass_until: Callable[[datetime], None]
    ) -> None:
        """Either it is kept before it would go, or it is put anew."""
        for round_number in range(1, 60):
            later = now + timedelta(seconds=round_number)
            key = files.put(WORKFLOW, "flow.json", "application/json").key
            pass_until(later)
            keep = partial(files.put, WORKFLOW, "flow.json", "application/json")
            calls: list[Callable[[], object]] = [partial(files.drop, key, later), keep, keep]
            _, *stored = at_once(calls)

            assert stored == [made_file(WORKFLOW, "flow.json", "application/json")] * 2
            assert files.read(key, len(WORKFLOW)) == WORKFLOW

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
        """Any part is a file of its own, which ends where the part does and can be sought."""
        content = bytes(range(256)) * 1024
        large = evolve(ticket, size=len(content), sha256=digest(content))
        files.receive(large, content)
        link = files.link(files.keep(large), ticket.expires_at)
        part = files.open(token_in(link.url)).part
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
            wanted = content[start:stop]
            with part(start, stop) as file:
                assert file.readable()
                assert file.seekable()
                assert file.seek(0, os.SEEK_END) == len(wanted)
                assert file.seek(len(wanted) // 2) == file.tell() == len(wanted) // 2
                assert file.read() == wanted[len(wanted) // 2 :]
                assert file.seek(0) == 0
                assert file.read(edge) + file.read() == wanted

    def test_kept_file_is_opened_by_its_key(self, files: LocalStore, ticket: UploadTicket) -> None:
        """With its facts, and without a link or a name."""
        files.receive(ticket, WORKFLOW)
        file = files.keep(ticket)

        opened = files.open_kept(file.key)

        assert content_of(opened) == WORKFLOW
        assert (opened.content_type, opened.size) == (ticket.content_type, len(WORKFLOW))
        assert opened.sha256 == digest(WORKFLOW)

    def test_nothing_is_opened_where_nothing_is_kept(
        self, files: LocalStore, ticket: UploadTicket
    ) -> None:
        """Neither what was never there nor a made-up key."""
        for key in (ticket.kept_key, FileKey("nothing")):
            with pytest.raises(NotFound):
                files.open_kept(key)
