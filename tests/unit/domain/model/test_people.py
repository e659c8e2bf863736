from typing import Any

import pytest

from koda.domain.model.errors import InvalidValue
from koda.domain.model.identifiers import UserId
from koda.domain.model.people import UNNAMED_SELLER, Principal, name_of
from koda.domain.model.roles import Role
from koda.testing.examples import a_person


@pytest.mark.parametrize("user_id", ["", "user/1", "a" * 129, None, 5])
def test_principal_has_a_storable_id(user_id: Any) -> None:
    """Whoever vouched for it, an odd id is refused."""
    with pytest.raises(InvalidValue, match=r"^user_id: "):
        Principal(user_id, "sess_1")


def test_principal_is_no_admin_unless_said() -> None:
    """Administering is never the default, nor is acting for another."""
    principal = Principal(UserId("user_ada"), "sess_1")

    assert (principal.roles, principal.impersonator) == (frozenset(), None)


@pytest.mark.parametrize("name", ["", "a" * 201, "\u202eadA"])
def test_person_has_a_printable_name(name: str) -> None:
    """One to two hundred characters that can be shown."""
    with pytest.raises(InvalidValue, match=r"^name: "):
        a_person(name=name)


def test_person_without_a_name_is_somebody() -> None:
    """Known or not, nobody is called by an id."""
    nameless = a_person(name=None)

    assert [name_of(person) for person in (None, nameless, a_person())] == [
        "Somebody",
        "Somebody",
        "Ada",
    ]
    assert name_of(nameless, UNNAMED_SELLER) == "A seller"


def test_nobody_administers_in_somebody_elses_name() -> None:
    """Staff who look at a user's pages get none of an administrator's rights by it."""
    with pytest.raises(InvalidValue, match="roles: must be none"):
        Principal(UserId("user_1"), "sess_1", frozenset({Role.ADMIN}), "user_staff")
