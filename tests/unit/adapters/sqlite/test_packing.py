import pytest

from koda.adapters.sqlite.packing import packed, unpacked
from koda.domain.search.indexing import labels_of
from koda.domain.search.label_sets import as_labels
from koda.testing.examples import a_workflow_release, an_automation

LABELS = as_labels(labels_of(an_automation(releases=(a_workflow_release("Slack", "Büro"),))))
KEPT = bytes.fromhex("437732165343ac4a5213b9401800")
"""Labels as a row of an earlier Koda has them."""


def test_what_was_packed_earlier_is_read() -> None:
    """What many entries have is left out of all of them, so it must never change."""
    assert set(unpacked(KEPT)) == {"R:ai=without", "R:n8n=3-with-changes", "T:tea", "tea"}
    assert unpacked(packed(LABELS)) == LABELS


@pytest.mark.parametrize("damaged", [b"", b"\xff" * 9, packed(LABELS)[:-4]])
def test_damaged_labels_are_none(damaged: bytes) -> None:
    """Whether they cannot be read at all, or not to their end."""
    assert len(unpacked(damaged)) == 0
