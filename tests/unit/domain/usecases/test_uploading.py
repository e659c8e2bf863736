from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve

from koda.adapters.memory.files import MemoryFiles
from koda.adapters.memory.provider_accounts import HOME
from koda.adapters.pillow.pictures import PillowPictures
from koda.domain.model.errors import (
    Expired,
    InvalidValue,
    KodaError,
    NotFound,
    PayoutsNotReady,
    Unavailable,
    UploadMissing,
)
from koda.domain.model.identifiers import FileKey, UploadId
from koda.domain.model.people import Principal
from koda.domain.model.uploads import FileKind, FileStat, StoredFile
from koda.domain.usecases.selling.request_upload import UploadRequest
from koda.testing.examples import PIXEL, WORKFLOW, digest
from koda.testing.marketplace import Marketplace

ANNOUNCED = UploadRequest(
    kind="artifact",
    file_name="../My flow.JSON",
    content_type="application/json",
    size=len(WORKFLOW),
    sha256=digest(WORKFLOW),
)


def test_offer_leads_the_client_to_storage(market: Marketplace, ada: Principal) -> None:
    """What is sent there under the offer can be accepted."""
    offer = market.request_upload(ada, ANNOUNCED)
    token = offer.url.rpartition("/")[2]
    market.files.accept(token, "application/json", iter([WORKFLOW]))
    sound = market.accept_upload.artifact(ada, offer.upload_id)

    assert sound.file == StoredFile(
        FileKey(f"artifacts/{digest(WORKFLOW)}"),
        "My flow.json",
        "application/json",
        len(WORKFLOW),
        digest(WORKFLOW),
    )


def test_ticket_lives_ten_minutes(market: Marketplace, ada: Principal) -> None:
    """It is its owner's, for the announced file under a safe name."""
    offer = market.request_upload(ada, ANNOUNCED)
    ticket = market.uploads.get(offer.upload_id)

    assert (ticket.owner, ticket.kind, ticket.file_name) == (
        ada.user_id,
        FileKind.ARTIFACT,
        "My flow.json",
    )
    assert (ticket.expires_at - market.clock()).total_seconds() == 600
    assert offer.expires_at == ticket.expires_at


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"kind": "script"}, "kind"),
        ({"file_name": "flow.exe"}, "file_name"),
        ({"content_type": "text/html"}, "content_type"),
        ({"size": 0}, "size"),
        ({"size": 5 * 2**20 + 1}, "size"),
        ({"sha256": "A" * 64}, "sha256"),
        ({"sha256": "../../x"}, "sha256"),
    ],
)
def test_announcement_that_is_not_allowed_is_refused(
    market: Marketplace, ada: Principal, changes: dict[str, Any], field: str
) -> None:
    """The fact that is wrong is named, and no ticket is issued."""
    with pytest.raises(InvalidValue, match=rf"^{field}: "):
        market.request_upload(ada, evolve(ANNOUNCED, **changes))
    with pytest.raises(NotFound):
        market.uploads.get(UploadId("upl_00000001"))


def test_only_ready_sellers_upload(market: Marketplace, bea: Principal) -> None:
    """Neither who never onboarded, nor who has not finished."""
    for _ in range(2):
        with pytest.raises(PayoutsNotReady):
            market.request_upload(bea, ANNOUNCED)
        market.onboard_seller(bea, HOME)


def test_accepting_again_returns_the_same_file(market: Marketplace, ada: Principal) -> None:
    """A repeat is harmless."""
    upload = market.upload(ada)
    files = [market.accept_upload(ada, upload, FileKind.ARTIFACT) for _ in range(2)]

    assert files[0] == files[1]


def test_previews_and_python_are_accepted(market: Marketplace, ada: Principal) -> None:
    """Each kind under its own key."""
    market = market.but(pictures=PillowPictures())
    preview = market.accept_upload.preview(ada, market.upload(ada, PIXEL, "a.png"))
    script = market.accept_upload.artifact(ada, market.upload(ada, b"import os\n", "a.py"))

    assert preview.smallest.file.key == f"made/{preview.smallest.file.sha256}"
    assert (script.file.content_type, script.report.imports) == ("text/x-python", ("os",))


def test_upload_of_another_is_not_found(market: Marketplace, ada: Principal) -> None:
    """Nor is one for another use, or none at all."""
    upload = market.upload(ada)
    tries = (
        (market.ready_seller("cyd"), upload, FileKind.ARTIFACT),
        (ada, upload, FileKind.PREVIEW),
        (ada, UploadId("upl_x"), FileKind.ARTIFACT),
    )

    for attempt in tries:
        with pytest.raises(NotFound):
            market.accept_upload(*attempt)


def test_upload_after_its_time_is_refused(market: Marketplace, ada: Principal) -> None:
    """A ticket that has expired is no permission any more."""
    upload = market.upload(ada)
    market.pass_time(minutes=10)

    with pytest.raises(Expired):
        market.accept_upload(ada, upload, FileKind.ARTIFACT)


def test_upload_that_never_arrived_is_missing(market: Marketplace, ada: Principal) -> None:
    """The client is told to send it again."""
    ticket = market.request_upload.ticket(ada, ANNOUNCED)

    with pytest.raises(UploadMissing):
        market.accept_upload(ada, ticket.id, FileKind.ARTIFACT)


class Lying:
    """A file store whose pending bytes differ from the announced ones in one fact or in content."""

    def __init__(self, files: MemoryFiles, *, content: bytes = WORKFLOW, **facts: Any) -> None:
        self._files = files
        self._content = content
        self._facts = facts

    def stat(self, key: FileKey) -> FileStat:
        """The true facts but for the false one."""
        stat = self._files.stat(key)
        assert stat is not None
        return evolve(stat, **self._facts)

    def read(self, _: FileKey, __: int) -> bytes:
        """The bytes that lie there now."""
        return self._content

    def __getattr__(self, name: str) -> Any:
        return getattr(self._files, name)


