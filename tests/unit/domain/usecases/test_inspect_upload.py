import json
from collections.abc import Sequence
from typing import Any

import pytest

from koda.adapters.memory.secret_scanner import MemorySecretScanner
from koda.domain.model.errors import Expired, InvalidValue, NotFound, UploadMissing
from koda.domain.model.identifiers import FileKey, UploadId
from koda.domain.model.people import Principal
from koda.domain.model.platforms import Platform
from koda.domain.model.policy import Policy
from koda.domain.model.scans import NamedText, NotScanned, Scan, Scanned
from koda.domain.model.sentences import sentence
from koda.domain.usecases.selling.inspect_upload import UploadInspection
from koda.domain.usecases.selling.release_version import NewRelease
from koda.ports.secret_scanner import SecretScanner
from koda.testing.examples import OTHER_FILES, digest
from koda.testing.marketplace import Marketplace

KEY = "ghp_" + "a8Kq2LxW" * 4 + "Zt5R"
"""Of the shape of GitHub's, and nobody's."""


def exported(name: str = "Ask the shop", **parameters: Any) -> bytes:
    """A workflow of n8n with the id of its author's webhook."""
    webhook = {
        "name": "When asked",
        "type": "n8n-nodes-base.webhook",
        "typeVersion": 2,
        "position": [0, 0],
        "webhookId": "0c5a5d3e-7a0c-4d0e-9d1c-3f2b8f6d1a11",
        "parameters": parameters,
    }
    return json.dumps({"name": name, "nodes": [webhook], "connections": {}}).encode()


OWN = exported()
SECRET = exported(headers=[{"name": "Authorization", "value": f"Bearer {KEY}"}])


def pending(market: Marketplace, upload: UploadId) -> bool:
    """Whether the bytes that were uploaded are there."""
    return market.files.stat(market.uploads.get(upload).pending_key) is not None


def sold(market: Marketplace, seller: Principal, upload: UploadId, *, redact: bool | None) -> bytes:
    """The file that is sold of an upload."""
    file = market.accept_upload.artifact(seller, upload, redact=redact).file
    return market.files.read(file.key, file.size)


def test_a_sound_file_needs_no_choice(market: Marketplace, ada: Principal) -> None:
    """What was found is told with suggestions, and any choice leaves the file as it is."""
    content = json.dumps(json.loads(OWN) | {"nodes": [{"name": "A", "type": "n8n-nodes-base.set"}]})
    upload = market.upload(ada, content.encode())
    inspection = market.inspect_upload(ada, upload)

    assert (inspection.changes, inspection.total, inspection.must_redact) == ((), 0, False)
    assert (inspection.platform, inspection.title, inspection.version) == (
        "n8n",
        "Ask the shop",
        "1.0.0",
    )
    assert inspection.report.workflow is not None
    for redact in (None, True, False):
        assert sold(market, ada, upload, redact=redact) == content.encode()


def test_what_a_file_tells_of_its_seller_is_taken_out(market: Marketplace, ada: Principal) -> None:
    """Once they agree; the original is forgotten with that."""
    upload = market.upload(ada, OWN)
    inspection = market.inspect_upload(ada, upload)

    assert inspection.total == len(inspection.changes) == 1
    assert not inspection.must_redact
    with pytest.raises(InvalidValue, match=r"^redact: must be true or false"):
        sold(market, ada, upload, redact=None)
    assert pending(market, upload)
    for _ in range(2):
        assert b"0c5a5d3e" not in sold(market, ada, upload, redact=True)
        assert not pending(market, upload)
    with pytest.raises(UploadMissing):
        sold(market, ada, upload, redact=False)


def test_the_original_may_be_insisted_on(market: Marketplace, ada: Principal) -> None:
    """Where it holds no secret."""
    upload = market.upload(ada, OWN)

    assert sold(market, ada, upload, redact=False) == OWN


def test_a_file_with_a_secret_is_sold_without_it_alone(market: Marketplace, ada: Principal) -> None:
    """The upload lies nowhere once it was looked into."""
    upload = market.upload(ada, SECRET)

    assert market.inspect_upload(ada, upload).must_redact
    assert not pending(market, upload)
    assert market.files.stat(FileKey(f"artifacts/{digest(SECRET)}")) is None
    for redact in (None, False):
        with pytest.raises(InvalidValue, match=r"^redact: must be agreed to, since"):
            sold(market, ada, upload, redact=redact)
    assert KEY.encode() not in sold(market, ada, upload, redact=True)


def test_what_is_refused_lies_nowhere(market: Marketplace, ada: Principal) -> None:
    """From the moment that it is."""
    upload = market.upload(ada, b"{")
    with pytest.raises(InvalidValue):
        market.inspect_upload(ada, upload)

    assert not pending(market, upload)


def test_what_was_looked_into_may_be_listed_for_a_day(market: Marketplace, ada: Principal) -> None:
    """However often it is looked at; and no longer."""
    upload = market.upload(ada, OWN)
    market.inspect_upload(ada, upload)
    market.pass_time(hours=23, minutes=59)
    market.tidy()
    market.inspect_upload(ada, upload)

    assert sold(market, ada, upload, redact=False) == OWN
    market.pass_time(minutes=1)
    with pytest.raises(Expired):
        market.inspect_upload(ada, upload)


