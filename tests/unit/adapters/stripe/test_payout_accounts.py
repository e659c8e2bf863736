from datetime import UTC, datetime
from typing import Any

import pytest
import stripe

from koda.adapters.stripe.errors import KeyReused
from koda.adapters.stripe.payout_accounts import status_of
from koda.adapters.stripe.requirements import AGAIN, PAUSED, REJECTED
from koda.domain.model.errors import NotFound
from koda.domain.model.identifiers import AccountId, UserId
from koda.domain.model.sellers import DETAILS, PayoutStatus, Pending, Ready, Restricted
from koda.domain.model.sentences import sentence
from koda.testing.contracts.payout_accounts import a_user
from paysandbox import Sandbox
from tests.contract.stripe_world import HOME, SITE, StripeWorld, accounts_of, client_of

OVERDUE, VERIFYING = "requirements.past_due", "requirements.pending_verification"


def test_account_is_opened_by_controller(sandbox: Sandbox) -> None:
    """The platform answers for fees and losses, Stripe onboards, and the user is noted."""
    user = a_user()
    accounts_of(sandbox).open(user, "ada@example.com", HOME)
    [asked] = sandbox.requests

    assert asked.idempotency_key == f"koda:account:{user}"
    assert asked.params == {
        "capabilities": {"transfers": {"requested": "true"}},
        "controller": {
            "fees": {"payer": "application"},
            "losses": {"payments": "application"},
            "stripe_dashboard": {"type": "express"},
        },
        "country": "DE",
        "email": "ada@example.com",
        "metadata": {"koda_user": user},
    }


def test_link_leads_back_to_the_configured_pages(sandbox: Sandbox) -> None:
    """Where Stripe sends the seller afterwards is the marketplace's own choice."""
    accounts = accounts_of(sandbox)
    account_id = accounts.open(a_user(), None, HOME)
    accounts.onboarding_link(account_id)

    assert sandbox.requests[-1].params == {
        "account": account_id,
        "refresh_url": f"{SITE}/selling/again",
        "return_url": f"{SITE}/selling/returned",
        "type": "account_onboarding",
    }


def test_key_that_something_else_used_is_refused(sandbox: Sandbox) -> None:
    """If the key belongs to no account of the user's, none is taken for it."""
    client_of(sandbox).v1.accounts.create(
        {"country": "DE"}, {"idempotency_key": "koda:account:user_other"}
    )

    with pytest.raises(KeyReused):
        accounts_of(sandbox).open(UserId("user_other"), None, HOME)


def test_account_that_cut_its_connection_is_not_found(sandbox: Sandbox) -> None:
    """A seller who takes the platform's access away has no account here any more."""
    account_id = StripeWorld(sandbox).seller()
    sandbox.deauthorize(account_id)

    with pytest.raises(NotFound):
        accounts_of(sandbox).status(account_id)


def test_account_works_until_its_deadline(sandbox: Sandbox) -> None:
    """What Stripe will want later does not stop a seller now, and then it does."""
    account_id = StripeWorld(sandbox).seller()
    deadline = sandbox.clock.now() + 3600
    sandbox.require(account_id, ["individual.id_number"], deadline)
    wanted = (sentence("your tax or identity number"),)
    until = datetime.fromtimestamp(deadline, UTC)

    accounts = accounts_of(sandbox)
    assert accounts.status(AccountId(account_id)) == Ready(wanted, until)
    sandbox.clock.advance(3601)
    overdue = Restricted(sentence("required details are overdue"), wanted, until)
    assert accounts.status(AccountId(account_id)) == overdue


def an_account(
    transfers: str | None, *, submitted: bool, payouts: bool = False, **needs: Any
) -> stripe.Account:
    """An account as Stripe describes it."""
    return stripe.Account.construct_from(
        {
            "id": "acct_1",
            "object": "account",
            "capabilities": {"transfers": transfers} if transfers else {},
            "details_submitted": submitted,
            "payouts_enabled": payouts,
            "requirements": {
                "currently_due": [],
                "past_due": [],
                "disabled_reason": None,
                "current_deadline": None,
                "errors": [],
                **needs,
            },
        },
        "sk_test_1",
    )


