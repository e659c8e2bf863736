import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from koda.domain.inspection.strict_json import Container
from koda.domain.inspection.written_json import written
from koda.testing.workflow_strategies import VALUES


@given(value=st.lists(VALUES, max_size=3) | st.dictionaries(st.text(max_size=4), VALUES))
@settings(max_examples=20)
def test_json_is_written_as_by_the_library(value: Container) -> None:
    """With two spaces, and texts as they are."""
    assert written(value) == json.dumps(value, ensure_ascii=False, indent=2)


def test_long_json_is_put_together() -> None:
    """What is put together on the way is not lost."""
    value: Any = [[[number, None, True, 1.5e-7, "ä\u2028"] for number in range(5000)], {}]

    assert written(value) == json.dumps(value, ensure_ascii=False, indent=2)
