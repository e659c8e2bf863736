import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from koda.domain.model.errors import InvalidForm, InvalidValue
from koda.domain.model.listings import DESCRIPTION_LENGTH, TITLE_LENGTH, Listing
from koda.domain.model.policy import Policy
from koda.domain.model.validation import check_text
from koda.entrypoints.web.api.schemas.common import text_of

TEXTS = st.text(
    st.sampled_from("ab \t\r\n\x0b\u2003\u200b\u00ad\ufe0f\U000e0041\u00e9\x00\u202e"), max_size=60
)
REASON = (3, 20)


def described(text: str, minimum: int, maximum: int) -> bool:
    """Whether the document of the API allows `text`, as `text_of` describes it."""
    schema = text_of(minimum, maximum).extra_json_schema or {}
    fits = schema["minLength"] <= len(text) <= schema["maxLength"]
    return fits and re.search(schema["pattern"], text) is not None


@given(TEXTS)
@example("a \r\n b")
@example("a\u200b\u200bb")
@example("ab\u00ad")
@example("a\r\nb")
def test_a_text_is_described_as_it_is_read(text: str) -> None:
    """What shows nothing, and space in a row, counts no more for one than for the other."""
    try:
        check_text("reason", text, *REASON)
    except InvalidValue:
        assert not described(text, *REASON)
    else:
        assert described(text, *REASON)


@pytest.mark.parametrize("blank", [" ", "\r\n", "\n\n\n", "\u200b", "\t"])
@given(letters=st.lists(st.sampled_from("ab"), min_size=2, max_size=20))
def test_a_listing_is_described_as_it_is_read(blank: str, letters: list[str]) -> None:
    """Title and description are brought into a form of their own first, which changes nothing."""
    text = blank + blank.join(letters) + blank
    refused: set[str] = set()
    try:
        Listing.propose(
            Policy(), title=text, description=text, price="9", category="Sales", platform="n8n"
        )
    except InvalidForm as invalid:
        refused = {problem.field for problem in invalid.problems}
    assert described(text, *TITLE_LENGTH) == ("title" not in refused)
    assert described(text, *DESCRIPTION_LENGTH) == ("description" not in refused)
