"""Two who relay at once."""

from pathlib import Path

from koda.adapters.sqlite.database import Database
from koda.adapters.sqlite.outbox import SqliteOutbox
from koda.testing.examples import NOON


class Overtaken(SqliteOutbox):
    """An outbox that saw something to relay, which another one has relayed since."""

    def unrelayed(self) -> int:
        """What there was."""
        return 1


def test_who_is_overtaken_relays_nothing(tmp_path: Path) -> None:
    """The other did all of it."""
    database = Database(tmp_path / "koda.sqlite")

    assert Overtaken(database).relay(10, NOON) == 0
    database.close()
