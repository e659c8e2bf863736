import unicodedata
from datetime import timedelta
from pathlib import PurePosixPath
from typing import Any

import pytest
from hypothesis import given, reject
from hypothesis import strategies as st

from koda.domain.model.announcements import check_upload
from koda.domain.model.errors import Expired, InvalidValue, NotFound
from koda.domain.model.file_names import RESERVED_NAMES, safe_file_name
from koda.domain.model.identifiers import UserId
from koda.domain.model.policy import Policy
from koda.domain.model.uploads import FileKind, FileStat, Preview, SizedPicture
from koda.domain.model.validation import BIDI_CONTROLS
from koda.testing.examples import NOON, WORKFLOW, a_file, a_ticket, digest

ADA, BEA = UserId("user_ada"), UserId("user_bea")
MIB = 2**20
nasty = st.text(
    st.one_of(
        st.characters(), st.sampled_from(["/", "\\", ".", " ", '"', "\r", "\n", "\0", "\u202e"])
    ),
    max_size=150,
)
names = st.one_of(nasty, nasty.map(lambda stem: f"{stem}.json"), st.from_regex(r"\w+\.\w{3,200}"))


def made_safe(name: str) -> str:
    """The safe form of `name`; a refused name is no example."""
    try:
        return safe_file_name(name)
    except InvalidValue:
        reject()


@given(names)
def test_safe_name_is_safe_on_every_disk_and_in_a_header(name: str) -> None:
    """Whatever a client calls its file: what is not refused is short, plain and extended."""
    safe = made_safe(name)

    assert 0 < len(safe) <= 100
    assert PurePosixPath(safe).name == safe
    assert not set(safe) & (set('/\\<>:"|?*;') | BIDI_CONTROLS)
    assert all(unicodedata.category(character)[0] != "C" for character in safe)
    assert safe.strip(" .") == safe
    assert safe.split(".")[0].strip().casefold() not in RESERVED_NAMES


@given(names)
def test_safe_name_stays_as_it_is(name: str) -> None:
    """Making a safe name safe changes nothing more."""
    safe = made_safe(name)

    assert safe == safe_file_name(safe)


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("flow.json", "flow.json"),
        ("Mein Flow \u00e4.JSON", "Mein Flow \u00e4.json"),
        ("../../etc/x.json", "x.json"),
        ("C:\\temp\\flow.json", "flow.json"),
        ("a\0b.json", "ab.json"),
        ('a"\r\nX: 1.json', "a-X- 1.json"),
        ("\u202egnp.json", "gnp.json"),
        ("CON.json", "_CON.json"),
        ("con .tar.json", "_con .tar.json"),
        ("lpt9.tar.json", "_lpt9.tar.json"),
        ("com\u00b9.json", "_com\u00b9.json"),
        (". flow.json. ", "flow.json"),
        (f"{'a' * 300}.json", f"{'a' * 95}.json"),
        (f"con.{'a' * 300}.json", f"_con.{'a' * 90}.json"),
        ("a\u0308.json", "\u00e4.json"),
    ],
)
def test_names_are_made_safe(name: str, safe: str) -> None:
    """Folders, controls, overrides, devices, length: what is left of a nasty name."""
    assert safe == safe_file_name(name)


@pytest.mark.parametrize(
    "name", ["", ".", "..", "/", "a/", "flow", ".json", "\u202e", " . ", "\0", f"a.{'x' * 300}"]
)
def test_names_of_which_nothing_is_left_are_refused(name: str) -> None:
    """A name needs a stem and an extension of reasonable length."""
    with pytest.raises(InvalidValue, match=r"^file_name: "):
        safe_file_name(name)


@pytest.mark.parametrize(
    ("kind", "name", "content_type", "size"),
    [
        ("artifact", "flow.json", "application/json", 5 * MIB),
        ("artifact", "flow.py", "text/x-python", 256 * 1024),
        ("preview", "a.png", "image/png", 10 * MIB),
        ("preview", "a.JPG", "image/jpeg", 1),
        ("preview", "a.jpeg", "image/jpeg", 1),
        ("preview", "a.webp", "image/webp", 1),
        ("preview", "a.gif", "image/gif", 1),
    ],
)
def test_announced_files_of_known_types_are_taken(
    kind: str, name: str, content_type: str, size: int
) -> None:
    """Workflows up to 5 MiB, scripts to 256 KiB and pictures to 10 MiB, the bounds included."""
    assert name.lower() == check_upload(FileKind(kind), name, content_type, size, Policy())


