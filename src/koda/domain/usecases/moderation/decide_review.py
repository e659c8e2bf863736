"""Deciding about a listing in review."""

from attrs import frozen

from koda.domain.model.audit import AuditAction, AuditSubject
from koda.domain.model.automations import Automation
from koda.domain.model.errors import StaleWrite
from koda.domain.model.identifiers import AutomationId
from koda.domain.model.people import Principal
from koda.domain.model.roles import Permission
from koda.domain.usecases.administration.authorize import Authorize
from koda.domain.usecases.administration.keep_audit import KeepAudit
from koda.ports.automations import Automations
from koda.ports.clock import Clock


@frozen(eq=False, repr=False)
class DecideReview:
    """Puts a listing in review on sale, or suspends it."""

    automations: Automations
    authorize: Authorize
    audit: KeepAudit
    clock: Clock

    def __call__(
        self,
        principal: Principal,
        automation_id: AutomationId,
        reason: str,
        *,
        approved: bool,
        seen: str = "",
    ) -> Automation:
        """Return the automation, published or suspended.

        The audit log keeps the reason, and the seller reads it. What was suspended can be put back
        on sale (`ModerateAutomation`). `seen` is the newest version that was looked at, if that is
        known: its seller may release a file while somebody looks at others.

        Raises:
            Forbidden: `principal` may not moderate listings, or sells this one.
            InvalidValue: the reason is too short or too long.
            NotFound: there is no such automation.
            WrongState: it is not in review.
            StaleWrite: it was changed meanwhile, or has a newer version than `seen`.
        """
        self.authorize(principal, Permission.MODERATE_LISTINGS)
        automation = self.automations.get(automation_id).decided_by(principal.user_id)
        if seen and seen != str(automation.latest.version):
            raise StaleWrite("automation", automation_id)
        decide = automation.approve if approved else automation.reject
        decided = decide(self.clock(), reason.strip())
        action = AuditAction.APPROVE_LISTING if approved else AuditAction.REJECT_LISTING
        with self.audit(principal, action, AuditSubject("automation", automation_id), reason):
            return self.automations.save(*decided)
