import os
import shutil
import signal
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from attrs import evolve

from koda.adapters.directory.files import DirectoryFiles
from koda.adapters.directory.folders import Folders
from koda.adapters.memory.clock import FixedClock
from koda.domain.model.errors import CorruptRecord, InvalidValue, NotFound, Unavailable
from koda.domain.model.identifiers import UploadId
from koda.domain.model.uploads import FileStat
from koda.testing.contracts.files_case import content_of, token_in
from koda.testing.examples import NOON, WORKFLOW, a_file, a_ticket, digest

SECRET = b"s" * 32
TICKET = a_ticket()
WRITER = """
import sys
from datetime import UTC, datetime
from itertools import count
from koda.adapters.directory.files import DirectoryFiles
from koda.adapters.system.clock import now
from koda.domain.model.identifiers import UploadId
from koda.testing.examples import a_ticket

files = DirectoryFiles(sys.argv[1], base_url="", keys=[b"s" * 32], clock=now)
for number in count(int(sys.argv[2])):
    content = b"%08d" % number * 50_000
    ticket = a_ticket(content, id=UploadId(f"upl_{number % 3}"))
    files.receive(ticket, content)
    print("kept", files.keep(ticket).sha256, flush=True)
"""
FILLER = """
import resource, sys
from pathlib import Path
from koda.adapters.directory.files import DirectoryFiles
from koda.adapters.system.clock import now
from koda.domain.model.errors import Unavailable
from koda.testing.examples import a_ticket

files = DirectoryFiles(sys.argv[1], base_url="", keys=[b"s" * 32], clock=now)
before = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
content = b"x" * 200_000
try:
    files.receive(a_ticket(content), content)
except Unavailable as error:
    print(error.service)
resource.setrlimit(resource.RLIMIT_FSIZE, before)
print(files.stat(a_ticket(content).pending_key), *Path(sys.argv[1]).glob("*/*"))
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The folder of the store."""
    return tmp_path / "deep" / "files"


@pytest.fixture
def clock() -> FixedClock:
    """The time of the store."""
    return FixedClock(NOON)


@pytest.fixture
def files(root: Path, clock: FixedClock) -> DirectoryFiles:
    """An empty store."""
    return DirectoryFiles(root, base_url="http://koda.test/", keys=[SECRET], clock=clock)


def upload(files: DirectoryFiles) -> None:
    """Put the example workflow in the store, for good."""
    files.receive(TICKET, WORKFLOW)
    files.keep(TICKET)


def everything(root: Path) -> set[str]:
    """The paths of all files under `root`."""
    return {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}


def test_kept_files_lie_under_their_content(files: DirectoryFiles, root: Path) -> None:
    """An operator finds a kept file by its SHA-256, spread over 256 folders."""
    upload(files)

    folder = f"artifacts/{TICKET.sha256[:2]}/{TICKET.sha256}"
    assert everything(root) == {
        f"{folder}/content",
        f"{folder}/facts",
        "pending/upl_1.upload/content",
        "pending/upl_1.upload/facts",
    }
    assert (root / folder / "content").read_bytes() == WORKFLOW


def test_stored_files_are_read_only(files: DirectoryFiles, root: Path) -> None:
    """No program changes a stored file by accident, and nobody else reads it."""
    upload(files)

    modes = {stat.S_IMODE((root / path).stat().st_mode) for path in everything(root)}
    assert modes == {0o400}


def test_links_lead_to_the_site(files: DirectoryFiles) -> None:
    """URLs begin with the site's own and end with a token that needs no escaping."""
    urls = [files.offer(TICKET).url, files.link(a_file(), NOON).url]

    for url in urls:
        assert url.startswith("http://koda.test/files/")
        assert token_in(url).replace("-", "").replace("_", "").replace(".", "", 1).isalnum()


def test_processes_with_one_secret_share_tokens(
    files: DirectoryFiles, root: Path, clock: FixedClock
) -> None:
    """What one process allowed, another one serves."""
    other = DirectoryFiles(root, base_url="", keys=[SECRET], clock=clock)

    other.accept(token_in(files.offer(TICKET).url), TICKET.content_type, iter([WORKFLOW]))
    opened = other.open(token_in(files.link(files.keep(TICKET), TICKET.expires_at).url))

    assert content_of(opened) == WORKFLOW


