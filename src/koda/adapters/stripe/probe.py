"""Looking whether Stripe serves the marketplace, without changing anything there."""

from collections.abc import Iterator, Mapping, Sequence

import stripe
from attrs import frozen

from koda.adapters.stripe.errors import translated
from koda.adapters.stripe.payment_events import ACCOUNT_OF, SESSION_EVENTS

MOST_ENDPOINTS = 100
"""More than an account may have: https://docs.stripe.com/webhooks."""
ENABLED = "enabled"
EVERYTHING = "*"
"""Stands for all types of an account's own events."""

PLATFORM_EVENTS = SESSION_EVENTS
"""What the endpoint of the platform's own messages must listen to."""
CONNECT_EVENTS = frozenset(ACCOUNT_OF)
"""What the endpoint of connected accounts' messages must listen to."""


@frozen
class StripeProbe:
    """Reads what tells whether the key is good; every method raises what `translated` does."""

    client: stripe.StripeClient

    def live(self) -> bool:
        """Whether the platform's balance, which the key may read, is of real money."""
        with translated():
            return bool(self.client.v1.balance.retrieve().livemode)

    def webhook_faults(self, wanted: Mapping[str, frozenset[str]]) -> Iterator[str]:
        """Yield what is missing at Stripe, a sentence each, of the addresses that are `wanted`.

        Each of them needs an enabled endpoint for its types of events. Whether an endpoint listens
        to connected accounts, Stripe does not tell.
        """
        with translated():
            listed = self.client.v1.webhook_endpoints.list({"limit": MOST_ENDPOINTS}).data
        for url, types in wanted.items():
            yield from _faults(url, types, [one for one in listed if one.url == url])


def _faults(
    url: str, types: frozenset[str], endpoints: Sequence[stripe.WebhookEndpoint]
) -> Iterator[str]:
    enabled = [one for one in endpoints if one.status == ENABLED]
    heard = {name for one in enabled for name in one.enabled_events}
    if not endpoints:
        yield f"{url} is not registered"
    elif not enabled:
        yield f"{url} is disabled"
    elif EVERYTHING not in heard and types - heard:
        yield f"{url} does not listen to {', '.join(sorted(types - heard))}"
