"""Looking whether Stripe serves the marketplace, without changing anything there."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import stripe
from attrs import frozen

from koda.adapters.stripe.errors import translated
from koda.adapters.stripe.payment_webhooks import (
    ACCOUNT_EVENTS,
    CHARGE_EVENTS,
    SESSION_EVENTS,
    WARNING_EVENTS,
)

_MOST_ENDPOINTS = 100
"""More than an account may have: https://docs.stripe.com/webhooks."""
_ENABLED = "enabled"
_EVERYTHING = "*"
"""Stands for all types of an account's own events."""

PLATFORM_EVENTS = SESSION_EVENTS | CHARGE_EVENTS | WARNING_EVENTS
"""What the endpoint of the platform's own messages must listen to."""
CONNECT_EVENTS = ACCOUNT_EVENTS
"""What the endpoint of connected accounts' messages must listen to."""


@frozen
class Platform:
    """The platform's own account at Stripe.

    `currency` is what the account is kept in, `balances` are the currencies in which it can hold
    money, all as three capital letters. `answered_at` is the time by Stripe's clock (UTC), if told.
    """

    live: bool
    currency: str
    balances: frozenset[str]
    answered_at: datetime | None


@frozen
class StripeProbe:
    """Reads what tells whether the key is good; every method raises what `translated` does."""

    client: stripe.StripeClient

    def live(self) -> bool:
        """Whether the platform's balance, which the key may read, is of real money."""
        with translated():
            return bool(self.client.v1.balance.retrieve().livemode)

    def platform(self) -> Platform:
        """What the key may read of the platform's own account."""
        with translated():
            balance = self.client.v1.balance.retrieve()
            account = self.client.v1.accounts.retrieve_current()
        return Platform(
            bool(balance.livemode),
            f"{account.default_currency}".upper(),
            frozenset(amount.currency.upper() for amount in balance.available),
            _date_of(account.last_response),
        )

    def webhook_faults(self, wanted: Mapping[str, frozenset[str]]) -> Iterator[str]:
        """Yield what is missing at Stripe, a sentence each, of the addresses that are `wanted`.

        Each of them needs an enabled endpoint for its types of events. Whether an endpoint listens
        to connected accounts, Stripe does not tell.
        """
        with translated():
            listed = self.client.v1.webhook_endpoints.list({"limit": _MOST_ENDPOINTS}).data
        for url, types in wanted.items():
            yield from _faults(url, types, [endpoint for endpoint in listed if endpoint.url == url])


def _date_of(response: stripe.StripeResponse | None) -> datetime | None:
    """When Stripe answered, as the header `Date` says (RFC 9110, 6.6.1)."""
    try:
        return parsedate_to_datetime(response.headers["Date"] if response else "").astimezone(UTC)
    except (KeyError, ValueError):
        return None


def _faults(
    url: str, types: frozenset[str], endpoints: Sequence[stripe.WebhookEndpoint]
) -> Iterator[str]:
    enabled = [endpoint for endpoint in endpoints if endpoint.status == _ENABLED]
    heard = {name for endpoint in enabled for name in endpoint.enabled_events}
    if not endpoints:
        yield f"{url} is not registered"
    elif not enabled:
        yield f"{url} is disabled"
    elif _EVERYTHING not in heard and types - heard:
        yield f"{url} does not listen to {', '.join(sorted(types - heard))}"
