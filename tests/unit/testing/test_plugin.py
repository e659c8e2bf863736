"""The pytest plugin, in a project of somebody else's."""

import subprocess
import sys
from pathlib import Path

CONFTEST = """
pytest_plugins = ["koda.testing.plugin"]
"""
PURCHASE = """
def test_purchase(market):
    bea, listed = market.person("bea"), market.list_automation(market.ready_seller("ada"))
    assert market.buy(bea, listed).settled
"""
BROKEN = """
import pytest
from koda.adapters.memory.grants import MemoryGrants
from koda.testing.contracts.grants import GrantsContract

class Forgetful(MemoryGrants):
    def of_purchase(self, purchase_id):
        return ()

class TestForgetful(GrantsContract):
    @pytest.fixture
    def make(self):
        return Forgetful

    @pytest.fixture
    def again(self):
        return lambda store: store

    @pytest.fixture
    def broken(self):
        return None
"""


def run(folder: Path, test: str, *options: str) -> str:
    """What pytest says of a project with this test."""
    (folder / "conftest.py").write_text(CONFTEST)
    (folder / "test_it.py").write_text(test)
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-vv", str(folder)]
    command += options
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False).stdout


def test_marketplace_of_the_plugin_stands_on_memory_and_on_sqlite(tmp_path: Path) -> None:
    """A test of a team's runs on both."""
    said = run(tmp_path, PURCHASE)

    assert "test_purchase[memory] PASSED" in said
    assert "test_purchase[sqlite] PASSED" in said


def test_failing_suite_shows_what_it_compared(tmp_path: Path) -> None:
    """Rather than a bare AssertionError."""
    said = run(tmp_path, BROKEN, "-k", "recording_again_changes_nothing")

    assert "FAILED" in said
    assert "assert () == (Grant(id=" in said
