"""Money of a charge to the accounts of several sellers, and back."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial

import stripe

from koda.adapters.stripe.amounts import from_stripe, to_stripe
from koda.adapters.stripe.charges import CHARGE, reversals_of
from koda.adapters.stripe.errors import translated
from koda.adapters.stripe.keys import PAGE, id_of, keyed, matches
from koda.adapters.stripe.notes import KEY_NOTE, note
from koda.adapters.stripe.ranges import seconds_of
from koda.adapters.stripe.unreadable import certain, read
from koda.domain.model.errors import PaymentRefused, Unavailable
from koda.domain.model.identifiers import OrderId, ReversalId, TransferId
from koda.domain.model.movements import (
    Reversal,
    ReversalMade,
    Transfer,
    TransferMade,
    TransferSeen,
    by_name,
)
from koda.domain.model.periods import Period
from koda.domain.model.sentences import sentence
from koda.domain.model.unreadable import Unreadable, UnreadableKind

AT_ONCE = 4
"""Transfers under way at once: at 200 ms a call 20 a second, of 25 that Stripe takes for each of
its endpoints (https://docs.stripe.com/rate-limits)."""

_Outcome = TransferMade | PaymentRefused | Unavailable


def pass_on(
    client: stripe.StripeClient, transfers: Sequence[Transfer]
) -> tuple[TransferMade | PaymentRefused, ...]:
    """Transfer from the charge that the transfers' `payment_id` is, or find what was made.

    Bound to its charge by `source_transaction`, a transfer needs no balance of the platform's and
    Stripe itself refuses more than is left of the charge: all transfers of it count, those that
    were reversed, too. So what came back is passed on from the platform's balance.
    """
    if not transfers:
        return ()
    if not matches(CHARGE, transfers[0].payment_id):
        refusal = PaymentRefused(sentence("there is no such payment"))
        return (refusal,) * len(transfers)
    seen = by_name(passed_on(client, transfers[0].order_id))

    def passed(transfer: Transfer) -> _Outcome:
        made = seen.get(transfer.name)
        return made.made if made else _outcome_of(client, transfer)

    with ThreadPoolExecutor(AT_ONCE) as threads:
        outcomes = list(threads.map(passed, transfers))
    for outcome in outcomes:
        if isinstance(outcome, Unavailable):
            raise outcome
    return tuple(outcome for outcome in outcomes if not isinstance(outcome, Unavailable))


def passed_on(client: stripe.StripeClient, order_id: OrderId) -> Sequence[TransferSeen]:
    """The transfers of an order that Koda asked for, oldest first."""
    with translated():
        listed = client.v1.transfers.list({"transfer_group": order_id, "limit": PAGE})
        seen = [
            certain(read(UnreadableKind.TRANSFER, made, partial(_seen, made)))
            for made in listed.auto_paging_iter()
        ]
        return tuple(reversed([made for made in seen if made is not None]))


def transferred(client: stripe.StripeClient, period: Period) -> Iterator[TransferSeen | Unreadable]:
    """The transfers of a period that Koda asked for, newest first."""
    since, until = seconds_of(period)
    with translated():
        listed = client.v1.transfers.list({"created": {"gte": since, "lt": until}, "limit": PAGE})
        for made in listed.auto_paging_iter():
            seen = read(UnreadableKind.TRANSFER, made, partial(_seen, made))
            if seen is not None:
                yield seen


def _seen(made: stripe.Transfer) -> TransferSeen | None:
    """A transfer, if Koda asked for it; a charge's own has no name of Koda's."""
    name, order_id = note(made, KEY_NOTE), made.transfer_group
    if not (name and order_id):
        return None
    return TransferSeen(
        TransferId(made.id),
        name,
        OrderId(order_id),
        from_stripe(made.amount, made.currency),
        from_stripe(made.amount - made.amount_reversed, made.currency),
        datetime.fromtimestamp(made.created, UTC),
        reversals_of(made),
    )


def _as_made(transfer: stripe.Transfer) -> TransferMade:
    return TransferMade(TransferId(transfer.id), from_stripe(transfer.amount, transfer.currency))


def _outcome_of(client: stripe.StripeClient, transfer: Transfer) -> _Outcome:
    try:
        units = to_stripe(transfer.amount)
        with translated():
            params: stripe.params.TransferCreateParams = {
                "amount": units,
                "currency": transfer.amount.currency.lower(),
                "destination": transfer.account_id,
                "transfer_group": transfer.order_id,
                "metadata": {KEY_NOTE: transfer.name},
            }
            if not transfer.from_balance:
                params["source_transaction"] = transfer.payment_id
            return _as_made(client.v1.transfers.create(params, keyed(transfer.key)))
    except (PaymentRefused, Unavailable) as error:
        return error


def take_back(client: stripe.StripeClient, reversal: Reversal) -> ReversalMade:
    """Reverse a part of a transfer, or find the reversal that was made."""
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
            (candidate for candidate in made if note(candidate, KEY_NOTE) == reversal.name), None
        )
        kept = kept or client.v1.transfers.reversals.create(
            reversal.transfer_id,
            {"amount": units, "metadata": {KEY_NOTE: reversal.name}},
            keyed(reversal.key),
        )
        return ReversalMade(ReversalId(id_of(kept)), from_stripe(kept.amount, kept.currency))
