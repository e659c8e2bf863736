import pytest

from koda.domain.model.errors import Forbidden, HasRole, InvalidValue, LacksRole, LastAdmin
from koda.domain.model.identifiers import UserId
from koda.domain.model.roles import (
    LARGEST_ROSTER,
    Permission,
    Role,
    RoleAssignment,
    Roster,
    allow,
)
from koda.testing.examples import NOON, an_assignment

ADA, BOB = UserId("user_ada"), UserId("user_bob")
ADMIN = an_assignment(role=Role.ADMIN)


@pytest.mark.parametrize(
    ("role", "refused"),
    [
        (Role.ADMIN, set()),
        (
            Role.SUPPORT,
            {
                Permission.MODERATE_LISTINGS,
                Permission.RECONCILE,
                Permission.GIVE_ROLES,
                Permission.REFUND_ANY_AMOUNT,
                Permission.WRITE_OFF_DEBTS,
                Permission.ANSWER_DISPUTES,
                Permission.READ_MESSAGES,
                Permission.REPLAY_MESSAGES,
            },
        ),
        (
            Role.MODERATOR,
            {
                Permission.READ_MESSAGES,
                Permission.REPLAY_MESSAGES,
                Permission.READ_MONEY,
                Permission.REFUND,
                Permission.REFUND_ANY_AMOUNT,
                Permission.WRITE_OFF_DEBTS,
                Permission.ANSWER_DISPUTES,
                Permission.RECONCILE,
                Permission.GIVE_ROLES,
                Permission.READ_AUDIT_LOG,
            },
        ),
    ],
)
def test_each_role_allows_its_own(role: Role, refused: set[Permission]) -> None:
    """An admin everything, the support reading and small refunds, a moderator listings."""
    assert {permission for permission in Permission if not allow([role], permission)} == refused


@pytest.mark.parametrize("permission", Permission)
def test_refusal_of_a_permission_is_a_sentence_to_translate(permission: Permission) -> None:
    """A language has no whole sentence for one that is put together from words."""
    assert Forbidden.templates[permission] == f"You may not {permission}."


def test_without_a_role_nothing_is_allowed() -> None:
    """Most people have none; of several roles each one counts."""
    assert not any(allow((), permission) for permission in Permission)
    assert allow([Role.MODERATOR, Role.SUPPORT], Permission.READ_MONEY)


@pytest.mark.parametrize("name", ["", "owner", "Admin", "admin "])
def test_only_roles_that_there_are_can_be_read(name: str) -> None:
    """The choices are told."""
    with pytest.raises(InvalidValue, match="must be one of admin, support, moderator"):
        Role.read(name)
    assert Role.read("support") is Role.SUPPORT


def test_roles_are_given_one_by_one() -> None:
    """Somebody may have several, and each of them once."""
    roster = Roster().give(ADMIN).give(an_assignment()).give(an_assignment("user_bob"))

    assert roster.roles_of(ADA) == {Role.ADMIN, Role.MODERATOR}
    assert roster.roles_of(BOB) == {Role.MODERATOR}
    assert roster.admins == {ADA}
    with pytest.raises(HasRole, match="user_bob has the role moderator already"):
        roster.give(an_assignment("user_bob", given_by=ADA))


def test_a_role_is_taken_alone() -> None:
    """What else somebody has stays, and what others have."""
    roster = Roster((ADMIN, an_assignment(), an_assignment("user_bob")))

    assert roster.take(ADA, Role.MODERATOR, ()).assignments == (
        ADMIN,
        an_assignment("user_bob"),
    )
    with pytest.raises(LacksRole, match="user_ada was not given the role support"):
        roster.take(ADA, Role.SUPPORT, ())


def test_the_last_admin_stays() -> None:
    """Whoever else is one, given here or not, lets them go."""
    roster = Roster((ADMIN,))

    with pytest.raises(LastAdmin, match="user_ada is the last admin"):
        roster.take(ADA, Role.ADMIN, ())
    assert roster.take(ADA, Role.ADMIN, [BOB]) == Roster()


def test_a_roster_is_bounded() -> None:
    """It is one document of a store."""
    many = tuple(
        RoleAssignment(UserId(f"user_{number}"), Role.SUPPORT, ADA, NOON)
        for number in range(LARGEST_ROSTER)
    )

    with pytest.raises(InvalidValue, match=r"must be at most 1,?000"):
        Roster(many).give(ADMIN)
