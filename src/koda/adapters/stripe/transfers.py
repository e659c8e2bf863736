"""Money of a charge to the accounts of several sellers, and back."""

import stripe

from koda.adapters.stripe.amounts import from_stripe, to_stripe
from koda.adapters.stripe.errors import KeyReused, translated
from koda.adapters.stripe.keys import PAGE, keyed, matches
from koda.adapters.stripe.notes import KEY_NOTE, note
from koda.domain.model.errors import PaymentRefused
from koda.domain.model.identifiers import TransferId
from koda.domain.model.payments import Reversal, Transfer
from koda.domain.model.sentences import sentence

CHARGE = "ch|py"
"""How the ids of charges begin; `py_` is one by a method other than a card."""


def pass_on(client: stripe.StripeClient, transfer: Transfer) -> TransferId:
    """Transfer from the charge that `transfer.payment_id` is, or find the transfer that was made.

    Bound to its charge by `source_transaction`, a transfer needs no balance of the platform's and
    Stripe itself refuses more than is left of the charge.
    """
    if not matches(CHARGE, transfer.payment_id):
        raise PaymentRefused(sentence("there is no such payment"))
    units = to_stripe(transfer.amount)
    with translated():
        kept = _made_before(client, transfer) or client.v1.transfers.create(
            {
                "amount": units,
                "currency": transfer.amount.currency.lower(),
                "destination": transfer.account_id,
                "source_transaction": transfer.payment_id,
                "transfer_group": transfer.order_id,
                "metadata": {KEY_NOTE: transfer.key},
            },
            keyed(transfer.key),
        )
        if from_stripe(kept.amount, kept.currency) != transfer.amount:
            raise KeyReused
        return TransferId(kept.id)


def _made_before(client: stripe.StripeClient, transfer: Transfer) -> stripe.Transfer | None:
    made = client.v1.transfers.list(
        {
            "transfer_group": transfer.order_id,
            "destination": transfer.account_id,
            "limit": PAGE,
        }
    )
    for candidate in made.auto_paging_iter():
        if note(candidate, KEY_NOTE) == transfer.key:
            return candidate
    return None


def take_back(client: stripe.StripeClient, reversal: Reversal) -> None:
    """Reverse a part of a transfer, unless that part was reversed before."""
    if not matches("tr", reversal.transfer_id):
        raise PaymentRefused(sentence("there is no such transfer"))
    units = to_stripe(reversal.amount)
    with translated():
        transfer = client.v1.transfers.retrieve(reversal.transfer_id)
        if transfer.currency != reversal.amount.currency.lower():
            raise PaymentRefused(
                sentence("the transfer was not in {currency}", currency=reversal.amount.currency)
            )
        made = transfer.reversals.auto_paging_iter()
        kept = next(
            (candidate for candidate in made if note(candidate, KEY_NOTE) == reversal.key), None
        )
        kept = kept or client.v1.transfers.reversals.create(
            reversal.transfer_id,
            {"amount": units, "metadata": {KEY_NOTE: reversal.key}},
            keyed(reversal.key),
        )
        if kept.amount != units:
            raise KeyReused
