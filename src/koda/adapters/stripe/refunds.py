"""Money of a charge back to the buyer."""

import stripe

from koda.adapters.stripe.amounts import from_stripe, to_stripe
from koda.adapters.stripe.errors import KeyReused, translated
from koda.adapters.stripe.keys import id_of, keyed, matches
from koda.adapters.stripe.notes import KEY_NOTE, note
from koda.adapters.stripe.transfers import CHARGE
from koda.domain.model.errors import PaymentRefused
from koda.domain.model.identifiers import RefundId
from koda.domain.model.money import Money
from koda.domain.model.payments import Refund
from koda.domain.model.sentences import sentence


def give_back(client: stripe.StripeClient, refund: Refund) -> RefundId:
    """Refund a part of the charge that `refund.payment_id` is, or find the refund that was made.

    A seller whom the charge paid gives the whole part back and gets `refund.fee` of the fee: their
    balance holds only the net, so the fee goes first. Stripe's own shares of a fee are rounded, so
    the exact amount is named; only where all is refunded, one call does both. What the marketplace
    loses alone has a key of its own at Stripe, where the seller's refusal is kept under the other.
    """
    if not matches(CHARGE, refund.payment_id):
        raise PaymentRefused(sentence("there is no such payment"))
    with translated():
        charge = client.v1.charges.retrieve(
            refund.payment_id, {"expand": ["application_fee", "refunds"]}
        )
        kept = _made_before(charge, refund)
        if kept is None:
            _check(charge, refund)
            kept = _refund(client, charge, refund)
        if from_stripe(kept.amount, kept.currency) != refund.amount:
            raise KeyReused
        return RefundId(kept.id)


def _made_before(charge: stripe.Charge, refund: Refund) -> stripe.Refund | None:
    made = charge.refunds
    for candidate in made.auto_paging_iter() if made else ():
        if note(candidate, KEY_NOTE) == refund.key:
            return candidate
    return None


def _check(charge: stripe.Charge, refund: Refund) -> None:
    """Refuse what Stripe would refuse only after the fee was given back."""
    destination = charge.transfer_data and id_of(charge.transfer_data.destination)
    if destination != refund.destination:
        raise PaymentRefused(sentence("the charge did not pay that seller"))
    left = from_stripe(charge.amount - charge.amount_refunded, charge.currency)
    if refund.amount.currency != left.currency or refund.amount > left:
        raise PaymentRefused(sentence("more than is left of the payment"))
    if charge.disputed:
        raise PaymentRefused(sentence("the payment is disputed"))


def _refund(client: stripe.StripeClient, charge: stripe.Charge, refund: Refund) -> stripe.Refund:
    params: stripe.params.RefundCreateParams = {
        "charge": charge.id,
        "amount": to_stripe(refund.amount),
        "metadata": {KEY_NOTE: refund.key},
    }
    if not refund.seller_pays:
        return client.v1.refunds.create(params, keyed(f"{refund.key}:ours"))
    if refund.destination is not None:
        params["reverse_transfer"] = True
    fee = charge.application_fee
    if isinstance(fee, stripe.ApplicationFee) and refund.fee is not None:
        if _is_whole(charge, fee, refund):
            params["refund_application_fee"] = True
        elif refund.fee.minor:
            _give_fee_back(client, fee, refund, refund.fee)
    return client.v1.refunds.create(params, keyed(refund.key))


def _is_whole(charge: stripe.Charge, fee: stripe.ApplicationFee, refund: Refund) -> bool:
    """Whether all of the charge and all of its fee go back, nothing of which went back before."""
    return (
        not fee.amount_refunded
        and refund.amount == from_stripe(charge.amount, charge.currency)
        and refund.fee == from_stripe(fee.amount, fee.currency)
    )


def _give_fee_back(
    client: stripe.StripeClient, fee: stripe.ApplicationFee, refund: Refund, amount: Money
) -> None:
    key = f"{refund.key}:fee"
    if any(note(fee_refund, KEY_NOTE) == key for fee_refund in fee.refunds.auto_paging_iter()):
        return
    made = client.v1.application_fees.refunds.create(
        fee.id, {"amount": to_stripe(amount), "metadata": {KEY_NOTE: key}}, keyed(key)
    )
    # An answer without an id is none of Stripe's: the price must not go back without the fee.
    id_of(made)
