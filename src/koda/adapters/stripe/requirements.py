"""What Stripe wants of a seller, in Koda's words.

The names are those of https://docs.stripe.com/connect/required-verification-information, the
reasons those of `requirements.disabled_reason` of an account.
"""

from collections.abc import Iterable

WAITING = frozenset({"requirements.pending_verification", "under_review"})
"""Reasons that only say that Stripe has not looked yet."""

WANTED = (
    ("external_account", "a bank account for payouts"),
    ("tos_acceptance", "acceptance of the payment provider's terms"),
    ("business_type", "whether you sell as a person or as a company"),
    ("business_profile", "a description of what you sell"),
    ("verification", "a proof of identity"),
    ("document", "a proof of identity"),
    ("company", "details of your company"),
    ("owners", "the owners of your company"),
    ("directors", "the directors of your company"),
    ("executives", "the executives of your company"),
    ("representative", "details of the company's representative"),
    ("individual", "your personal details"),
    ("person", "your personal details"),
)
"""Words by a part of the name; the first that fits is said."""
OTHERS = "further details"

REASONS = {
    "action_required.requested_capabilities": "payouts have to be set up again",
    "listed": "the account may be on a list of prohibited persons or companies and is looked at",
    "platform_paused": "the marketplace has paused the account",
    "requirements.past_due": "required details are overdue",
}
REJECTED = "the payment provider has rejected the account"
PAUSED = "the payment provider has paused the account"


def words_for(names: Iterable[str]) -> tuple[str, ...]:
    """What is wanted, each thing once, in the order in which Stripe names them."""
    return tuple(dict.fromkeys(_word_for(name) for name in names))


def _word_for(name: str) -> str:
    # Members of a company are named by ids: `person_1AbC.first_name`.
    parts = {"person" if part.startswith("person_") else part for part in name.split(".")}
    return next((word for key, word in WANTED if key in parts), OTHERS)


def reason_for(disabled_reason: str) -> str:
    """Why the account is held back."""
    if disabled_reason.startswith("rejected."):
        return REJECTED
    return REASONS.get(disabled_reason, PAUSED)
