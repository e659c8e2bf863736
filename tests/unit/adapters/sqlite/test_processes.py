import subprocess
import sys
from contextlib import closing
from pathlib import Path

from koda.adapters.sqlite.database import Database
from koda.adapters.sqlite.purchases import SqlitePurchases
from koda.domain.model.identifiers import PurchaseId, UserId

WRITING = """
import sys
from itertools import count
from koda.adapters.sqlite.database import Database
from koda.adapters.sqlite.purchases import SqlitePurchases
from koda.testing.examples import a_purchase, an_order

purchases = SqlitePurchases(Database(sys.argv[1]))
for number in count():
    order = an_order(f"ord_{sys.argv[2]}_{number}", buyer_id=f"user_{number}_{sys.argv[2]}")
    print(purchases.record([a_purchase(order)])[0].id, flush=True)
"""
RACING = """
import sys
from koda.adapters.sqlite.database import Database
from koda.adapters.sqlite.purchases import SqlitePurchases
from koda.testing.examples import a_purchase, an_order

print("ready", flush=True)
sys.stdin.readline()
purchases = SqlitePurchases(Database(sys.argv[1]))
for number in range(10):
    order = an_order(f"ord_{number}_{sys.argv[2]}", buyer_id=f"user_{number}")
    print(purchases.record([a_purchase(order)])[0].double, flush=True)
"""
SOME = 20


def start(script: str, path: Path, name: str) -> "subprocess.Popen[str]":
    """Run a script on the file in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-c", script, path, name],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_killing_a_writer_loses_nothing_acknowledged(path: Path) -> None:
    """Five processes in a row are killed in the middle of writing."""
    acknowledged: list[str] = []
    for turn in range(5):
        with start(WRITING, path, f"{turn}") as writer:
            assert writer.stdout
            acknowledged += [writer.stdout.readline().strip() for _ in range(SOME + turn)]
            writer.kill()
            acknowledged += [line.strip() for line in writer.stdout if line.endswith("\n")]

    with closing(Database(path)) as database:
        purchases = SqlitePurchases(database)
        assert [
            purchases.get(PurchaseId(purchase_id)).id for purchase_id in acknowledged
        ] == acknowledged
        with database.read() as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert len(acknowledged) >= 5 * SOME


def test_processes_that_open_a_new_file_at_once_keep_the_promises(path: Path) -> None:
    """The schema is made once, and of four purchases of the same thing one is live."""
    racers = [start(RACING, path, f"{number}") for number in range(4)]
    for racer in racers:
        assert racer.stdout
        assert racer.stdout.readline() == "ready\n"
    for racer in racers:
        assert racer.stdin
        racer.stdin.write("go\n")
        racer.stdin.flush()
    answers = [racer.communicate(timeout=60)[0].split() for racer in racers]

    assert [racer.returncode for racer in racers] == [0] * 4
    for doubles in zip(*answers, strict=True):
        assert sorted(doubles) == ["False", "True", "True", "True"]
    with closing(Database(path)) as database:
        (day,) = SqlitePurchases(database).sales_by_day(UserId("user_ada"))
    assert day.count == 10
