"""Words that stand alone on a page: states, categories, what people are called."""

from collections.abc import Mapping

from koda.domain.model.audit import AuditAction, AuditOutcome
from koda.domain.model.disputes import DisputeState
from koda.domain.model.hold_reasons import HoldReason
from koda.domain.model.order_lists import OrderList
from koda.domain.model.people import UNNAMED_SELLER
from koda.domain.model.refund_causes import RefundCause
from koda.domain.model.refund_states import GivenUp
from koda.domain.model.reports import Compatibility
from koda.domain.model.reviews import ReviewKind
from koda.domain.model.roles import OPERATOR, Role
from koda.domain.model.sentences import translatable
from koda.domain.usecases.administration.order_steps import StepKind
from koda.entrypoints.web.language import language

WORDS: Mapping[str, str] = {
    "active": translatable("active"),
    "disputed": translatable("disputed"),
    "draft": translatable("draft"),
    "expired": translatable("expired"),
    "failed": translatable("failed"),
    "held": translatable("held"),
    "in_review": translatable("in review"),
    ReviewKind.COPY: translatable("The same file as another seller's"),
    "open": translatable("open"),
    "paid": translatable("paid"),
    "pending": translatable("pending"),
    "published": translatable("published"),
    "ready": translatable("ready"),
    "refunded": translatable("refunded"),
    "restricted": translatable("restricted"),
    "revoked": translatable("revoked"),
    "granted": translatable("granted"),
    "returned": translatable("refunded meanwhile"),
    "overdue": translatable("overdue"),
    "written_off": translatable("written off"),
    "succeeded": translatable("succeeded"),
    "cancelled": translatable("cancelled"),
    "owed": translatable("owed"),
    "taken_back": translatable("taken back"),
    DisputeState.INQUIRY: translatable("inquiry"),
    DisputeState.WON: translatable("won"),
    DisputeState.LOST: translatable("lost"),
    DisputeState.APPEALED: translatable("appealed"),
    DisputeState.PREVENTED: translatable("settled with the buyer"),
    "requires_action": translatable("waits for the buyer"),
    "suspended": translatable("suspended"),
    "withdrawn": translatable("withdrawn"),
    OrderList.ALL: translatable("all"),
    OrderList.UNSETTLED: translatable("not settled"),
    OrderList.HOLDING: translatable("holding money"),
    OrderList.OWING: translatable("owed by a seller"),
    OrderList.DOUBLED: translatable("paid twice"),
    OrderList.WARNED: translatable("warned of fraud"),
    OrderList.UNASSIGNED: translatable("refund of no line"),
    OrderList.REQUESTED: translatable("refund asked for"),
    Compatibility.RUNS: translatable("runs"),
    Compatibility.CHANGES: translatable("runs with changes"),
    Compatibility.FAILS: translatable("does not run"),
    "Social Media": translatable("Social Media"),
    "Email Marketing": translatable("Email Marketing"),
    "Productivity": translatable("Productivity"),
    "Sales": translatable("Sales"),
    "Other": translatable("Other"),
    Role.ADMIN: translatable("Admin"),
    Role.SUPPORT: translatable("Support"),
    Role.MODERATOR: translatable("Moderator"),
    OPERATOR: translatable("Somebody at the terminal"),
    AuditAction.SUSPEND_LISTING: translatable("Suspended a listing"),
    AuditAction.REINSTATE_LISTING: translatable("Put a listing back on sale"),
    AuditAction.APPROVE_LISTING: translatable("Put a reviewed listing on sale"),
    AuditAction.REJECT_LISTING: translatable("Rejected a listing in review"),
    AuditAction.REFUND: translatable("Refunded a line of an order"),
    AuditAction.ASSIGN_REFUND: translatable("Said which lines a refund is for"),
    AuditAction.WRITE_OFF: translatable("Wrote off what a seller owes"),
    AuditAction.REFUSE_REFUND: translatable("Refused a refund"),
    AuditAction.SUBMIT_EVIDENCE: translatable("Sent evidence for a dispute"),
    AuditAction.GIVE_ROLE: translatable("Gave a role"),
    AuditAction.TAKE_ROLE: translatable("Took a role"),
    AuditAction.REPLAY_MESSAGE: translatable("Replayed a message of the payment provider"),
    AuditAction.RECONCILE: translatable("Compared payments, and recorded what was missing"),
    AuditOutcome.BEGUN: translatable("begun"),
    AuditOutcome.DONE: translatable("done"),
    AuditOutcome.REFUSED: translatable("refused"),
    HoldReason.ACCOUNT: translatable("the account cannot receive money"),
    HoldReason.REFUND_UNMATCHED: translatable("a refund belongs to no line"),
    HoldReason.BALANCE: translatable("the marketplace's balance is too low"),
    RefundCause.PAID_TWICE: translatable("paid twice"),
    RefundCause.UNDELIVERABLE: translatable("suspended before it was paid"),
    RefundCause.ELSEWHERE: translatable("made at the payment provider"),
    RefundCause.DECIDED: translatable("somebody decided so"),
    GivenUp.REPLACED: translatable("given up: the money went back another way"),
    GivenUp.DISPUTE_LOST: translatable("given up: a dispute was lost, and the provider refuses it"),
    StepKind.ORDERED: translatable("Order made"),
    StepKind.PAID: translatable("Order marked as paid"),
    StepKind.PURCHASED: translatable("Purchase recorded"),
    StepKind.DOWNLOADED: translatable("Download link made"),
    StepKind.TOLD: translatable("Message of the payment provider"),
    StepKind.BOOKED: translatable("Booked"),
    StepKind.REFUND_ASKED: translatable("The buyer asked for a refund"),
    StepKind.REFUND_WITHDRAWN: translatable("The buyer withdrew the request for a refund"),
    StepKind.REFUND_GRANTED: translatable("The request for a refund was granted"),
    StepKind.REQUEST_RETURNED: translatable("The request for a refund ended: the money was back"),
    StepKind.REFUND_REFUSED: translatable("The request for a refund was refused"),
    StepKind.REFUND_DECIDED: translatable("A refund was decided"),
    StepKind.REFUND_ASSIGNED: translatable("A refund made at the provider was assigned"),
    StepKind.DISPUTED: translatable("Dispute or inquiry of the buyer's bank"),
    StepKind.EVIDENCE_SENT: translatable("Evidence was sent to the bank"),
    StepKind.WARNED: translatable("The card's issuer warned of fraud"),
    StepKind.WRITTEN_OFF: translatable("A debt was written off"),
    StepKind.SETTLED: translatable("Settled: nothing is left to do"),
    UNNAMED_SELLER: translatable("A seller"),
    "buys automations": translatable("buys automations"),
    "looks after the marketplace": translatable("looks after the marketplace"),
    "sells automations": translatable("sells automations"),
}
"""By the value that programs know; whatever is not among them is a name."""


def word(value: str) -> str:
    """Return what a value is called in the visitor's language."""
    known = WORDS.get(value)
    return str(value) if known is None else language().text(known)
