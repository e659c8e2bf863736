"""Roles: what people who run the marketplace may do, and who was given which."""

from collections.abc import Collection, Mapping
from datetime import datetime
from enum import StrEnum

from attrs import evolve, field, frozen

from koda.domain.model.errors.roles import HasRole, LacksRole, LastAdmin
from koda.domain.model.errors.roots import InvalidValue
from koda.domain.model.identifiers import UserId
from koda.domain.model.sentences import sentence
from koda.domain.model.validation import identifier, utc

LARGEST_ROSTER = 1000
"""Assignments: the roster is one document, which is read whole."""
OPERATOR = UserId("koda:operator")
"""Who acts by the program `koda`, at a terminal of the marketplace's own machine."""


class Role(StrEnum):
    """A role in a marketplace; somebody may have several."""

    ADMIN = "admin"
    SUPPORT = "support"
    MODERATOR = "moderator"

    @classmethod
    def read(cls, text: str) -> "Role":
        """Return the role of that name; raises `InvalidValue` if there is none."""
        try:
            return cls(text)
        except ValueError as error:
            choices = ", ".join(cls)
            raise InvalidValue("role", sentence("must be one of {choices}", choices=choices)) from (
                error
            )


class Permission(StrEnum):
    """Something that needs a role; the value completes "You may not …"."""

    SEE_ADMINISTRATION = "see the administration"
    SEE_LISTINGS = "see listings that are off sale"
    MODERATE_LISTINGS = "moderate listings"
    READ_MONEY = "read other people's payments"
    READ_MESSAGES = "read what the payment provider's messages say"
    REPLAY_MESSAGES = "replay the payment provider's messages"
    REFUND = "refund purchases"
    REFUND_ANY_AMOUNT = "refund any amount"
    WRITE_OFF_DEBTS = "write off debts"
    ANSWER_DISPUTES = "answer disputes"
    RECONCILE = "record what no message told"
    GIVE_ROLES = "give roles"
    READ_AUDIT_LOG = "read the audit log"


ALLOWED: Mapping[Role, frozenset[Permission]] = {
    Role.ADMIN: frozenset(Permission),
    Role.SUPPORT: frozenset(
        {
            Permission.SEE_ADMINISTRATION,
            Permission.SEE_LISTINGS,
            Permission.READ_MONEY,
            Permission.REFUND,
            Permission.READ_AUDIT_LOG,
        }
    ),
    Role.MODERATOR: frozenset(
        {
            Permission.SEE_ADMINISTRATION,
            Permission.SEE_LISTINGS,
            Permission.MODERATE_LISTINGS,
        }
    ),
}
"""What each role may do."""


def allow(roles: Collection[Role], permission: Permission) -> bool:
    """Whether one of `roles` gives the permission."""
    return any(permission in ALLOWED[role] for role in roles)


@frozen
class RoleAssignment:
    """That a user has a role: since when (UTC), and given by whom."""

    user_id: UserId = field(validator=identifier)
    role: Role
    given_by: UserId = field(validator=identifier)
    given_at: datetime = field(validator=utc)


def _few(_: object, __: object, value: Collection[object]) -> None:
    if len(value) > LARGEST_ROSTER:
        raise InvalidValue(
            "assignments", sentence("must be at most {maximum}", maximum=LARGEST_ROSTER)
        )


@frozen
class Roster:
    """Every role that was given, in the order in which it was; `revision` counts the saves.

    One entity, so that each save is compared with all that was saved before it: of two admins who
    take each other's role at once, one is told that their view is stale.
    """

    assignments: tuple[RoleAssignment, ...] = field(default=(), validator=_few)
    revision: int = 0
    id: str = "roster"

    def roles_of(self, user_id: UserId) -> frozenset[Role]:
        """The roles that a user was given."""
        return frozenset(given.role for given in self.assignments if given.user_id == user_id)

    @property
    def admins(self) -> frozenset[UserId]:
        """Who was given the role of an admin."""
        return frozenset(given.user_id for given in self.assignments if given.role is Role.ADMIN)

    def give(self, assignment: RoleAssignment) -> "Roster":
        """Return the roster with one more assignment.

        Raises:
            HasRole: the user has the role.
            InvalidValue: there are too many assignments.
        """
        if assignment.role in self.roles_of(assignment.user_id):
            raise HasRole(assignment.user_id, assignment.role.value)
        return evolve(self, assignments=(*self.assignments, assignment))

    def take(self, user_id: UserId, role: Role, others: Collection[UserId]) -> "Roster":
        """Return the roster without a user's role.

        `others` are the admins who would stay, whoever made them one.

        Raises:
            LacksRole: the user was not given the role.
            LastAdmin: nobody would be an admin any more.
        """
        left = tuple(
            given for given in self.assignments if (given.user_id, given.role) != (user_id, role)
        )
        if len(left) == len(self.assignments):
            raise LacksRole(user_id, role.value)
        if role is Role.ADMIN and not others:
            raise LastAdmin(user_id)
        return evolve(self, assignments=left)
