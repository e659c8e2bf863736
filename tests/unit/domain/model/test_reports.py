from typing import Any

import pytest

from koda.domain.model.errors import InvalidValue
from koda.domain.model.reports import MOST_LISTED, InspectionReport, Uses, WorkflowReport


@pytest.mark.parametrize("field", ["imports", "remarks"])
@pytest.mark.parametrize("value", [["os"], ("os",) * 101, ("",), ("a" * 201,), ("a\0",)])
def test_reports_hold_short_texts(field: str, value: Any) -> None:
    """Few enough, of a length that a page shows."""
    with pytest.raises(InvalidValue, match=f"^{field}: "):
        InspectionReport(**{field: value})


def test_reports_are_of_a_format() -> None:
    """Of one that is known."""
    with pytest.raises(InvalidValue, match=r"^file_format: "):
        InspectionReport(file_format="n8n")  # type: ignore[arg-type]


def test_a_fingerprint_is_a_digest() -> None:
    """Or empty, of what is too small to be a copy."""
    assert InspectionReport(fingerprint="0" * 64).fingerprint == "0" * 64
    with pytest.raises(InvalidValue, match="hexadecimal digits, or empty"):
        InspectionReport(fingerprint="abc")


def test_no_more_is_listed_than_a_page_shows() -> None:
    """A hundred of a kind."""
    many = tuple(f"Service {number}" for number in range(MOST_LISTED + 1))
    assert WorkflowReport(1, services=many[:-1]).services == many[:-1]
    with pytest.raises(InvalidValue, match="at most 100"):
        WorkflowReport(1, services=many)


def test_a_report_is_of_steps() -> None:
    """There is none of a file without any, and nothing is used by no step."""
    with pytest.raises(InvalidValue, match="steps"):
        WorkflowReport(0)
    with pytest.raises(InvalidValue, match="steps"):
        Uses("Slack", 0)
