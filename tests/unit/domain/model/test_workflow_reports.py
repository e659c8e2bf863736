import pytest

from koda.domain.model.errors import InvalidValue
from koda.domain.model.file_formats import FileFormat
from koda.domain.model.workflow_reports import MOST_LISTED, Uses, WorkflowReport


def test_no_more_is_listed_than_a_page_shows() -> None:
    """A hundred of a kind."""
    many = tuple(f"Service {number}" for number in range(MOST_LISTED + 1))
    assert WorkflowReport(FileFormat.N8N, 1, services=many[:-1]).services == many[:-1]
    with pytest.raises(InvalidValue, match="at most 100"):
        WorkflowReport(FileFormat.N8N, 1, services=many)


def test_a_report_is_of_steps() -> None:
    """There is none of a file without any, and nothing is used by no step."""
    with pytest.raises(InvalidValue, match="steps"):
        WorkflowReport(FileFormat.N8N, 0)
    with pytest.raises(InvalidValue, match="steps"):
        Uses("Slack", 0)
