from typing import Any

import pytest

from koda.domain.model.errors import InvalidValue
from koda.domain.model.redactions import MOST_CHANGES, Change, Redaction
from koda.domain.model.sentences import sentence

CHANGE = Change(sentence("is an e-mail address"), "nodes[0]", "anna@shop-berg.de", "")


@pytest.mark.parametrize(
    "values",
    [
        {"changes": [CHANGE], "total": 1},
        {"changes": (CHANGE,) * (MOST_CHANGES + 1), "total": MOST_CHANGES + 1},
        {"changes": (CHANGE,), "total": 0},
        {"total": -1},
    ],
)
def test_changes_are_few_and_counted(values: dict[str, Any]) -> None:
    """At most a hundred are told; the total counts them all."""
    with pytest.raises(InvalidValue):
        Redaction(b"x", **values)


@pytest.mark.parametrize(("path", "before"), [("", "x"), ("nodes", "x" * 81), ("nodes", "\0")])
def test_change_is_short_and_can_be_shown(path: str, before: str) -> None:
    """It is kept with the upload, and read by people."""
    with pytest.raises(InvalidValue):
        Change(CHANGE.kind, path, before, "")