def test_tokens_of_another_secret_are_refused(
    files: DirectoryFiles, root: Path, clock: FixedClock
) -> None:
    """A marketplace with another secret has minted nothing here."""
    foreign = DirectoryFiles(root, base_url="", keys=[b"t" * 32], clock=clock)
    files.receive(TICKET, WORKFLOW)
    file = files.keep(TICKET)

    with pytest.raises(NotFound):
        files.open(token_in(foreign.link(file, TICKET.expires_at).url))
    with pytest.raises(NotFound):
        files.accept(token_in(foreign.offer(TICKET).url), TICKET.content_type, iter([WORKFLOW]))


def test_tokens_of_the_key_before_are_taken(
    files: DirectoryFiles, root: Path, clock: FixedClock
) -> None:
    """A new key breaks no upload and no download that is under way; the old one signs nothing."""
    rotated = DirectoryFiles(root, base_url="", keys=[b"t" * 32, SECRET], clock=clock)

    rotated.accept(token_in(files.offer(TICKET).url), TICKET.content_type, iter([WORKFLOW]))
    file = rotated.keep(TICKET)
    opened = rotated.open(token_in(files.link(file, TICKET.expires_at).url))

    assert content_of(opened) == WORKFLOW
    with pytest.raises(NotFound):
        files.open(token_in(rotated.link(file, TICKET.expires_at).url))


@pytest.mark.parametrize("keys", [[], [b"s" * 31], [b"s" * 32, b"t" * 31]])
def test_short_keys_stop_the_start(root: Path, clock: FixedClock, keys: list[bytes]) -> None:
    """A key that could be guessed is refused, and no key at all is."""
    with pytest.raises(InvalidValue, match="keys: must be at least one, each of at least 32"):
        DirectoryFiles(root, base_url="", keys=keys, clock=clock)


def test_folder_that_cannot_be_made_is_unavailable(tmp_path: Path, clock: FixedClock) -> None:
    """A file where the folder should be stops the start."""
    (tmp_path / "files").write_text("")

    with pytest.raises(Unavailable):
        DirectoryFiles(tmp_path / "files", base_url="", keys=[SECRET], clock=clock)


CALLS: list[Callable[[DirectoryFiles], object]] = [
    lambda files: files.receive(TICKET, WORKFLOW),
    lambda files: files.accept(
        token_in(files.offer(TICKET).url), TICKET.content_type, iter([WORKFLOW])
    ),
    lambda files: files.stat(TICKET.kept_key),
    lambda files: files.stat(TICKET.pending_key),
    lambda files: files.read(TICKET.kept_key, 1000),
    lambda files: files.keep(TICKET),
    lambda files: files.open(token_in(files.link(a_file(), TICKET.expires_at).url)),
]


@pytest.mark.parametrize("call", CALLS)
def test_missing_store_is_unavailable_not_empty(
    files: DirectoryFiles, root: Path, call: Callable[[DirectoryFiles], object]
) -> None:
    """When the whole folder is gone, such as a disk that is not there, files are not missing."""
    shutil.rmtree(root)

    with pytest.raises(Unavailable) as failed:
        call(files)

    assert failed.value.service == "file store"
    assert not root.exists()


def test_full_disk_is_unavailable_and_leaves_nothing(root: Path) -> None:
    """When the disk takes no more, the client may try again later, and no part of a file stays."""
    done = subprocess.run(
        [sys.executable, "-c", FILLER, root], capture_output=True, check=True, timeout=60, text=True
    )

    assert done.stdout.split() == ["file", "store", "None"]


@pytest.mark.parametrize(
    "place", [f"artifacts/{TICKET.sha256[:2]}/{TICKET.sha256}", "pending/upl_1.upload"]
)
def test_obstacle_in_the_place_of_a_file_is_unavailable(
    files: DirectoryFiles, root: Path, place: str
) -> None:
    """What does not belong there is not overwritten."""
    obstacle = root / place
    obstacle.parent.mkdir(exist_ok=True)
    obstacle.write_text("in the way")

    with pytest.raises(Unavailable):
        upload(files)

    assert obstacle.read_text() == "in the way"
    assert list((root / "incoming").iterdir()) == []


@pytest.mark.parametrize("facts", ["", "no JSON", "[]", "{}", '{"size": 1, "more": 2}'])
def test_damaged_facts_are_told(files: DirectoryFiles, root: Path, facts: str) -> None:
    """A record that the disk has lost is no file that never was."""
    upload(files)
    path = root / "artifacts" / TICKET.sha256[:2] / TICKET.sha256 / "facts"
    path.unlink()
    path.write_text(facts)

    with pytest.raises(CorruptRecord, match=TICKET.sha256):
        files.stat(TICKET.kept_key)


