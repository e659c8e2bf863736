"""Why a seller did not get the money of a sale, and what they can do."""

from collections.abc import Mapping

from koda.domain.model.hold_reasons import HoldReason
from koda.domain.model.sentences import Sentence, sentence
from koda.entrypoints.web.language import language

WHY_HELD: Mapping[HoldReason, Sentence] = {
    HoldReason.ACCOUNT: sentence(
        "Your payout account cannot receive money. See on your selling page what it lacks, and "
        "complete it; the money then comes by itself."
    ),
    HoldReason.REFUSED: sentence(
        "The payment provider refused to pass the money on. It is tried again by itself; write to "
        "the marketplace if it stays."
    ),
    HoldReason.DISPUTED: sentence(
        "The buyer's bank questions the payment. The marketplace holds the money until that is "
        "decided; you need do nothing."
    ),
    HoldReason.REFUND_UNMATCHED: sentence(
        "A part of the payment went back to the buyer, and the marketplace has yet to say what "
        "for; you need do nothing."
    ),
    HoldReason.BALANCE: sentence(
        "The marketplace waits for money of its own. Yours comes by itself; you need do nothing."
    ),
    HoldReason.PENDING: sentence(
        "The payment provider is still at work. The money comes by itself; you need do nothing."
    ),
}


def why_held(reason: HoldReason) -> str:
    """Say why money is held, and what its seller can do."""
    return language().say(WHY_HELD[reason])
