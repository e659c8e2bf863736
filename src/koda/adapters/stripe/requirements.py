"""What Stripe wants of a seller, in Koda's words.

The names are those of https://docs.stripe.com/connect/required-verification-information, the
reasons those of `requirements.disabled_reason` of an account.
"""

from collections.abc import Iterable, Mapping

WAITING = frozenset({"requirements.pending_verification", "under_review"})
"""Reasons that only say that Stripe has not looked yet."""

WANTED = (
    ("external_account", "a bank account for payouts"),
    ("tos_acceptance", "acceptance of the payment provider's terms"),
    ("business_type", "whether you sell as a person or as a company"),
    ("business_profile", "a description of what you sell"),
    ("bank_account_ownership_verification", "a proof that the bank account is yours"),
    ("documents", "a document about your company"),
    ("verification", "a proof of identity"),
    ("document", "a proof of identity"),
    ("id_number", "your tax or identity number"),
    ("ssn_last_4", "your tax or identity number"),
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

SET_UP_AGAIN = "action_required.requested_capabilities"
REASONS = {
    SET_UP_AGAIN: "payouts have to be set up again",
    "listed": "the account may be on a list of prohibited persons or companies and is looked at",
    "platform_paused": "the marketplace has paused the account",
    "requirements.past_due": "required details are overdue",
}
REJECTED = "the payment provider has rejected the account"
PAUSED = "the payment provider has paused the account"


FAULTS = (
    ("verification_document_", "the last document was not accepted"),
    ("verification_", "what was given could not be confirmed"),
    ("invalid_", "what was given is not valid"),
    ("unsupported_", "what was given is not supported"),
)
"""Why something is wanted again, by how the code of the account's `requirements.errors` begins."""


AGAIN = "the answers to its questions, given once more"
"""What is wanted where payouts have to be set up again."""


def words_for(names: Iterable[str], faults: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """What is wanted, each thing once, in the order in which Stripe names them.

    Args:
        names: of what is wanted.
        faults: the code of what was wrong with the last try, by name.
    """
    codes = faults or {}
    return tuple(dict.fromkeys(_word_for(name, codes.get(name, "")) for name in names))


def _word_for(name: str, code: str) -> str:
    # Members of a company are named by ids: `person_1AbC.first_name`.
    parts = ["person" if part.startswith("person_") else part for part in name.split(".")]
    if parts[:2] == ["company", "verification"]:
        parts = ["documents"]
    wanted = next((word for key, word in WANTED if key in parts), OTHERS)
    fault = next((words for start, words in FAULTS if code.startswith(start)), None)
    return f"{wanted} ({fault})" if fault else wanted


def reason_for(disabled_reason: str) -> str:
    """Why the account is held back."""
    if disabled_reason.startswith("rejected."):
        return REJECTED
    return REASONS.get(disabled_reason, PAUSED)
