"""Comparing orders with their payments when somebody asks for it."""

from attrs import frozen

from koda.domain.model.audit import AuditAction, AuditSubject
from koda.domain.model.people import Principal
from koda.domain.model.periods import Period
from koda.domain.model.reconciliations import Reconciled
from koda.domain.model.roles import Permission
from koda.domain.usecases.administration.authorize import Authorize
from koda.domain.usecases.administration.keep_audit import KeepAudit
from koda.domain.usecases.money.reconcile_payments import ReconcilePayments

MOST_DAYS = 7
"""Days that are compared at once: the provider is asked about each of their payments."""


@frozen(eq=False, repr=False)
class ReconcileByHand:
    """Compares the payments of some days, and records what is missing, as an admin."""

    reconcile: ReconcilePayments
    authorize: Authorize
    audit: KeepAudit

    def look(self, principal: Principal, period: Period) -> Reconciled:
        """Return what comparing the period would come to, and record nothing.

        Raises:
            Forbidden: `principal` may not read other people's payments.
            InvalidValue: the period is longer than a week.
            Unavailable: the store or the provider is down.
        """
        self.authorize(principal, Permission.READ_MONEY)
        return self.reconcile(period.at_most(MOST_DAYS), dry_run=True)

    def __call__(self, principal: Principal, period: Period, reason: str) -> Reconciled:
        """Compare the period, and record what is not in step; the audit log keeps the reason.

        Raises:
            Forbidden: `principal` may not record payments.
            InvalidValue: the period is longer than a week, or the reason is too short or too long.
            Unavailable: the store or the provider is down; what went before that is recorded.
        """
        self.authorize(principal, Permission.RECONCILE)
        days = period.at_most(MOST_DAYS)
        subject = AuditSubject("period", f"{days.since:%Y-%m-%dT%H:%MZ}")
        with self.audit(principal, AuditAction.RECONCILE, subject, reason):
            return self.reconcile(days)
