from typing import Any

import pytest

from koda.domain.model.errors import InvalidValue
from koda.domain.model.reports import InspectionReport


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
