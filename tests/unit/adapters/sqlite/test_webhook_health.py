"""What SQLite's own freedom with types could do to counts."""

from pathlib import Path

import pytest

from koda.adapters.sqlite.database import Database
from koda.adapters.sqlite.webhook_health import SqliteWebhookHealth
from koda.domain.model.errors import CorruptRecord

PUT = "INSERT INTO webhook_health (endpoint, clock, secret, garbage) VALUES ('stripe', 0, ?, 0)"


@pytest.mark.parametrize("secret", [-1, "many"])
def test_counts_that_are_none_are_corrupt(tmp_path: Path, secret: object) -> None:
    """Somebody else wrote them."""
    database = Database(tmp_path / "koda.sqlite")
    with database.write() as connection:
        connection.execute(PUT, (secret,))

    with pytest.raises(CorruptRecord, match="secret"):
        SqliteWebhookHealth(database).of("stripe")
    database.close()
