"""Money of a charge back to the buyer."""

from collections.abc import Sequence

import stripe

from koda.adapters.stripe.amounts import to_stripe
from koda.adapters.stripe.charges import CHARGE, refund_of
from koda.adapters.stripe.errors import SERVICE, KeyReused, translated
from koda.adapters.stripe.keys import id_of, keyed, matches
from koda.adapters.stripe.notes import BEARER_NOTE, KEY_NOTE, note
from koda.domain.model.charges import ChargeRefund
from koda.domain.model.errors import PaymentRefused, StillProcessing
from koda.domain.model.money import Money
from koda.domain.model.movements import Refund
from koda.domain.model.refund_states import RefundState
from koda.domain.model.sentences import sentence


def give_back(client: stripe.StripeClient, refund: Refund) -> ChargeRefund:
    """Refund a part of the charge that `refund.payment_id` is, or find the refund that was made.

    A seller whom the charge paid gives the whole part back, and gets `refund.fee` of the fee back
    once the part is refunded. Stripe's own shares of a fee are rounded, so the exact amount is
    named by a call of its own. Stripe makes the transfer and the fee
    of a charge a while after the charge itself: what needs them waits
    (https://docs.stripe.com/payments/payment-intents/asynchronous-capture).
    """
    if not matches(CHARGE, refund.payment_id):
        raise PaymentRefused(sentence("there is no such payment"))
    with translated():
        charge = client.v1.charges.retrieve(
            refund.payment_id, {"expand": ["application_fee", "refunds"]}
        )
        tries = _tries(charge, refund)
        kept = _effective(tries, refund) or _refund(client, charge, refund, tries)
        made = refund_of(kept, refund.order_id)
        if made.amount != refund.amount:
            raise KeyReused
        if made.state is RefundState.SUCCEEDED and not note(kept, BEARER_NOTE):
            _follow_with_fee(client, charge, refund)
        return made


def _tries(charge: stripe.Charge, refund: Refund) -> Sequence[stripe.Refund]:
    """The refunds that were made for the same part, those that failed included."""
    made = charge.refunds
    candidates = made.auto_paging_iter() if made else ()
    return [kept for kept in candidates if note(kept, KEY_NOTE) == refund.name]


def _effective(tries: Sequence[stripe.Refund], refund: Refund) -> stripe.Refund | None:
    effective = (kept for kept in tries if not refund_of(kept, refund.order_id).undone)
    return next(effective, None)


def _refund(
    client: stripe.StripeClient,
    charge: stripe.Charge,
    refund: Refund,
    tries: Sequence[stripe.Refund],
) -> stripe.Refund:
    destination = charge.transfer_data and id_of(charge.transfer_data.destination)
    if destination != refund.destination:
        raise PaymentRefused(sentence("the charge did not pay that seller"))
    if charge.currency != refund.amount.currency.lower():
        raise PaymentRefused(
            sentence("the payment was not in {currency}", currency=refund.amount.currency)
        )
    params: stripe.params.RefundCreateParams = {
        "charge": charge.id,
        "amount": to_stripe(refund.amount),
        "metadata": {KEY_NOTE: refund.name},
    }
    if not refund.seller_pays:
        params["metadata"] = {KEY_NOTE: refund.name, BEARER_NOTE: "marketplace"}
    elif destination is not None and not any(kept.transfer_reversal for kept in tries):
        # Where a try failed, Stripe does not give the seller back what it took from them.
        params["reverse_transfer"] = True
        # Stripe leaves the transfer out while there is none.
        if getattr(charge, "transfer", None) is None:
            raise StillProcessing(SERVICE)
    return client.v1.refunds.create(params, keyed(refund.key))


def _follow_with_fee(client: stripe.StripeClient, charge: stripe.Charge, refund: Refund) -> None:
    """Give the seller the fee of a part back, which is with the buyer.

    Raises:
        StillProcessing: Stripe has not made the fee.
    """
    amount = refund.fee
    if amount is None or not amount.minor:
        return
    fee = charge.application_fee
    if not isinstance(fee, stripe.ApplicationFee):
        raise StillProcessing(SERVICE)
    _give_fee_back(client, fee, refund, amount)


def _give_fee_back(
    client: stripe.StripeClient, fee: stripe.ApplicationFee, refund: Refund, amount: Money
) -> None:
    name = refund.fee_name
    if any(note(fee_refund, KEY_NOTE) == name for fee_refund in fee.refunds.auto_paging_iter()):
        return
    made = client.v1.application_fees.refunds.create(
        fee.id,
        {"amount": to_stripe(amount), "metadata": {KEY_NOTE: name}},
        keyed(f"{refund.key}:fee"),
    )
    # An answer without an id is none of Stripe's.
    id_of(made)
