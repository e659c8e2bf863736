"""`koda index`, as an operator types it."""

from contextlib import closing

from koda.adapters.sqlite.automations import SqliteAutomations
from koda.adapters.sqlite.database import Database
from koda.adapters.sqlite.index_builder import SqliteIndexBuilder
from koda.domain.search.builds import IndexBuild
from koda.testing.examples import an_automation
from tests.e2e.cli.program import Koda


def test_the_index_is_told_and_written_anew(koda: Koda) -> None:
    """What was cut off goes on where it was."""
    assert koda("init").code == 0
    with closing(Database(koda.data / "koda.sqlite")) as database:
        for number in range(3):
            SqliteAutomations(database).add(an_automation(f"aut_{number}"))
        SqliteIndexBuilder(database).keep(IndexBuild(1, 1, "2", 2))
    told = koda("index")
    written = koda("index", "rebuild")
    after = koda("index", "--json")

    assert told.out.splitlines() == [
        "      3  listings for sale in the index, labels of version 1",
        "      2  of 3 written anew to version 1",
    ]
    assert written.out == "      3  listings written anew, labels of version 1\n"
    assert after.json == {
        "entries": 3,
        "automations": 3,
        "version": 1,
        "target": None,
        "place": "",
        "listings": 3,
    }
