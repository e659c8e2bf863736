"""Settings of a marketplace whose people sign in by the sandbox's Clerk, as a live one's do."""

from typing import Any

from attrs import evolve
from typed_settings.types import SecretStr

from koda.entrypoints.backends.chosen import check
from koda.entrypoints.backends.clerk import ClerkSettings
from koda.entrypoints.backends.stripe import StripeSettings
from koda.entrypoints.settings.settings import Settings
from paysandbox import Sandbox
from tests.support.strong import STRONG


def clerk_settings(sandbox: Sandbox, site_url: str, **clerk: Any) -> Settings:
    """Everything in memory but Clerk; `clerk` changes its settings.

    With a secret key it is a sandboxed site: Clerk's Backend API and Stripe are the sandbox's, too.
    """
    sandboxed = "secret_key" in clerk
    told = ClerkSettings(
        issuer=sandbox.clerk_url,
        public_key=sandbox.clerk.public_key(),
        publishable_key=sandbox.clerk_publishable_key,
        sign_in_url=f"{sandbox.clerk_url}/sign-in",
    )
    settings = Settings(
        store="memory",
        files="memory",
        cache="memory",
        payments="stripe" if sandboxed else "memory",
        site_url=site_url,
        sandbox_url=sandbox.url if sandboxed else "",
        secret=SecretStr(STRONG),
    ).having(
        StripeSettings(
            SecretStr(sandbox.secret_key),
            (SecretStr(sandbox.webhook_secret),),
            (SecretStr(sandbox.connect_webhook_secret),),
        ),
        evolve(told, **clerk),
    )
    return check(settings)
