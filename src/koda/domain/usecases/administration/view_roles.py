"""Looking at who has which role."""

from collections.abc import Collection

from attrs import frozen

from koda.domain.model.identifiers import UserId
from koda.domain.model.people import Person, Principal
from koda.domain.model.roles import Permission, Role, RoleAssignment
from koda.domain.usecases.administration.authorize import Authorize
from koda.ports.people import People
from koda.ports.roles import Roles


@frozen
class RoleHolder:
    """Somebody with roles; `person` is what is known of them.

    `appointed` says that the settings make them an admin, whatever was given to them.
    """

    user_id: UserId
    person: Person | None
    appointed: bool
    assignments: tuple[RoleAssignment, ...]

    @property
    def roles(self) -> frozenset[Role]:
        """Every role of theirs."""
        given = frozenset(assignment.role for assignment in self.assignments)
        return given | {Role.ADMIN} if self.appointed else given


@frozen(eq=False, repr=False)
class ViewRoles:
    """Shows an admin everybody who has a role."""

    roles: Roles
    people: People
    authorize: Authorize
    appointed: Collection[UserId]

    def __call__(self, principal: Principal) -> tuple[RoleHolder, ...]:
        """Return the admins of the settings, then the others in the order of their first role.

        Raises:
            Forbidden: `principal` is not an admin.
        """
        self.authorize(principal, Permission.GIVE_ROLES)
        assignments = self.roles.roster().assignments
        user_ids = (*self.appointed, *(given.user_id for given in assignments))
        known = self.people.some(user_ids)
        return tuple(
            RoleHolder(
                user_id,
                known.get(user_id),
                user_id in self.appointed,
                tuple(given for given in assignments if given.user_id == user_id),
            )
            for user_id in dict.fromkeys(user_ids)
        )
