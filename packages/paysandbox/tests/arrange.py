"""What the sandbox's tests arrange again and again."""

from typing import Any

import stripe

from paysandbox import Sandbox

ACCOUNT: Any = {
    "capabilities": {"transfers": {"requested": True}},
    "controller": {
        "fees": {"payer": "application"},
        "losses": {"payments": "application"},
        "stripe_dashboard": {"type": "express"},
    },
}


def connect(running: Sandbox, **options: Any) -> stripe.StripeClient:
    """The Stripe library's client of a sandbox."""
    return stripe.StripeClient(
        running.secret_key,
        base_addresses={"api": running.stripe_url},
        http_client=stripe.RequestsClient(timeout=10),
        **options,
    )


def open_seller(running: Sandbox, client: stripe.StripeClient) -> str:
    """A fresh account that can receive money."""
    account = client.v1.accounts.create(ACCOUNT)
    running.complete_onboarding(account.id)
    return account.id


def session_of(*prices: int, **more: Any) -> Any:
    """The parameters of a session of lines at the given prices in cents of euro."""
    lines = [
        {
            "quantity": 1,
            "price_data": {
                "currency": "eur",
                "unit_amount": price,
                "product_data": {"name": f"Automation {place}"},
            },
        }
        for place, price in enumerate(prices)
    ]
    success = "http://shop.test/done?session={CHECKOUT_SESSION_ID}"
    return {"mode": "payment", "success_url": success, "line_items": lines, **more}
