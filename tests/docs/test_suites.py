"""The table of what each contract suite needs, against the suites."""

import inspect
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from koda.testing import contracts
from tests.docs import blocks

PAGE = blocks.ROOT / "docs" / "how-to" / "run-the-contract-suites.md"
PARTS = {
    "DocumentContract",
    "OrderListsContract",
    "OutboxDeliveriesContract",
    "PurchaseListsContract",
    "ReviewsContract",
    "SearchingContract",
    "SignedMessagesContract",
    "StoreContract",
}
PYTESTS_OWN = {"caplog", "request", "tmp_path"}


def suites() -> Iterator[type]:
    """Each suite that an adapter subclasses: none that is a part of others."""
    for path in sorted(Path(contracts.__path__[0]).glob("*.py")):
        module = import_module(f"{contracts.__name__}.{path.stem}")
        for name, suite in vars(module).items():
            own = getattr(suite, "__module__", "") == module.__name__
            if own and name.endswith("Contract") and name not in PARTS:
                yield suite


def needed(suite: type) -> set[str]:
    """The fixtures that tests and fixtures of a suite ask for, and that it does not have."""
    members = dict(inspect.getmembers(suite))
    fixtures = {name for name, member in members.items() if is_fixture(member)}
    asked = set()
    for name, member in members.items():
        if name in fixtures or name.startswith("test_"):
            function = inspect.unwrap(getattr(member, "_fixture_function", member))
            asked |= set(inspect.signature(function).parameters) - {"self"} - parameters(member)
    return asked - fixtures - PYTESTS_OWN


def parameters(member: object) -> set[str]:
    """The names that a test is parametrized by."""
    marks = [mark.args[0] for mark in getattr(member, "pytestmark", ())]
    return {name for mark in marks for name in re.findall(r"\w+", f"{mark}")}


def is_fixture(member: object) -> bool:
    """Whether it is what `pytest.fixture` makes."""
    return type(member).__name__ == "FixtureFunctionDefinition"


def test_table_says_what_each_suite_needs() -> None:
    """No suite is missing, and no fixture."""
    rows = re.findall(r"^\| `(\w+\.\w+Contract)` \| (.*?) \|", PAGE.read_text(), re.MULTILINE)

    assert {name: set(re.findall(r"`(\w+)`", cell)) for name, cell in rows} == {
        f"{suite.__module__.rpartition('.')[2]}.{suite.__name__}": needed(suite)
        for suite in suites()
    }