@pytest.mark.parametrize(
    ("kind", "name", "content_type", "size", "field"),
    [
        ("artifact", "flow.exe", "application/json", 1, "file_name"),
        ("artifact", "a.png", "image/png", 1, "file_name"),
        ("preview", "flow.json", "application/json", 1, "file_name"),
        ("preview", "a.svg", "image/svg+xml", 1, "file_name"),
        ("artifact", "flow.json", "text/html", 1, "content_type"),
        ("artifact", "flow.json", "application/json; charset=utf-8", 1, "content_type"),
        ("artifact", "flow.json", "application/json", 0, "size"),
        ("artifact", "flow.json", "application/json", 5 * MIB + 1, "size"),
        ("artifact", "flow.PY", "text/x-python", 256 * 1024 + 1, "size"),
        ("preview", "a.png", "image/png", 10 * MIB + 1, "size"),
        ("artifact", "flow.json", "application/json", True, "size"),
        ("artifact", "flow.json", "application/json", -1, "size"),
    ],
)
def test_other_files_are_refused(
    kind: str, name: str, content_type: str, size: int, field: str
) -> None:
    """The first wrong fact is named: extension, content type, size."""
    with pytest.raises(InvalidValue, match=f"^{field}: "):
        check_upload(FileKind(kind), name, content_type, size, Policy())


def test_ticket_is_claimed_by_its_owner_in_time() -> None:
    """For the announced kind, until just before it expires."""
    ticket = a_ticket()
    last = ticket.expires_at - timedelta(milliseconds=1)

    assert ticket == ticket.claimed_by(ADA, FileKind.ARTIFACT, last)


@pytest.mark.parametrize(("user", "kind"), [(BEA, FileKind.ARTIFACT), (ADA, FileKind.PREVIEW)])
def test_ticket_of_another_is_not_found(user: UserId, kind: FileKind) -> None:
    """Neither somebody else nor another use finds it."""
    with pytest.raises(NotFound):
        a_ticket().claimed_by(user, kind, NOON)


def test_ticket_expires() -> None:
    """At its end it is over."""
    ticket = a_ticket()

    with pytest.raises(Expired, match="2026-03-01 12:10:00 UTC"):
        ticket.claimed_by(ADA, FileKind.ARTIFACT, ticket.expires_at)


@pytest.mark.parametrize(
    ("changes", "fits"),
    [
        ({}, True),
        ({"size": 1}, False),
        ({"content_type": "text/html"}, False),
        ({"sha256": digest(b"other")}, False),
    ],
)
def test_stored_bytes_must_be_the_announced_ones(changes: dict[str, Any], fits: bool) -> None:
    """Size, type and hash, each."""
    facts: dict[str, Any] = {
        "size": len(WORKFLOW),
        "content_type": "application/json",
        "sha256": digest(WORKFLOW),
    }
    facts |= changes
    stat = FileStat(**facts)

    assert fits is a_ticket().matches(stat)


def test_kept_file_lies_under_its_content() -> None:
    """Pending bytes lie under the ticket, kept ones under their kind and hash."""
    ticket = a_ticket()

    assert ticket.pending_key == "pending/upl_1"
    assert ticket.kept_key == f"artifacts/{digest(WORKFLOW)}"
    assert ticket.stored == a_file()


def test_a_preview_has_at_least_one_size() -> None:
    """The smallest comes first, and each is found by its content."""
    small, large = (SizedPicture(a_file(WORKFLOW + b" " * n), 1 + n, 1) for n in range(2))
    preview = Preview((small, large))

    assert (preview.smallest, preview.largest) == (small, large)
    assert preview.file_of(large.file.sha256) == large.file
    assert preview.file_of("0" * 64) is None
    for sizes in ((), (small,) * 6, [small]):
        with pytest.raises(InvalidValue, match="must be 1 to 5 pictures"):
            Preview(sizes)  # type: ignore[arg-type]
