"""What every file store does."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

from attrs import evolve

from koda.domain.model.identifiers import UploadId
from koda.domain.model.uploads import (
    StoredFile,
    UploadTicket,
)
from koda.ports.files import Files
from koda.testing.contracts.files_kept import KeptChecks
from koda.testing.contracts.files_links import LinkChecks
from koda.testing.contracts.files_machine import FilesMachine
from koda.testing.contracts.files_uploads import UploadChecks
from koda.testing.contracts.running import explore
from koda.testing.examples import WORKFLOW


class FilesContract(UploadChecks, KeptChecks, LinkChecks):
    """Subclass it, with a fixture `make` that returns a function which makes an empty store.

    A store of the tests' own time takes the fixture `clock` for it. One of real time overrides
    `now`, `pass_until` and perhaps `lifetime`. A store with a server of its own overrides
    `client_of`.
    """

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
        explore(lambda: FilesMachine(make(), now + timedelta(days=1)))