def test_damaged_pending_file_cannot_be_kept(files: DirectoryFiles, root: Path) -> None:
    """Bytes that changed on the disk since they arrived are not kept for good."""
    files.receive(TICKET, WORKFLOW)
    content = root / "pending" / "upl_1.upload" / "content"
    content.unlink()
    content.write_bytes(WORKFLOW[::-1])

    with pytest.raises(InvalidValue, match="sha256"):
        files.keep(TICKET)

    assert files.stat(TICKET.kept_key) is None


def test_incomplete_pending_file_is_replaced(files: DirectoryFiles, root: Path) -> None:
    """What somebody has half removed does not stop a repeated upload."""
    files.receive(TICKET, WORKFLOW)
    (root / "pending" / "upl_1.upload" / "content").unlink()

    assert files.forget(NOON + timedelta(days=1)) == 0
    files.receive(TICKET, WORKFLOW)

    assert files.read(TICKET.pending_key, 1000) == WORKFLOW


def test_file_that_is_removed_while_it_is_read_is_unavailable(
    files: DirectoryFiles, root: Path
) -> None:
    """A download of bytes that are gone breaks off with an error of Koda's."""
    files.receive(TICKET, WORKFLOW)
    opened = files.open(token_in(files.link(files.keep(TICKET), TICKET.expires_at).url))
    shutil.rmtree(root / "artifacts")

    with pytest.raises(Unavailable):
        opened.part(0, opened.size)


def test_forgetting_removes_what_killed_processes_left(
    files: DirectoryFiles, root: Path, clock: FixedClock
) -> None:
    """Unfinished folders go with the pending files of their time; other things are left alone."""
    folders = Folders(root)
    with folders.draft(int(clock().timestamp() * 1000)):
        [unfinished] = (root / "incoming").iterdir()
        (unfinished / "content").write_bytes(WORKFLOW)
        (root / "incoming" / "lost+found").mkdir()

        assert files.forget(clock()) == 0
        assert unfinished.exists()
        assert files.forget(clock() + timedelta(milliseconds=1)) == 0
        assert not unfinished.exists()

    assert (root / "incoming" / "lost+found").exists()


def test_kept_file_never_gives_way(root: Path) -> None:
    """Of two that keep the same content as different types, the first one stays."""
    folders = Folders(root)
    place = folders.place(TICKET.kept_key)
    json, script = (FileStat(1, kind, digest(b"1")) for kind in ("application/json", "text/plain"))

    for facts in (json, script):
        with folders.draft(0) as draft:
            draft.write(iter([b"1"]), facts, 0)
            folders.publish(draft, place, facts, 0)

    assert folders.facts(place) == json


def test_discarding_what_is_gone_tells_so(root: Path) -> None:
    """Of two that remove the same file one does."""
    folders = Folders(root)

    assert not folders.discard(root / "pending" / "upl_9.upload", 0)


def test_uploads_of_one_moment_do_not_meet(files: DirectoryFiles) -> None:
    """Any number of uploads may be on their way at the same millisecond."""
    other = evolve(TICKET, id=UploadId("upl_2"))

    def nested() -> Iterator[bytes]:
        files.receive(other, WORKFLOW)
        yield WORKFLOW

    files.accept(token_in(files.offer(TICKET).url), TICKET.content_type, nested())

    assert files.read(TICKET.pending_key, 1000) == files.read(other.pending_key, 1000)


def test_killed_process_leaves_whole_files_only(root: Path, clock: FixedClock) -> None:
    """After `kill -9` at any moment, what was acknowledged is there, and nothing is half there."""
    acknowledged: list[str] = []
    for start in range(0, 4000, 1000):
        command = [sys.executable, "-c", WRITER, str(root), str(start)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
            assert writer.stdout is not None
            lines = [writer.stdout.readline() for _ in range(3 + start // 500)]
            os.kill(writer.pid, signal.SIGKILL)
            lines += writer.stdout.readlines()
        acknowledged += [line.split()[1] for line in lines if line.endswith("\n")]

    present = [path.name for path in root.glob("artifacts/*/*")]
    for name in present:
        content = (root / "artifacts" / name[:2] / name / "content").read_bytes()
        assert digest(content) == name
    assert len(acknowledged) >= 20
    assert set(acknowledged) <= set(present)
    files = DirectoryFiles(root, base_url="", keys=[SECRET], clock=clock)
    files.forget(NOON + timedelta(days=36_500))
    assert list((root / "incoming").iterdir()) == list((root / "pending").iterdir()) == []
