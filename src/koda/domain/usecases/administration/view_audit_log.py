"""Looking at what administrators did."""

from attrs import frozen

from koda.domain.model.audit import AuditEntry, AuditSubject
from koda.domain.model.identifiers import UserId
from koda.domain.model.paging import Cursor, ListPage
from koda.domain.model.people import Person, Principal
from koda.domain.model.policy import Policy
from koda.domain.model.roles import Permission
from koda.domain.usecases.administration.authorize import Authorize
from koda.ports.audit_log import AuditLog
from koda.ports.people import People


@frozen
class AuditLine:
    """An entry of the audit log, and what is known of who acted."""

    entry: AuditEntry
    actor: Person | None


@frozen(eq=False, repr=False)
class ViewAuditLog:
    """Shows the audit log to those who may read it."""

    audit_log: AuditLog
    people: People
    authorize: Authorize
    policy: Policy

    def __call__(
        self,
        principal: Principal,
        subject: AuditSubject | None = None,
        actor: UserId | None = None,
        *,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> ListPage[AuditLine]:
        """Return a page of the log, newest first: all of it, or of a subject or an actor.

        Raises:
            Forbidden: `principal` may not read it.
            InvalidValue: a cursor of another list, or a limit that is not allowed.
        """
        self.authorize(principal, Permission.READ_AUDIT_LOG)
        scope = f"audit:{subject}:{actor}"
        after = Cursor.decode(cursor, scope) if cursor else None
        page = self.audit_log.entries(self.policy.limit(limit), after, subject=subject, actor=actor)
        known = self.people.some({entry.actor for entry in page.items})
        lines = tuple(AuditLine(entry, known.get(entry.actor)) for entry in page.items)
        return page.in_list(scope).with_items(lines)
