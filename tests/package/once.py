"""Plugin for pytest: runs each test function once, with the first of its arguments.

What the others show they show of the source tree. Of what was installed from it remains to be
shown that every test finds there what it needs.
"""

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the first item of each function."""
    first: dict[str, pytest.Item] = {}
    for item in items:
        first.setdefault(item.nodeid.partition("[")[0], item)
    items[:] = first.values()
