"""The audit log: what administrators did, on what, and why."""

from datetime import datetime
from enum import StrEnum

from attrs import field, frozen

from koda.domain.model.errors.roots import InvalidValue
from koda.domain.model.identifiers import AuditId, UserId
from koda.domain.model.paging import Cursor
from koda.domain.model.sentences import sentence
from koda.domain.model.timestamps import to_milliseconds
from koda.domain.model.validation import identifier, text, utc

SHORTEST_REASON, LONGEST_REASON = 3, 500
"""Characters."""
LONGEST_DETAIL = 200
"""Characters."""


class AuditAction(StrEnum):
    """What an administrator may do; the value is a stable code."""

    SUSPEND_LISTING = "listing.suspend"
    REINSTATE_LISTING = "listing.reinstate"
    APPROVE_LISTING = "listing.approve"
    REJECT_LISTING = "listing.reject"
    REFUND = "order.refund"
    ASSIGN_REFUND = "refund.assign"
    REFUSE_REFUND = "refund.refuse"
    WRITE_OFF = "debt.write_off"
    SUBMIT_EVIDENCE = "dispute.answer"
    GIVE_ROLE = "role.give"
    TAKE_ROLE = "role.take"
    REPLAY_MESSAGE = "message.replay"
    RECONCILE = "payments.reconcile"


class AuditOutcome(StrEnum):
    """How an action ended; of one that stays `begun`, its subject tells whether it was done."""

    BEGUN = "begun"
    DONE = "done"
    REFUSED = "refused"


@frozen
class AuditSubject:
    """What was acted on, by kind and id, such as `automation/aut_1`."""

    kind: str = field(validator=identifier)
    id: str = field(validator=identifier)

    @classmethod
    def parse(cls, written: str) -> "AuditSubject":
        """Read `kind/id`.

        Raises:
            InvalidValue: it is not written so.
        """
        kind, _, identity = written.partition("/")
        try:
            return cls(kind, identity)
        except InvalidValue as error:
            raise InvalidValue(
                "subject", sentence("must be a kind and an id, such as automation/aut_1")
            ) from error

    def __str__(self) -> str:
        return f"{self.kind}/{self.id}"


@frozen
class AuditDetail:
    """One more thing that is known of an action."""

    name: str = field(validator=identifier)
    value: str = field(validator=text(0, LONGEST_DETAIL))


@frozen
class AuditEntry:
    """That `actor` did, or was about to do, `action` at `at` (UTC), and the reason they gave."""

    id: AuditId = field(validator=identifier)
    at: datetime = field(validator=utc)
    actor: UserId = field(validator=identifier)
    action: AuditAction
    subject: AuditSubject
    reason: str = field(validator=text(SHORTEST_REASON, LONGEST_REASON))
    details: tuple[AuditDetail, ...] = ()
    outcome: AuditOutcome = AuditOutcome.BEGUN

    @property
    def place(self) -> Cursor:
        """Where it stands in the log: by time, then by id."""
        return Cursor(to_milliseconds(self.at), self.id)
