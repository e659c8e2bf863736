"""How bytes stay in a file store."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest
from attrs import evolve

from koda.domain.model.errors import InvalidValue, NotFound
from koda.domain.model.identifiers import FileKey, UploadId
from koda.domain.model.uploads import (
    FileKind,
    FileStat,
    UploadTicket,
    kept_key,
    made_file,
)
from koda.ports.files import Files
from koda.testing.contracts.files_case import OTHER, FilesCase, FilesClient
from koda.testing.examples import WORKFLOW, changed, digest


def keys_of(files: Files, before: datetime) -> list[FileKey]:
    """The keys of what was last kept before that time."""
    return sorted(key for page in files.kept_before(before) for key in page)


class KeptChecks(FilesCase):
    """Bytes that are kept."""

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
        self, files: Files, ticket: UploadTicket, changes: dict[str, object]
    ) -> None:
        """Nothing comes under a key that its content does not give it."""
        files.receive(ticket, WORKFLOW)
        other = changed(ticket, **changes)

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

    # --- dropping ------------------------------------------------------------------------

    def test_kept_content_is_listed_and_dropped_once_it_is_old(
        self,
        files: Files,
        ticket: UploadTicket,
        now: datetime,
        pass_until: Callable[[datetime], None],
    ) -> None:
        """What was kept since stays, and so do pending bytes."""
        later = now + self.lifetime
        files.receive(ticket, WORKFLOW)
        files.keep(ticket)
        made = files.put(OTHER, "made.webp", "image/webp")
        pass_until(later)
        young = files.put(b"young", "made.webp", "image/webp")

        assert keys_of(files, now) == []
        assert keys_of(files, later) == sorted([ticket.kept_key, made.key])
        assert not files.drop(made.key, now)
        assert files.stat(made.key) is not None
        assert files.drop(made.key, later)
        assert not files.drop(made.key, later)
        assert not files.drop(young.key, later)
        assert files.stat(made.key) is None
        assert files.stat(young.key) is not None
        assert files.stat(ticket.pending_key) is not None
        assert keys_of(files, later) == [ticket.kept_key]

    def test_content_kept_again_is_as_young_as_new(
        self,
        files: Files,
        ticket: UploadTicket,
        now: datetime,
        pass_until: Callable[[datetime], None],
    ) -> None:
        """Whether it was uploaded or made, and with its facts as they were."""
        later = now + self.lifetime
        files.receive(ticket, WORKFLOW)
        files.keep(ticket)
        made = files.put(OTHER, "made.webp", "image/webp")
        before = files.stat(ticket.kept_key), files.stat(made.key)
        pass_until(later)
        files.keep(ticket)
        files.put(OTHER, "other.png", "image/png")

        assert keys_of(files, later) == []
        assert not any(files.drop(key, later) for key in (ticket.kept_key, made.key))
        assert before == (files.stat(ticket.kept_key), files.stat(made.key))
        assert files.read(ticket.kept_key, 1000) == WORKFLOW

    def test_dropped_content_can_be_kept_again(
        self,
        files: Files,
        ticket: UploadTicket,
        now: datetime,
        pass_until: Callable[[datetime], None],
    ) -> None:
        """As long as its bytes are pending."""
        later = now + self.lifetime
        files.receive(ticket, WORKFLOW)
        files.keep(ticket)
        pass_until(later)
        assert files.drop(ticket.kept_key, later)

        assert files.keep(ticket) == ticket.stored
        assert files.read(ticket.kept_key, 1000) == WORKFLOW

    @pytest.mark.parametrize("key", ["pending/upl_1", "artifacts/../made", "artifacts/", ""])
    def test_nothing_but_kept_content_is_dropped(
        self, files: Files, ticket: UploadTicket, now: datetime, key: str
    ) -> None:
        """Pending bytes go by `forget`, and other keys are none."""
        files.receive(ticket, WORKFLOW)

        with pytest.raises(NotFound):
            files.drop(FileKey(key), now + self.lifetime)
        assert files.stat(ticket.pending_key) is not None

    def test_of_many_dropping_at_once_one_does(
        self,
        files: Files,
        now: datetime,
        pass_until: Callable[[datetime], None],
    ) -> None:
        """No store that can tell counts a file twice; none fails."""
        later = now + self.lifetime
        made = files.put(OTHER, "made.webp", "image/webp")
        pass_until(later)
        with ThreadPoolExecutor(8) as threads:
            dropped = list(threads.map(lambda _: files.drop(made.key, later), range(8)))

        assert any(dropped)
        assert files.stat(made.key) is None

    def test_kinds_are_kept_apart(self, files: Files, ticket: UploadTicket) -> None:
        """The same bytes as artifact and as preview lie in two places."""
        preview = evolve(ticket, id=UploadId("upl_2"), kind=FileKind.PREVIEW)
        files.receive(preview, WORKFLOW)

        files.keep(preview)

        assert files.stat(kept_key(FileKind.PREVIEW, ticket.sha256)) is not None
        assert files.stat(ticket.kept_key) is None

    def test_bytes_that_koda_made_lie_under_their_content(self, files: Files) -> None:
        """They need no ticket, are found by what they are, and a repeat changes nothing."""
        file = files.put(OTHER, "made.webp", "image/webp")
        again = files.put(OTHER, "other.png", "image/png")

        assert file == made_file(OTHER, "made.webp", "image/webp")
        assert again.key == file.key
        assert files.stat(file.key) == file.stat
        assert files.read(file.key, len(OTHER)) == OTHER

    def test_bytes_that_koda_made_stay(
        self,
        files: Files,
        ticket: UploadTicket,
        now: datetime,
        pass_until: Callable[[datetime], None],
    ) -> None:
        """They are apart from what clients send, and nothing pending."""
        file = files.put(WORKFLOW, "flow.json", "application/json")
        assert files.stat(ticket.kept_key) is None

        pass_until(now + self.lifetime)
        files.forget(now + self.lifetime)

        assert files.read(file.key, 1000) == WORKFLOW

    def test_many_putting_at_once_keep_one_file(self, files: Files) -> None:
        """All succeed with the same file."""
        with ThreadPoolExecutor(8) as threads:
            stored = set(threads.map(lambda _: files.put(OTHER, "a.webp", "image/webp"), range(24)))

        assert stored == {made_file(OTHER, "a.webp", "image/webp")}

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
