"""Whatever sellers, crashes and tidying do: every file of every listing can be read."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, suppress
from datetime import timedelta
from functools import partial
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

import pytest
from attrs import Factory, frozen
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from koda.adapters.directory.files import DirectoryFiles
from koda.adapters.memory.clock import FixedClock
from koda.adapters.sqlite.automations import SqliteAutomations
from koda.adapters.sqlite.catalogue_index import SqliteCatalogueIndex
from koda.adapters.sqlite.database import Database
from koda.adapters.sqlite.index_builder import SqliteIndexBuilder
from koda.adapters.sqlite.uploads import SqliteUploads
from koda.domain.model.automations import Automation
from koda.domain.model.errors import Expired, NotFound, WrongState
from koda.domain.model.identifiers import AutomationId, FileKey, UploadId
from koda.domain.usecases.operations.tidy import Tidied
from koda.domain.usecases.selling.release_version import NewRelease
from koda.domain.usecases.selling.revise_automation import Revision
from koda.domain.usecases.selling.submit_automation import Submission
from koda.ports.automations import Automations
from koda.ports.pictures import MadePicture, Pictures
from koda.testing.contracts.running import at_once
from koda.testing.examples import NOON
from koda.testing.marketplace import DESCRIPTION, Marketplace

CONTENT = b'{"nodes": [{"name": "Step %d"}], "connections": {}}'
contents = st.sampled_from([CONTENT % number for number in range(3)])
pictures = st.none() | st.sampled_from([b"picture %d" % number for number in range(3)])
picks = st.integers(0, 2)
HISTORIES = settings(max_examples=30, stateful_step_count=30, deadline=None)
ON_DISK = settings(HISTORIES, max_examples=10)
"""Fewer: the rules are tried in memory, the stores by their own suites."""
spans = st.sampled_from([timedelta(minutes=9), timedelta(hours=49)])


class UnchangedPictures(Pictures):
    """Takes every picture, of whatever bytes, as it is."""

    def sizes(self, content_type: str, content: bytes) -> tuple[MadePicture, ...]:
        """One size."""
        return (MadePicture(content, content_type, 1, 1),)


@frozen
class Interrupted:
    """Automations to which something happens once it is known which files are in use.

    The first question only asks whether any is.
    """

    automations: Automations
    interruption: Callable[[], object]
    questions: Iterator[int] = Factory(count)

    def files_in_use(self, keys: Iterable[FileKey]) -> frozenset[FileKey]:
        """What was in use before the interruption."""
        used = self.automations.files_in_use(keys)
        if next(self.questions):
            self.interruption()
        return used


class KeptFiles(RuleBasedStateMachine):
    """A seller, a process that is killed now and then, and any number of runs that tidy up."""

    def __init__(self, market: Marketplace) -> None:
        super().__init__()
        self.market = market
        self.ada = market.ready_seller("ada")
        self.listed: list[AutomationId] = []
        self.begun: list[tuple[UploadId, UploadId | None]] = []
        self.submit(*self.uploaded(CONTENT % 9, None))

    # --- the seller ---------------------------------------------------------------------------

    @rule(content=contents, picture=pictures)
    def begin(self, content: bytes, picture: bytes | None) -> None:
        """Files are kept, and the process dies before the listing is written."""
        artifact, preview = self.uploaded(content, picture)
        self.market.accept_upload.artifact(self.ada, artifact)
        if preview is not None:
            self.market.accept_upload.preview(self.ada, preview)
        self.begun.append((artifact, preview))

    @precondition(lambda self: self.begun)
    @rule(pick=picks)
    def go_on(self, pick: int) -> None:
        """The seller sends the same form again, if it is not too late."""
        with suppress(Expired, NotFound):
            self.submit(*self.begun[-1 - pick % len(self.begun)])

    @rule(content=contents, picture=pictures)
    def list_one(self, content: bytes, picture: bytes | None) -> None:
        """A whole submission."""
        self.submit(*self.uploaded(content, picture))

    @precondition(lambda self: self.listed)
    @rule(pick=picks, content=contents)
    def release(self, pick: int, content: bytes) -> None:
        """A new version, perhaps of a content that others have, too."""
        automation = self.automation(pick)
        version = f"1.{len(automation.releases)}.0"
        new = NewRelease(version=version, artifact=self.market.upload(self.ada, content))
        with suppress(WrongState):
            self.market.release_version(self.ada, automation.id, new)

    @precondition(lambda self: self.listed)
    @rule(pick=picks, picture=pictures.filter(bool))
    def replace_picture(self, pick: int, picture: bytes) -> None:
        """By another one, or by the same."""
        revision = Revision(preview=self.market.upload(self.ada, picture, "a.png"))
        with suppress(WrongState):
            self.market.revise_automation(self.ada, self.automation(pick).id, revision)

    @precondition(lambda self: self.listed)
    @rule(pick=picks)
    def withdraw(self, pick: int) -> None:
        """Buyers keep their files."""
        with suppress(WrongState):
            self.market.withdraw_automation(self.ada, self.automation(pick).id)

    # --- time and tidying ---------------------------------------------------------------------

    @rule(span=spans)
    def tidy(self, span: timedelta) -> None:
        """A run does what a dry run said."""
        self.market.clock.advance(span)
        told = self.market.tidy(dry_run=True)
        assert self.market.tidy() == told

    @rule(span=spans)
    def tidy_twice_at_once(self, span: timedelta) -> None:
        """Two runs do together what one would do."""
        self.market.clock.advance(span)
        expected = self.market.tidy(dry_run=True).files
        runs = at_once([self.market.tidy, self.market.tidy])
        assert sum(cast("Tidied", run).files for run in runs) == expected

    @rule(span=spans, content=contents, picture=pictures)
    def list_while_tidying(self, span: timedelta, content: bytes, picture: bytes | None) -> None:
        """A run has asked which files are in use, and somebody lists some of the others."""
        self.market.clock.advance(span)
        uploads = self.uploaded(content, picture)
        interrupted = Interrupted(self.market.automations, partial(self.submit, *uploads))
        self.market.but(automations=interrupted).tidy()

    @invariant()
    def every_file_can_be_read(self) -> None:
        """Of every listing, in every state: each release, and the picture."""
        for key in self.in_use():
            assert self.market.files.stat(key) is not None

    def teardown(self) -> None:
        """At the end only files in use are left."""
        self.market.clock.advance(timedelta(days=3))
        self.market.tidy()
        pages = self.market.files.kept_before(self.market.clock())
        left = {key for page in pages for key in page}
        assert left == self.in_use()

    # --- what the rules share -----------------------------------------------------------------

    def uploaded(self, content: bytes, picture: bytes | None) -> tuple[UploadId, UploadId | None]:
        """The uploads of a form."""
        preview = self.market.upload(self.ada, picture, "a.png") if picture else None
        return self.market.upload(self.ada, content), preview

    def submit(self, artifact: UploadId, preview: UploadId | None) -> None:
        """Send the form."""
        said: dict[str, Any] = {
            "description": DESCRIPTION,
            "category": "Sales",
            "platform": "n8n",
        }
        submission = Submission(
            title="A title", price="5", artifact=artifact, preview=preview, **said
        )
        self.listed.append(self.market.submit_automation(self.ada, submission).id)

    def automation(self, pick: int) -> Automation:
        """One of those that were listed."""
        return self.market.automations.get(self.listed[pick % len(self.listed)])

    def in_use(self) -> set[FileKey]:
        """The files of every listing."""
        automations = self.market.automations.some(self.listed).values()
        released = {
            release.file.key for automation in automations for release in automation.releases
        }
        shown = [automation.preview for automation in automations if automation.preview]
        return released | {size.file.key for preview in shown for size in preview.sizes}


class KeptInMemory(KeptFiles):
    """The machine over the stores in memory."""

    def __init__(self) -> None:
        super().__init__(Marketplace(pictures=UnchangedPictures()))


class KeptInFolder(KeptFiles):
    """The machine over SQLite and a directory."""

    def __init__(self) -> None:
        self.folder = TemporaryDirectory()
        root = Path(self.folder.name)
        self.database = Database(root / "koda.sqlite")
        clock = FixedClock(NOON)
        ports: dict[str, Any] = {
            "clock": clock,
            "automations": SqliteAutomations(self.database),
            "catalogue_index": SqliteCatalogueIndex(self.database),
            "index_builder": SqliteIndexBuilder(self.database),
            "uploads": SqliteUploads(self.database),
            "files": DirectoryFiles(
                root / "files", base_url="http://koda.test", keys=[b"s" * 32], clock=clock
            ),
        }
        super().__init__(Marketplace(pictures=UnchangedPictures(), **ports))

    def teardown(self) -> None:
        """Look, and remove the folder."""
        with self.folder, closing(self.database):
            super().teardown()


@pytest.mark.parametrize(
    ("machine", "histories"),
    [(KeptInMemory, HISTORIES), (KeptInFolder, ON_DISK)],
    ids=["memory", "folder"],
)
def test_every_file_of_a_listing_stays_and_no_other(
    machine: type[KeptFiles], histories: settings
) -> None:
    """Whatever the order of submissions, crashes and runs, and with two runs at once."""
    run_state_machine_as_test(machine, settings=histories)
