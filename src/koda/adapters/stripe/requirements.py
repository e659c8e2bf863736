"""What Stripe wants of a seller, in Koda's words.

The names are those of https://docs.stripe.com/connect/required-verification-information, the
reasons those of `requirements.disabled_reason` of an account.
"""

from collections.abc import Iterable, Mapping

from koda.domain.model.sentences import Sentence, sentence

WAITING = frozenset({"requirements.pending_verification", "under_review"})
"""Reasons that only say that Stripe has not looked yet."""

_WANTED = (
    ("external_account", sentence("a bank account for payouts")),
    ("tos_acceptance", sentence("acceptance of the payment provider's terms")),
    ("business_type", sentence("whether you sell as a person or as a company")),
    ("business_profile", sentence("a description of what you sell")),
    ("bank_account_ownership_verification", sentence("a proof that the bank account is yours")),
    ("documents", sentence("a document about your company")),
    ("verification", sentence("a proof of identity")),
    ("document", sentence("a proof of identity")),
    ("id_number", sentence("your tax or identity number")),
    ("ssn_last_4", sentence("your tax or identity number")),
    ("company", sentence("details of your company")),
    ("owners", sentence("the owners of your company")),
    ("directors", sentence("the directors of your company")),
    ("executives", sentence("the executives of your company")),
    ("representative", sentence("details of the company's representative")),
    ("individual", sentence("your personal details")),
    ("person", sentence("your personal details")),
)
"""Words by a part of the name; the first that fits is said."""
_OTHERS = sentence("further details")

SET_UP_AGAIN = "action_required.requested_capabilities"
_REASONS = {
    SET_UP_AGAIN: sentence("payouts have to be set up again"),
    "listed": sentence(
        "the account may be on a list of prohibited persons or companies and is looked at"
    ),
    "platform_paused": sentence("the marketplace has paused the account"),
    "requirements.past_due": sentence("required details are overdue"),
}
REJECTED = sentence("the payment provider has rejected the account")
PAUSED = sentence("the payment provider has paused the account")


_FAULTS = (
    ("verification_document_", sentence("the last document was not accepted")),
    ("verification_", sentence("what was given could not be confirmed")),
    ("invalid_", sentence("what was given is not valid")),
    ("unsupported_", sentence("what was given is not supported")),
)
"""Why something is wanted again, by how the code of the account's `requirements.errors` begins."""


AGAIN = sentence("the answers to its questions, given once more")
"""What is wanted where payouts have to be set up again."""


def words_for(
    names: Iterable[str], faults: Mapping[str, str] | None = None
) -> tuple[Sentence, ...]:
    """What is wanted, each thing once, in the order in which Stripe names them.

    Args:
        names: of what is wanted.
        faults: the code of what was wrong with the last try, by name.
    """
    codes = faults or {}
    return tuple(dict.fromkeys(_word_for(name, codes.get(name, "")) for name in names))


def _word_for(name: str, code: str) -> Sentence:
    # Members of a company are named by ids: `person_1AbC.first_name`.
    parts = ["person" if part.startswith("person_") else part for part in name.split(".")]
    if parts[:2] == ["company", "verification"]:
        parts = ["documents"]
    wanted = next((word for key, word in _WANTED if key in parts), _OTHERS)
    fault = next((words for start, words in _FAULTS if code.startswith(start)), None)
    if fault is None:
        return wanted
    return sentence("{wanted} ({fault})", wanted=wanted, fault=fault)


def reason_for(disabled_reason: str) -> Sentence:
    """Why the account is held back."""
    if disabled_reason.startswith("rejected."):
        return REJECTED
    return _REASONS.get(disabled_reason, PAUSED)
