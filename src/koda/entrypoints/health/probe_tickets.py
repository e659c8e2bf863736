"""Upload tickets that tell whether a store takes what is written; nobody ever uploads by them."""

import secrets
from datetime import datetime, timedelta

from koda.domain.model.digests import sha256_of
from koda.domain.model.identifiers import UploadId, UserId
from koda.domain.model.uploads import FileKind, UploadTicket
from koda.ports.clock import Clock
from koda.ports.uploads import Uploads

CONTENT = b'{"koda": "doctor"}'
LONG_AGO = timedelta(days=3650)


def probe_ticket(now: datetime, upload_id: str = "upl_doctor") -> UploadTicket:
    """A ticket that has long expired, for `CONTENT`."""
    return UploadTicket(
        UploadId(upload_id),
        UserId("user_doctor"),
        FileKind.ARTIFACT,
        "doctor.json",
        "application/json",
        len(CONTENT),
        sha256_of(CONTENT),
        now - LONG_AGO,
    )


def write_ticket(uploads: Uploads, clock: Clock) -> None:
    """Write a ticket that has long expired, and forget it."""
    ticket = probe_ticket(clock(), f"upl_ready_{secrets.token_hex(8)}")
    uploads.add(ticket)
    uploads.forget(ticket.expires_at + timedelta(milliseconds=1))
