"""Authorization: whether somebody's roles let them do something."""

from attrs import frozen

from koda.domain.model.errors import Forbidden
from koda.domain.model.people import Principal
from koda.domain.model.roles import Permission, Role, allow
from koda.ports.roles import Roles


@frozen(eq=False, repr=False)
class Authorize:
    """Decides by the identity provider's roles first, then by those that were given here.

    Given roles are looked up when a permission is asked for, not when a request is authenticated:
    that would be one more read for everybody who is signed in. Visitors and whoever acts in
    somebody else's name have none, and nothing is read for them. A role that was taken does not
    hold at the next request any more.
    """

    roles: Roles

    def __call__(self, principal: Principal, permission: Permission) -> None:
        """Let `principal` pass; at most one read of the store.

        Raises:
            Forbidden: none of their roles gives the permission.
        """
        if not self.allows(principal, permission):
            raise Forbidden(permission.value)

    def allows(self, principal: Principal | None, permission: Permission) -> bool:
        """Whether `principal`, or a visitor, has the permission; at most one read of the store."""
        if principal is None:
            return False
        return allow(principal.roles, permission) or allow(self.roles_of(principal), permission)

    def roles_of(self, principal: Principal) -> frozenset[Role]:
        """Return every role of `principal`; at most one read of the store."""
        if principal.impersonator is not None:
            return frozenset()
        return principal.roles | self.roles.roster().roles_of(principal.user_id)
