"""Giving somebody a role."""

from attrs import frozen

from koda.domain.model.audit import AuditAction, AuditDetail, AuditSubject
from koda.domain.model.errors import NotFound
from koda.domain.model.identifiers import UserId
from koda.domain.model.people import PersonRemoved, Principal
from koda.domain.model.roles import Permission, Role, RoleAssignment, Roster
from koda.domain.usecases.administration.authorize import Authorize
from koda.domain.usecases.administration.keep_audit import KeepAudit
from koda.ports.clock import Clock
from koda.ports.people import People
from koda.ports.roles import Roles


@frozen(eq=False, repr=False)
class GiveRole:
    """Gives a user a role, as an admin.

    The user need not be known: an application's own login may tell nothing of its users.
    """

    roles: Roles
    people: People
    authorize: Authorize
    audit: KeepAudit
    clock: Clock

    def __call__(self, principal: Principal, user_id: UserId, role: Role, reason: str) -> Roster:
        """Return the roster with the role given.

        Raises:
            Forbidden: `principal` is not an admin.
            NotFound: the user was deleted.
            HasRole: the user was given the role before.
            InvalidValue: no user id, no reason, or too many people have roles.
            StaleWrite: somebody gave or took a role meanwhile.
        """
        # Read before the permission is asked for: whoever loses it meanwhile saves in vain.
        roster = self.roles.roster()
        self.authorize(principal, Permission.GIVE_ROLES)
        given = RoleAssignment(user_id, role, principal.user_id, self.clock())
        if isinstance(self.people.find(user_id), PersonRemoved):
            raise NotFound("person", user_id)
        following = roster.give(given)
        subject = AuditSubject("person", user_id)
        detail = AuditDetail("role", role.value)
        with self.audit(principal, AuditAction.GIVE_ROLE, subject, reason, detail):
            return self.roles.save(following)
