"""Keeping in the audit log what administrators do."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from attrs import frozen

from koda.domain.model.audit import (
    AuditAction,
    AuditDetail,
    AuditEntry,
    AuditOutcome,
    AuditSubject,
)
from koda.domain.model.errors import KodaError, Unavailable
from koda.domain.model.identifiers import AuditId
from koda.domain.model.people import Principal
from koda.ports.audit_log import AuditLog
from koda.ports.clock import Clock
from koda.ports.ids import Ids

logger: logging.Logger = logging.getLogger("koda.audit")


@frozen(eq=False, repr=False)
class KeepAudit:
    """Keeps an entry before an action is done, and its outcome afterwards.

    So no action goes without an entry, whenever a process ends. An entry without an outcome is of
    an action that was cut short: whether it was done, its subject tells.
    """

    audit_log: AuditLog
    clock: Clock
    ids: Ids

    @contextmanager
    def __call__(
        self,
        principal: Principal,
        action: AuditAction,
        subject: AuditSubject,
        reason: str,
        *details: AuditDetail,
    ) -> Iterator[None]:
        """Surround what `principal` does about `subject`; check everything else beforehand.

        Raises:
            InvalidValue: the reason is too short or too long.
            Unavailable: the entry cannot be kept; nothing was done.
        """
        entry = AuditEntry(
            AuditId(self.ids("aud")),
            self.clock(),
            principal.user_id,
            action,
            subject,
            reason.strip(),
            details,
        )
        self.audit_log.append(entry)
        try:
            yield
        except Unavailable:
            # It may have been done all the same.
            raise
        except KodaError:
            self._settle(entry, AuditOutcome.REFUSED)
            raise
        self._settle(entry, AuditOutcome.DONE)

    def _settle(self, entry: AuditEntry, outcome: AuditOutcome) -> None:
        fields = {
            "audit_id": entry.id,
            "subject": str(entry.subject),
            "user_id": entry.actor,
            "outcome": outcome.value,
        }
        logger.info("Administrative action %s", entry.action.value, extra=fields)
        try:
            self.audit_log.settle(entry.id, outcome)
        except Unavailable as error:
            logger.warning("The audit log does not say how this ended: %s", error, extra=fields)
