"""What became of a charge, in Koda's words."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

import stripe
from attrs import evolve

from koda.adapters.stripe.amounts import from_stripe
from koda.adapters.stripe.errors import translated
from koda.adapters.stripe.keys import PAGE, id_of
from koda.adapters.stripe.notes import KEY_NOTE, note
from koda.domain.model.charges import ChargeRefund
from koda.domain.model.disputes import Dispute, DisputeState
from koda.domain.model.identifiers import DisputeId, OrderId, RefundId, ReversalId, TransferId
from koda.domain.model.movements import Undone
from koda.domain.model.payments import Payment
from koda.domain.model.refund_states import RefundState

CHARGE = "ch|py"
"""How the ids of charges begin; `py_` is one by a method other than a card."""

REFUNDS: Mapping[str | None, RefundState] = {
    # Older refunds have no status: they are under way until Stripe says more.
    None: RefundState.PENDING,
    "pending": RefundState.PENDING,
    "requires_action": RefundState.REQUIRES_ACTION,
    "succeeded": RefundState.SUCCEEDED,
    "failed": RefundState.FAILED,
    "canceled": RefundState.CANCELLED,
}
DISPUTES: Mapping[str, DisputeState] = {
    "warning_needs_response": DisputeState.INQUIRY,
    "warning_under_review": DisputeState.INQUIRY,
    "warning_closed": DisputeState.PREVENTED,
    "needs_response": DisputeState.OPEN,
    "under_review": DisputeState.OPEN,
    "won": DisputeState.WON,
    "lost": DisputeState.LOST,
    "appeal_needs_response": DisputeState.APPEALED,
    "appeal_under_review": DisputeState.APPEALED,
    "prevented": DisputeState.PREVENTED,
}
"""https://docs.stripe.com/api/disputes/object#dispute_object-status, and of appeals
https://docs.stripe.com/disputes/arbitration."""
_REVIEWED = frozenset({"warning_under_review", "under_review", "appeal_under_review"})
"""The statuses of a dispute that somebody decides with the evidence that was sent."""
_WAITING = frozenset({"warning_needs_response", "needs_response", "appeal_needs_response"})
"""The statuses of a dispute of which somebody waits for evidence."""


def with_charge(client: stripe.StripeClient, payment: Payment, charge: stripe.Charge) -> Payment:
    """The payment with the refunds, the disputes and the transfer of its charge, and what undid it.

    The charge's `disputed` stays true for ever; only where it is, disputes are asked for.
    """
    made = charge.refunds
    refunds = [
        refund_of(refund, payment.order_id) for refund in (made.auto_paging_iter() if made else ())
    ]
    disputes = _disputes(client, charge.id) if charge.disputed else ()
    # Stripe leaves the transfer out until the charge is captured.
    transfer: stripe.Transfer | None = getattr(charge, "transfer", None)
    fee = charge.application_fee
    return evolve(
        payment,
        refunds=tuple(reversed(refunds)),
        disputes=tuple(reversed(tuple(disputes))),
        transfer_id=TransferId(transfer.id) if transfer else None,
        reversals=reversals_of(transfer) if transfer else (),
        fee_returns=_undone(fee.refunds) if isinstance(fee, stripe.ApplicationFee) else (),
    )


def reversals_of(transfer: stripe.Transfer) -> tuple[Undone, ...]:
    """How money of a transfer came back, oldest first, but for what came back with a refund."""
    return _undone(transfer.reversals)


def _undone(
    listed: stripe.ListObject[stripe.TransferReversal]
    | stripe.ListObject[stripe.ApplicationFeeRefund],
) -> tuple[Undone, ...]:
    undone = [
        Undone(
            made.id,
            from_stripe(made.amount, made.currency),
            datetime.fromtimestamp(made.created, UTC),
            note(made, KEY_NOTE),
        )
        for made in listed.auto_paging_iter()
        if not getattr(made, "source_refund", None)
    ]
    return tuple(reversed(undone))


def refund_of(refund: stripe.Refund, order_id: OrderId) -> ChargeRefund:
    """A refund of a charge for an order.

    Raises:
        KeyError: Stripe says something of it that this version does not know.
    """
    name, ours = note(refund, KEY_NOTE) or "", f"koda:refund:{order_id}:"
    reversal = refund.transfer_reversal
    return ChargeRefund(
        RefundId(refund.id),
        from_stripe(refund.amount, refund.currency),
        REFUNDS[refund.status],
        name.removeprefix(ours) if name.startswith(ours) else None,
        ReversalId(id_of(reversal)) if reversal else None,
        getattr(refund, "pending_reason", None) == "insufficient_funds",
    )


def _disputes(client: stripe.StripeClient, charge_id: str) -> Iterator[Dispute]:
    with translated():  # what is no list at all is an outage, and no odd dispute
        listed = client.v1.disputes.list({"charge": charge_id, "limit": PAGE})
        disputes = tuple(listed.auto_paging_iter())
    for dispute in disputes:
        details = dispute.evidence_details
        # What was sent before is not what an appeal waits for, or a dispute that was an inquiry.
        sent = details.submission_count and dispute.status not in _WAITING
        yield Dispute(
            DisputeId(dispute.id),
            from_stripe(dispute.amount, dispute.currency),
            DISPUTES[dispute.status],
            dispute.reason,
            datetime.fromtimestamp(details.due_by, UTC) if details.due_by else None,
            bool(sent) or dispute.status in _REVIEWED,
        )
