import pytest

from koda.adapters.stripe.requirements import PAUSED, REJECTED, reason_for, words_for


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("external_account", "a bank account for payouts"),
        ("tos_acceptance.ip", "acceptance of the payment provider's terms"),
        ("business_profile.url", "a description of what you sell"),
        ("individual.verification.additional_document", "a proof of identity"),
        ("individual.dob.day", "your personal details"),
        ("person_1AbC.first_name", "your personal details"),
        ("person_1AbC.verification.document", "a proof of identity"),
        ("company.tax_id", "details of your company"),
        ("representative.address.city", "details of the company's representative"),
        ("company.verification.document", "a document about your company"),
        ("documents.proof_of_registration.files", "a document about your company"),
        (
            "documents.bank_account_ownership_verification.files",
            "a proof that the bank account is yours",
        ),
        ("individual.id_number", "your tax or identity number"),
        ("something.new", "further details"),
    ],
)
def test_requirement_has_words(name: str, words: str) -> None:
    """What Stripe names, a seller can read."""
    assert [words] == [*map(str, words_for([name]))]


def test_requirements_are_said_once() -> None:
    """Day, month and year of birth are one wish."""
    names = [
        "individual.dob.day",
        "external_account",
        "individual.dob.month",
        "individual.dob.year",
    ]

    wanted = [*map(str, words_for(names))]

    assert wanted == ["your personal details", "a bank account for payouts"]


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("verification_document_expired", "the last document was not accepted"),
        ("verification_failed_name_match", "what was given could not be confirmed"),
        ("invalid_street_address", "what was given is not valid"),
        ("unsupported_business_type", "what was given is not supported"),
    ],
)
def test_what_was_refused_before_says_why(code: str, words: str) -> None:
    """A seller who sent something already can read why it is wanted again."""
    (wanted,) = words_for(["individual.dob.day"], {"individual.dob.day": code})

    assert str(wanted) == f"your personal details ({words})"


@pytest.mark.parametrize("code", ["information_missing", "something_new"])
def test_code_that_explains_nothing_is_left_out(code: str) -> None:
    """What is wanted is said in any case."""
    name = "external_account"

    (wanted,) = words_for([name], {name: code})

    assert str(wanted) == "a bank account for payouts"


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("rejected.fraud", REJECTED),
        ("rejected.terms_of_service", REJECTED),
        ("requirements.past_due", "required details are overdue"),
        ("platform_paused", "the marketplace has paused the account"),
        ("other", PAUSED),
        ("something_new", PAUSED),
    ],
)
def test_reason_has_words(reason: str, words: str) -> None:
    """Why an account is held back, a seller can read, without an accusation."""
    assert str(words) == str(reason_for(reason))
