"""The reference says what the code says."""

import pytest

from tools import faults
from tools.reference import PAGES, ROOT


@pytest.mark.parametrize("name", PAGES)
def test_reference_is_that_of_the_code(name: str) -> None:
    """`python -m tools.reference` would change nothing."""
    written = (ROOT / "docs" / "reference" / name).read_text(encoding="utf-8")
    assert PAGES[name]() == written


def test_fault_points_are_those_of_the_code() -> None:
    """`python -m tools.faults` would change nothing."""
    assert faults.page() == faults.PAGE.read_text(encoding="utf-8")