@pytest.mark.parametrize(
    "lie",
    [
        {"size": 1},
        {"content_type": "text/html"},
        {"sha256": digest(b"other")},
        {"content": b'{"other": 1}'},
    ],
)
def test_stored_bytes_that_are_not_the_announced_ones_are_refused(
    market: Marketplace, ada: Principal, lie: dict[str, Any]
) -> None:
    """Whatever storage says: size, type and hash are compared, and the bytes hashed."""
    upload = market.upload(ada)
    swapped = market.but(files=Lying(market.files, **lie))

    with pytest.raises(InvalidValue, match="not the announced one"):
        swapped.accept_upload(ada, upload, FileKind.ARTIFACT)
    assert market.files.stat(FileKey(f"artifacts/{digest(WORKFLOW)}")) is None


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        (b"<html>", "flow.json", FileKind.ARTIFACT),
        (b'{"a": NaN}', "flow.json", FileKind.ARTIFACT),
        (b"\xff", "flow.py", FileKind.ARTIFACT),
        (b"not a picture", "a.png", FileKind.PREVIEW),
    ],
)
def test_content_that_is_not_what_it_claims_is_refused(
    market: Marketplace, ada: Principal, content: bytes, name: str, kind: FileKind
) -> None:
    """The file is looked into before it is kept."""
    upload = market.upload(ada, content, name)

    with pytest.raises(KodaError) as refused:
        market.accept_upload(ada, upload, kind)
    assert refused.value.code == "invalid_value"
    assert market.files.stat(FileKey(f"{kind}s/{digest(content)}")) is None


class Counting:
    """A file store that counts what is read of it, and lets something happen meanwhile."""

    def __init__(self, files: MemoryFiles, during: Callable[[], object] = lambda: None) -> None:
        self._files = files
        self._during = during
        self.readings = 0

    def read(self, key: FileKey, limit: int) -> bytes:
        """The bytes, once something else has happened."""
        self.readings += 1
        self._during()
        return self._files.read(key, limit)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._files, name)


def refusal_of(market: Marketplace, seller: Principal, upload: UploadId) -> str:
    """Why an upload of a workflow file is not accepted; nothing if it is."""
    try:
        market.accept_upload.artifact(seller, upload)
    except KodaError as error:
        return error.message
    return ""


@pytest.mark.parametrize("content", [WORKFLOW, b"not JSON"])
def test_an_upload_is_read_once(market: Marketplace, ada: Principal, content: bytes) -> None:
    """Whether it was accepted or refused, what was found is known from then on."""
    upload = market.upload(ada, content)
    files = Counting(market.files)
    counted = market.but(files=files)

    refusals = {refusal_of(counted, ada, upload) for _ in range(3)}

    assert files.readings == 1
    assert len(refusals) == 1


def test_who_waits_for_the_same_upload_reads_nothing(market: Marketplace, ada: Principal) -> None:
    """The second of two requests is answered by what the first found; a third is sent away."""
    upload, other = market.upload(ada), market.upload(ada, b"[1]")
    waiting: list[Future[str]] = []
    refused: list[str] = []

    def meanwhile() -> None:
        waiting.append(threads.submit(refusal_of, counted, ada, upload))
        while not refused:
            refused.extend(filter(None, [refusal_of(third, ada, other)]))

    files = Counting(market.files, meanwhile)
    counted, third = market.but(files=files), market.but()
    with ThreadPoolExecutor(1) as threads:
        answer = refusal_of(counted, ada, upload)
        waited = waiting[0].result()

    assert (answer, waited, files.readings) == ("", "", 1)
    assert refused == ["Other files are being checked right now; wait a few seconds and try again."]


def test_bytes_that_could_not_be_had_are_looked_for_again(
    market: Marketplace, ada: Principal
) -> None:
    """An outage says nothing about the file."""
    upload = market.upload(ada)

    def fail() -> None:
        raise Unavailable("file store")

    with pytest.raises(Unavailable):
        market.but(files=Counting(market.files, fail)).accept_upload.artifact(ada, upload)

    assert market.accept_upload.artifact(ada, upload).file.size == len(WORKFLOW)


def test_a_ticket_that_is_forgotten_meanwhile_is_no_fault(
    market: Marketplace, ada: Principal
) -> None:
    """What was found is answered all the same."""
    upload = market.upload(ada)
    later = market.clock() + timedelta(days=1)
    files = Counting(market.files, lambda: market.uploads.forget(later))

    assert market.but(files=files).accept_upload.artifact(ada, upload).file.size == len(WORKFLOW)


def test_nothing_of_a_picture_is_kept_but_what_was_made_of_it(
    market: Marketplace, ada: Principal
) -> None:
    """The upload itself, which may tell where it was taken, waits to be forgotten."""
    market = market.but(pictures=PillowPictures())
    preview = market.accept_upload.preview(ada, market.upload(ada, PIXEL, "My picture.png"))

    made = preview.largest.file
    assert market.files.stat(FileKey(f"previews/{digest(PIXEL)}")) is None
    assert (made.name, made.content_type) == ("My picture.webp", "image/webp")
    assert b"WEBP" in market.files.read(made.key, made.size)


def test_pictures_are_refused_where_there_is_nothing_to_clean_them(
    market: Marketplace, ada: Principal
) -> None:
    """They are never passed on with what their maker did not mean to tell."""
    upload = market.upload(ada, PIXEL, "a.png")

    with pytest.raises(InvalidValue, match="this site takes no pictures; leave it out"):
        market.accept_upload.preview(ada, upload)
