import io
from typing import Any

import pytest

from koda.domain.model.sizes import MEBIBYTE
from koda.entrypoints.web.api.reading import BODY_LIMIT
from koda.entrypoints.web.form_limits import FORM_BYTES, FORM_PARTS, most_bytes
from koda.testing.marketplace import Marketplace
from tests.e2e.pages.team import PREFIX, team_app

BUFFER = 64 * 1024
"""Bytes that a reader takes ahead."""
FILE = b'--x\r\nContent-Disposition: form-data; name="artifact"; filename="a.json"\r\n\r\n'
KINDS = [("application/x-www-form-urlencoded", b""), ("multipart/form-data; boundary=x", FILE)]


class Endless(io.RawIOBase):
    """A body that goes on, and counts what is read of it."""

    def __init__(self, start: bytes) -> None:
        self.start = start
        self.given = 0

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Give what is asked for; stop at 64 MiB so that a test that fails ends."""
        if self.given >= 64 * MEBIBYTE:
            return 0
        rest = self.start[self.given :]
        buffer[:] = (rest + b"a" * len(buffer))[: len(buffer)]
        self.given += len(buffer)
        return len(buffer)


@pytest.mark.parametrize(
    ("path", "announced", "status"),
    [
        ("/basket/add", True, 413),
        ("/basket/add", False, 411),
        ("/selling/new", True, 413),
        ("/selling/new", False, 411),
        ("/webhooks/stripe", True, 413),
        ("/webhooks/stripe", False, 413),
        ("/api/v1/checkout", True, 413),
        ("/api/v1/checkout", False, 413),
    ],
)
@pytest.mark.parametrize(("kind", "start"), KINDS, ids=["fields", "files"])
def test_nobody_sends_more_than_is_taken(
    market: Marketplace, path: str, kind: str, start: bytes, status: int, *, announced: bool
) -> None:
    """Whatever the team's application allows; a body without a length is counted or refused."""
    body = Endless(start)
    sent: dict[str, Any] = {
        "wsgi.input": body,
        "wsgi.input_terminated": True,
        "CONTENT_TYPE": kind,
        "CONTENT_LENGTH": str(315 * MEBIBYTE) if announced else "",
        "HTTP_AUTHORIZATION": f"Bearer {market.identity.sign_in(market.person('bo').user_id)}",
    }
    client = team_app(market.container).test_client()

    answer = client.post(f"{PREFIX}{path}", environ_overrides=sent)

    assert answer.status_code == status
    assert body.given <= BODY_LIMIT + BUFFER


@pytest.mark.parametrize("path", ["/basket/add", "/selling/new"])
def test_a_form_is_as_long_as_its_fields(market: Marketplace, path: str) -> None:
    """One byte or one field more than that is not read."""
    client = team_app(market.container).test_client()

    for body, status in (
        (b"a" * FORM_BYTES, 403),
        (b"a" * (FORM_BYTES + 1), 413),
        (b"&".join([b"a"] * FORM_PARTS), 403),
        (b"&".join([b"a"] * (FORM_PARTS + 1)), 413),
    ):
        kind = "application/x-www-form-urlencoded"
        assert client.post(f"{PREFIX}{path}", data=body, content_type=kind).status_code == status


def test_a_form_with_files_is_as_long_as_both_of_them(market: Marketplace) -> None:
    """One byte more than that is not read."""
    client = team_app(market.container).test_client()

    for length, status in ((most_bytes(market.policy), 403), (most_bytes(market.policy) + 1, 413)):
        body = FILE + b"a" * (length - len(FILE) - 9) + b"\r\n--x--\r\n"
        kind = "multipart/form-data; boundary=x"
        sent = client.post(f"{PREFIX}/selling/new", data=body, content_type=kind)
        assert (len(body), sent.status_code) == (length, status)


def test_the_teams_own_limit_stays_for_its_own_forms(market: Marketplace) -> None:
    """It takes what it took before, and reads what it read before."""
    client = team_app(market.container).test_client()
    text = "a" * (FORM_BYTES + 1)

    assert client.post("/theirs", data={"field": text}).text == text
