"""What somebody else may have written in place of counts."""

from pathlib import Path

import pytest

from koda.adapters.sqlite.database import Database
from koda.adapters.sqlite.webhook_health import SqliteWebhookHealth
from koda.domain.model.errors import CorruptRecord

PUT = "INSERT INTO webhook_health VALUES ('stripe', 0, ?, 0, ?)"


@pytest.mark.parametrize(("secret", "accepted"), [(-1, None), (0, 10**18)])
def test_counts_that_are_none_are_corrupt(
    tmp_path: Path, secret: int, accepted: int | None
) -> None:
    """Somebody else wrote them."""
    database = Database(tmp_path / "koda.sqlite")
    with database.write() as connection:
        connection.execute(PUT, (secret, accepted))

    with pytest.raises(CorruptRecord, match="endpoint health"):
        SqliteWebhookHealth(database).of("stripe")
    database.close()
