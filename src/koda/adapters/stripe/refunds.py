"""Money of a charge back to the buyer."""

import stripe

from koda.adapters.stripe.amounts import from_stripe, to_stripe
from koda.adapters.stripe.charges import CHARGE, refund_of
from koda.adapters.stripe.errors import SERVICE, KeyReused, translated
from koda.adapters.stripe.keys import id_of, keyed, matches
from koda.adapters.stripe.notes import BEARER_NOTE, KEY_NOTE, note
from koda.domain.model.charges import ChargeRefund, RefundState
from koda.domain.model.errors import PaymentRefused, StillProcessing
from koda.domain.model.money import Money
from koda.domain.model.movements import Refund
from koda.domain.model.sentences import sentence


def give_back(client: stripe.StripeClient, refund: Refund) -> ChargeRefund:
    """Refund a part of the charge that `refund.payment_id` is, or find the refund that was made.

    A seller whom the charge paid gives the whole part back, and gets `refund.fee` of the fee back
    once the part is refunded. Stripe's own shares of a fee are rounded, so the exact amount is
    named; only where all is refunded, one call does both. Stripe makes the transfer and the fee
    of a charge a while after the charge itself: what needs them waits
    (https://docs.stripe.com/payments/payment-intents/asynchronous-capture).
    """
    if not matches(CHARGE, refund.payment_id):
        raise PaymentRefused(sentence("there is no such payment"))
    with translated():
        charge = client.v1.charges.retrieve(
            refund.payment_id, {"expand": ["application_fee", "refunds"]}
        )
        kept = _made_before(charge, refund) or _refund(client, charge, refund)
        made = refund_of(kept, refund.order_id)
        if made.amount != refund.amount:
            raise KeyReused
        if not made.undone and not note(kept, BEARER_NOTE):
            _follow_with_fee(client, charge, refund, made)
        return made


def _made_before(charge: stripe.Charge, refund: Refund) -> stripe.Refund | None:
    made = charge.refunds
    for candidate in made.auto_paging_iter() if made else ():
        ours = note(candidate, KEY_NOTE) == refund.name
        if ours and not refund_of(candidate, refund.order_id).undone:
            return candidate
    return None


def _refund(client: stripe.StripeClient, charge: stripe.Charge, refund: Refund) -> stripe.Refund:
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
    elif destination is not None:
        params["reverse_transfer"] = True
        whole = _is_whole(charge, refund)
        # Stripe leaves the transfer out while there is none.
        captured = getattr(charge, "transfer", None) is not None
        if not captured or (whole and charge.application_fee is None):
            raise StillProcessing(SERVICE)
        if whole:
            params["refund_application_fee"] = True
    return client.v1.refunds.create(params, keyed(refund.key))


def _is_whole(charge: stripe.Charge, refund: Refund) -> bool:
    """Whether all of the charge and all of its fee go back at once."""
    whole = from_stripe(charge.amount, charge.currency)
    fee = from_stripe(charge.application_fee_amount or 0, charge.currency)
    return bool(fee.minor) and (refund.amount, refund.fee) == (whole, fee)


def _follow_with_fee(
    client: stripe.StripeClient, charge: stripe.Charge, refund: Refund, made: ChargeRefund
) -> None:
    """Give the seller the fee of a part back, once that part is with the buyer.

    Raises:
        StillProcessing: the part is still under way, or Stripe has not made the fee.
    """
    amount = refund.fee
    if amount is None or not amount.minor or _is_whole(charge, refund):
        return
    fee = charge.application_fee
    if made.state is not RefundState.SUCCEEDED or not isinstance(fee, stripe.ApplicationFee):
        raise StillProcessing(SERVICE)
    _give_fee_back(client, fee, refund, amount)


def _give_fee_back(
    client: stripe.StripeClient, fee: stripe.ApplicationFee, refund: Refund, amount: Money
) -> None:
    name = f"{refund.name}:fee"
    if any(note(fee_refund, KEY_NOTE) == name for fee_refund in fee.refunds.auto_paging_iter()):
        return
    made = client.v1.application_fees.refunds.create(
        fee.id,
        {"amount": to_stripe(amount), "metadata": {KEY_NOTE: name}},
        keyed(f"{refund.key}:fee"),
    )
    # An answer without an id is none of Stripe's.
    id_of(made)