def test_an_inspection_is_its_owners(market: Marketplace, ada: Principal) -> None:
    """Nobody else learns that there is an upload."""
    upload = market.upload(ada, OWN)

    with pytest.raises(NotFound):
        market.inspect_upload(market.ready_seller("cyd"), upload)


def test_a_release_follows_the_newest_one(market: Marketplace, ada: Principal) -> None:
    """On the listing's platform, which must run the file."""
    listing = market.list_automation(ada)
    again = NewRelease(version="1.9.3", artifact=market.upload(ada, OWN), redact=True)
    market.release_version(ada, listing.id, again)
    upload = market.upload(ada, OWN)

    inspection = market.inspect_upload(ada, upload, listing.id)
    assert (inspection.platform, inspection.version) == ("n8n", "1.10.0")
    with pytest.raises(NotFound):
        market.inspect_upload(market.ready_seller("cyd"), upload, listing.id)
    script = market.upload(ada, b"print()", "a.py")
    with pytest.raises(InvalidValue, match="is a Python script, and the listing says n8n"):
        market.inspect_upload(ada, script, listing.id)


def inspected(market: Marketplace, content: bytes, name: str = "flow.json") -> UploadInspection:
    """What a seller is shown of a file."""
    seller = market.ready_seller("ada")
    return market.inspect_upload(seller, market.upload(seller, content, name))


@pytest.mark.parametrize(
    ("named", "file_name", "title"),
    [
        ("  Ask\tthe shop ", "flow.json", "Ask the shop"),
        ("My workflow 3", "ask_the-shop.json", "Ask the shop"),
        ("x", "Weekly report.blueprint.json", "Weekly report"),
        ("x" * 200, "flow.json", "x" * 100),
        ("", "My_workflow (2).json", ""),
    ],
)
def test_a_title_is_suggested(market: Marketplace, named: str, file_name: str, title: str) -> None:
    """By the workflow's name if somebody gave it one, else by that of the file."""
    assert inspected(market, exported(named), file_name).title == title


def test_the_platform_that_runs_the_file_is_suggested(market: Marketplace) -> None:
    """Or one that takes any; there is no suggestion for what none runs."""
    file = OTHER_FILES[Policy().platforms[1].file_format]
    other = market.but(Policy(platforms=(Platform("Any"),)))
    strict = market.but(Policy(platforms=Policy().platforms[:1]))

    assert inspected(market, file[1], file[0]).platform == "Make"
    assert inspected(market, b'{"hello": "world"}').platform == "Other"
    assert inspected(other, OWN).platform == "Any"
    with pytest.raises(InvalidValue, match="is no workflow of a kind that is known"):
        inspected(strict, b'{"hello": "world"}')


SUSPECTED = "acme-7d1f03c9b5e24a86"
"""A token that Koda does not know."""


@pytest.fixture
def scanned() -> Marketplace:
    """A marketplace where somebody else looks for secrets, too."""
    look = MemorySecretScanner({SUSPECTED: sentence("looks like a token of Acme")})
    return Marketplace(scanner=look)


def test_what_somebody_else_suspects_is_not_sold(scanned: Marketplace) -> None:
    """As little as what Koda suspects; where it stands is told, and the file is forgotten."""
    ada = scanned.ready_seller("ada")
    upload = scanned.upload(ada, exported(notes=f"Use {SUSPECTED}"))

    with pytest.raises(InvalidValue, match=r"looks like a token of Acme \(ac…86\) at .* notes"):
        scanned.inspect_upload(ada, upload)
    assert not pending(scanned, upload)


def test_what_somebody_else_suspects_in_what_is_taken_out_must_be(scanned: Marketplace) -> None:
    """The cleaned file is sold, or nothing."""
    ada = scanned.ready_seller("ada")
    told = json.loads(OWN) | {"staticData": {"last": SUSPECTED}}
    inspection = scanned.inspect_upload(ada, scanned.upload(ada, json.dumps(told).encode()))

    assert inspection.must_redact
    assert inspection.report.scanned is Scanned.WHOLE


class _OnceScanner(SecretScanner):
    """Suspects something in the first file, and answers no more."""

    def __init__(self) -> None:
        self._answers = iter([MemorySecretScanner({SUSPECTED: sentence("looks like a token")})])

    def scan(self, texts: Sequence[NamedText]) -> Scan | NotScanned:
        return next(self._answers, MemorySecretScanner()).scan(texts)


def test_what_was_suspected_is_not_sold_unless_somebody_looked_again() -> None:
    """Though it may have been taken out: nobody said so."""
    market = Marketplace(scanner=_OnceScanner())
    ada = market.ready_seller("ada")
    upload = market.upload(ada, exported(notes=f"Use {SUSPECTED}"))

    with pytest.raises(InvalidValue, match="looks like a token"):
        market.inspect_upload(ada, upload)


def test_whether_somebody_else_looked_is_told(scanned: Marketplace, market: Marketplace) -> None:
    """With the file that is sold: the cleaned one, and the original."""
    for of, wanted in ((scanned, Scanned.WHOLE), (market, Scanned.NOT)):
        ada = of.ready_seller("ada")
        upload = of.upload(ada, OWN)
        assert of.inspect_upload(ada, upload).report.scanned is wanted
        for redact in (False, True):
            report = of.accept_upload.artifact(ada, upload, redact=redact).report
            assert report.scanned is wanted
