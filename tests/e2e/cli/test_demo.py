import signal
from pathlib import Path

import pytest

from tests.e2e.cli.program import PATIENCE, Koda, lines_of


@pytest.fixture
def temporary(tmp_path: Path) -> Path:
    """A directory for temporary files, of one demo alone."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    return folder


def test_demo_tells_the_life_of_a_purchase(koda: Koda, temporary: Path) -> None:
    """From the payout account to identical bytes and the money table; nothing stays."""
    ended = koda("demo", TMPDIR=str(temporary))

    assert ended.code == 0, ended.out
    for told in ("opens a payout account", "the bytes are identical", "16.15 EUR", "3.83 EUR"):
        assert told in ended.out
    assert ended.out.rstrip().endswith("Everything held.")
    assert "✗" not in ended.out
    assert list(temporary.iterdir()) == []
    assert not koda.data.exists()


def test_demo_tells_a_program_the_same(koda: Koda) -> None:
    """Each step with its checks, and the money in minor units as the provider holds it."""
    told = koda("demo", "--json").json

    assert told["held"] is True
    assert len(told["steps"]) == 11
    assert all(all(step["checks"].values()) for step in told["steps"])
    assert [(row["who"], row["net"], row["balance"]) for row in told["money"]] == [
        ("Ada Okafor", 1615, 1615),
        ("Mateo Silva", 552, 552),
        ("Koda", 383, 383),
    ]
    facts = [step["facts"] for step in told["steps"] if "SHA-256 received" in step["facts"]]
    assert len(facts) == 2
    assert all(fact["SHA-256 uploaded"] == fact["SHA-256 received"] for fact in facts)


def test_interrupted_demo_cleans_up(koda: Koda, temporary: Path) -> None:
    """Ctrl-C ends it at once, without a traceback and without leaving files."""
    process = koda.begin("demo", TMPDIR=str(temporary))
    next(lines_of(process.stdout))
    assert list(temporary.glob("koda-demo-*"))

    process.send_signal(signal.SIGINT)
    _, complaint = process.communicate(timeout=PATIENCE)

    assert process.returncode == 130
    assert "Traceback" not in complaint
    assert list(temporary.iterdir()) == []
