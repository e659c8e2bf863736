"""How endpoints for messages fare, in SQLite."""

from collections.abc import Mapping
from datetime import datetime

from koda.adapters.sqlite.database import Database
from koda.adapters.sqlite.records import select
from koda.domain.model.errors import CorruptRecord, InvalidValue, RefusalCause
from koda.domain.model.timestamps import from_milliseconds, to_milliseconds
from koda.domain.model.webhook_health import EndpointHealth
from koda.ports.webhook_health import WebhookHealth

REFUSED = """
INSERT INTO webhook_health (endpoint, clock, secret, garbage)
VALUES (:endpoint, :clock, :secret, :garbage)
ON CONFLICT (endpoint) DO UPDATE SET
    clock = clock + excluded.clock,
    secret = secret + excluded.secret,
    garbage = garbage + excluded.garbage
"""
ACCEPTED = """
INSERT INTO webhook_health (endpoint, clock, secret, garbage, accepted) VALUES (?, 0, 0, 0, ?)
ON CONFLICT (endpoint) DO UPDATE SET
    clock = 0, secret = 0, garbage = 0, accepted = excluded.accepted
WHERE accepted IS NULL OR accepted < excluded.accepted
"""
STANDING = "SELECT clock, secret, garbage, accepted FROM webhook_health WHERE endpoint = ?"


class SqliteWebhookHealth(WebhookHealth):
    """The health in an SQLite file."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def refused(self, endpoint: str, counts: Mapping[RefusalCause, int]) -> None:
        row = {cause.value: counts.get(cause, 0) for cause in RefusalCause}
        with self._database.write() as connection:
            connection.execute(REFUSED, {"endpoint": endpoint, **row})

    def accepted(self, endpoint: str, at: datetime) -> None:
        with self._database.write() as connection:
            connection.execute(ACCEPTED, (endpoint, to_milliseconds(at)))

    def of(self, endpoint: str) -> EndpointHealth:
        with self._database.read() as connection:
            rows = select(connection, STANDING, (endpoint,))
        if not rows:
            return EndpointHealth(endpoint)
        clock, secret, garbage, accepted = rows[0]
        try:
            at = None if accepted is None else from_milliseconds(accepted)
            return EndpointHealth(endpoint, clock, secret, garbage, at)
        except (InvalidValue, OverflowError) as error:
            raise CorruptRecord("endpoint health", endpoint, str(error)) from error
