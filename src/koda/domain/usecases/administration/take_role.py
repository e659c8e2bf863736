"""Taking a role from somebody."""

from collections.abc import Collection

from attrs import frozen

from koda.domain.model.audit import AuditAction, AuditDetail, AuditSubject
from koda.domain.model.identifiers import UserId
from koda.domain.model.people import PersonRemoved, Principal
from koda.domain.model.roles import OPERATOR, Permission, Role, Roster
from koda.domain.usecases.administration.authorize import Authorize
from koda.domain.usecases.administration.keep_audit import KeepAudit
from koda.ports.people import People
from koda.ports.roles import Roles


@frozen(eq=False, repr=False)
class TakeRole:
    """Takes a role from a user, as an admin; never the last admin's, not even their own.

    `appointed` are the admins of the settings, whom nobody can take anything from here. Of two
    admins who take each other's role at once, the roster's revision lets one save.
    """

    roles: Roles
    people: People
    authorize: Authorize
    audit: KeepAudit
    appointed: Collection[UserId]

    def __call__(self, principal: Principal, user_id: UserId, role: Role, reason: str) -> Roster:
        """Return the roster without the role.

        Raises:
            Forbidden: `principal` is not an admin.
            LacksRole: the user was not given the role.
            LastAdmin: nobody would be an admin any more.
            InvalidValue: no reason.
            StaleWrite: somebody gave or took a role meanwhile.
        """
        # Read before the permission is asked for: whoever loses it meanwhile saves in vain.
        roster = self.roles.roster()
        self.authorize(principal, Permission.GIVE_ROLES)
        following = roster.take(user_id, role, self._others(principal, roster, user_id))
        subject = AuditSubject("person", user_id)
        detail = AuditDetail("role", role.value)
        with self.audit(principal, AuditAction.TAKE_ROLE, subject, reason, detail):
            return self.roles.save(following)

    def _others(self, principal: Principal, roster: Roster, user_id: UserId) -> frozenset[UserId]:
        """The admins who would stay, and can still sign in."""
        by_provider = Role.ADMIN in principal.roles and principal.user_id != OPERATOR
        others = (roster.admins - {user_id}) | {*self.appointed}
        others |= {principal.user_id} if by_provider else frozenset()
        return frozenset(
            other for other in others if not isinstance(self.people.find(other), PersonRemoved)
        )
