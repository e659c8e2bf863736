"""Payout accounts at Stripe Connect."""

from datetime import UTC, datetime
from itertools import islice

import stripe
from attrs import frozen
from stripe.params import AccountCreateParams

from koda.adapters.stripe.errors import REASONS, KeyReused, translated
from koda.adapters.stripe.keys import PAGE, keyed, matches
from koda.adapters.stripe.notes import USER_NOTE, note
from koda.adapters.stripe.requirements import (
    AGAIN,
    SET_UP_AGAIN,
    WAITING,
    reason_for,
    words_for,
)
from koda.domain.model.countries import Country
from koda.domain.model.errors import NotFound, PaymentRefused
from koda.domain.model.identifiers import AccountId, UserId
from koda.domain.model.sellers import DETAILS, PayoutStatus, Pending, Ready, Restricted
from koda.ports.payout_accounts import PayoutAccounts

NEWEST = 1000
"""How many of the newest accounts are looked through; none older than a day matters."""

CONNECT = frozenset({"https://connect.stripe.com"})
"""Where Stripe's own pages for onboarding, and the Express dashboard, live."""


@frozen
class StripePayoutAccounts(PayoutAccounts):
    """Opens accounts that Stripe onboards and shows an Express dashboard.

    The platform answers for fees and losses, as destination charges and transfers make it anyway.
    `return_url` and `refresh_url` are the marketplace's pages to which Stripe leads the seller
    back: when done or tired of it, and when a link was used up. Stripe itself would open accounts
    in countries that the platform cannot pay, so that `countries` are compared before it is asked.
    """

    client: stripe.StripeClient
    return_url: str
    refresh_url: str
    countries: frozenset[Country]
    page_origins: frozenset[str] = CONNECT

    def open(self, user_id: UserId, email: str | None, country: Country) -> AccountId:
        if country not in self.countries:
            raise PaymentRefused(REASONS["country_unsupported"])
        params: AccountCreateParams = {
            "controller": {
                "fees": {"payer": "application"},
                "losses": {"payments": "application"},
                "stripe_dashboard": {"type": "express"},
            },
            "capabilities": {"transfers": {"requested": True}},
            "country": country,
            "metadata": {USER_NOTE: user_id},
        }
        if email is not None:
            params["email"] = email
        try:
            with translated():
                opened = self.client.v1.accounts.create(params, keyed(f"koda:account:{user_id}"))
                return AccountId(opened.id)
        except KeyReused:
            return self._opened_before(user_id)

    def _opened_before(self, user_id: UserId) -> AccountId:
        """The account that was opened less than a day ago with another address or country."""
        with translated():
            newest = self.client.v1.accounts.list({"limit": PAGE}).auto_paging_iter()
            for account in islice(newest, NEWEST):
                if note(account, USER_NOTE) == user_id:
                    return AccountId(account.id)
        raise KeyReused

    def onboarding_link(self, account_id: AccountId) -> str:
        unknown = _unknown(account_id)
        with translated(unknown):
            return self.client.v1.account_links.create(
                {
                    "account": account_id,
                    "type": "account_onboarding",
                    "return_url": self.return_url,
                    "refresh_url": self.refresh_url,
                }
            ).url

    def status(self, account_id: AccountId) -> PayoutStatus:
        unknown = _unknown(account_id)
        with translated(unknown):
            return status_of(self.client.v1.accounts.retrieve(account_id))

    def dashboard_link(self, account_id: AccountId) -> str:
        unknown = _unknown(account_id)
        with translated(unknown):
            return self.client.v1.accounts.login_links.create(account_id).url


def _unknown(account_id: AccountId) -> NotFound:
    """What to raise where there is no such account, and at once if the id is none of Stripe's."""
    unknown = NotFound("payout account", account_id)
    if not matches("acct", account_id):
        raise unknown
    return unknown


def status_of(account: stripe.Account) -> PayoutStatus:
    """What an account allows.

    It can be paid by transfers once that capability is active and payouts are on; whether it may
    charge cards itself does not matter, since the marketplace does.
    """
    paid = getattr(account.capabilities, "transfers", None) == "active" and account.payouts_enabled
    needs = account.requirements
    if needs is None:
        return Ready() if paid else Pending(() if account.details_submitted else (DETAILS,))
    names = [*(needs.past_due or ()), *(needs.currently_due or ())]
    wanted = words_for(names, {error.requirement: error.code for error in needs.errors or ()})
    deadline = _moment(needs.current_deadline)
    if paid:
        return Ready(wanted, deadline if wanted else None)
    reason = needs.disabled_reason
    if reason is not None and _final(reason):
        return Restricted(reason_for(reason))
    if not account.details_submitted:
        return Pending(wanted or (DETAILS,))
    if reason is None or reason in WAITING:
        return Pending(wanted)
    again = reason == SET_UP_AGAIN and not wanted
    return Restricted(reason_for(reason), (AGAIN,) if again else wanted, deadline)


def _final(reason: str) -> bool:
    """Whether the seller can do nothing about the reason, whatever Stripe still asks for."""
    return reason.startswith(("rejected.", "listed", "platform_paused"))


def _moment(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
