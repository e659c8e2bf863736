import pytest

from koda.domain.model.audit import AuditSubject
from koda.domain.model.errors import InvalidValue
from koda.domain.model.paging import Cursor
from koda.testing.examples import an_audit_entry


@pytest.mark.parametrize("reason", ["", "  a ", "x" * 501, "bell \a"])
def test_a_reason_is_a_few_words(reason: str) -> None:
    """Of 3 to 500 characters that can be shown."""
    with pytest.raises(InvalidValue) as caught:
        an_audit_entry(reason=reason)
    assert caught.value.field == "reason"


def test_a_subject_is_written_as_kind_and_id() -> None:
    """And read again."""
    assert AuditSubject.parse("automation/aut_1") == AuditSubject("automation", "aut_1")
    assert str(AuditSubject("person", "user_ada")) == "person/user_ada"


@pytest.mark.parametrize("written", ["", "aut_1", "/aut_1", "automation/", "a/b/c", "a b/c"])
def test_anything_else_is_no_subject(written: str) -> None:
    """An example is told."""
    with pytest.raises(InvalidValue, match="must be a kind and an id, such as automation/aut_1"):
        AuditSubject.parse(written)


def test_an_entry_has_its_place_by_time_and_id() -> None:
    """In whole milliseconds."""
    assert an_audit_entry().place == Cursor(1772366400000, "aud_1")