@pytest.mark.parametrize(
    ("account", "status"),
    [
        (an_account("active", submitted=True, payouts=True), Ready()),
        (
            an_account(
                "active",
                submitted=True,
                payouts=True,
                currently_due=["company.tax_id"],
                current_deadline=1_800_000_000,
            ),
            Ready((sentence("details of your company"),), datetime(2027, 1, 15, 8, tzinfo=UTC)),
        ),
        (
            an_account("active", submitted=True, payouts=True, current_deadline=1_800_000_000),
            Ready(),
        ),
        (
            an_account(
                "inactive",
                submitted=True,
                currently_due=["individual.verification.document"],
                errors=[
                    {
                        "code": "verification_document_expired",
                        "reason": "The document has expired.",
                        "requirement": "individual.verification.document",
                    }
                ],
            ),
            Pending(
                (
                    sentence(
                        "{wanted} ({fault})",
                        wanted=sentence("a proof of identity"),
                        fault=sentence("the last document was not accepted"),
                    ),
                )
            ),
        ),
        (an_account("active", submitted=True), Pending()),
        (an_account("inactive", submitted=True, payouts=True), Pending()),
        (an_account(None, submitted=True, payouts=True), Pending()),
        (
            an_account(
                "pending", submitted=True, disabled_reason="requirements.pending_verification"
            ),
            Pending(),
        ),
        (an_account("inactive", submitted=True, disabled_reason="under_review"), Pending()),
        (
            an_account(
                "inactive",
                submitted=False,
                disabled_reason=OVERDUE,
                currently_due=["external_account"],
                past_due=["external_account"],
            ),
            Pending((sentence("a bank account for payouts"),)),
        ),
        (
            an_account(
                "inactive",
                submitted=True,
                disabled_reason=OVERDUE,
                past_due=["individual.dob.day"],
                currently_due=["external_account"],
                current_deadline=1_800_000_000,
            ),
            Restricted(
                sentence("required details are overdue"),
                (sentence("your personal details"), sentence("a bank account for payouts")),
                datetime(2027, 1, 15, 8, tzinfo=UTC),
            ),
        ),
        (
            an_account(
                "inactive",
                submitted=True,
                past_due=None,
                currently_due=None,
                errors=None,
                disabled_reason="other",
            ),
            Restricted(PAUSED),
        ),
        (
            an_account("inactive", submitted=False, disabled_reason="rejected.fraud"),
            Restricted(REJECTED),
        ),
        (
            an_account(
                "inactive",
                submitted=True,
                disabled_reason="rejected.other",
                currently_due=["individual.verification.document"],
                current_deadline=1_800_000_000,
            ),
            Restricted(REJECTED),
        ),
        (an_account("inactive", submitted=False), Pending((DETAILS,))),
        (
            an_account(
                "inactive",
                submitted=True,
                disabled_reason="action_required.requested_capabilities",
            ),
            Restricted(sentence("payouts have to be set up again"), (AGAIN,)),
        ),
    ],
)
def test_status_is_said_in_kodas_words(account: stripe.Account, status: PayoutStatus) -> None:
    """Active transfers and payouts are ready; what the seller has not begun is pending."""
    assert status_of(account) == status


@pytest.mark.parametrize(
    ("transfers", "payouts", "submitted", "status"),
    [
        ("active", True, True, Ready()),
        (None, False, True, Pending()),
        (None, False, False, Pending((DETAILS,))),
    ],
)
def test_account_may_have_no_requirements(
    transfers: str | None, *, payouts: bool, submitted: bool, status: PayoutStatus
) -> None:
    """Stripe may leave the whole part out."""
    account = stripe.Account.construct_from(
        {
            "id": "acct_1",
            "capabilities": transfers and {"transfers": transfers},
            "payouts_enabled": payouts,
            "details_submitted": submitted,
            "requirements": None,
        },
        "sk_test_1",
    )

    assert status_of(account) == status
