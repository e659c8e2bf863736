"""How the container builds what needs more than a call of its class."""

import secrets
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from koda.adapters.clerk.publishable_key import PublishableKey
from koda.domain.model.errors import InvalidValue
from koda.domain.model.policy import Policy
from koda.entrypoints.settings.choices import Store
from koda.entrypoints.settings.data_directory import make_data, using_data
from koda.entrypoints.settings.service_settings import (
    ClerkSettings,
    MongoSettings,
    S3Settings,
    SmtpSettings,
)
from koda.entrypoints.settings.settings import PREFIX, Settings
from koda.entrypoints.wiring.cursors import Cursors
from koda.entrypoints.wiring.libraries import missed_by_adapter


def lazily(path: str) -> Callable[..., Any]:
    """A callable that imports `package.module:name` of the adapters when called, and calls that.

    So the libraries of an adapter that is not chosen need not be installed. The callable raises
    `MissingLibrary` if a chosen one's is not.
    """
    module, name = path.split(":")

    def make(*args: Any, **kwargs: Any) -> Any:
        return getattr(import_adapter(module), name)(*args, **kwargs)

    return make


def import_adapter(module: str) -> Any:
    """Import a module of the adapters, such as `stripe.client`.

    Raises:
        MissingLibrary: the library that it stands on is not installed.
    """
    try:
        return import_module(f"koda.adapters.{module}")
    except ModuleNotFoundError as error:
        missing = missed_by_adapter(error, module.partition(".")[0])
        if missing is None:
            raise
        raise missing from error


def open_database(path: Path) -> Any:
    """Open the SQLite file at `path`, making its folder.

    Raises:
        InvalidValue: the folder cannot be made, or the file cannot be used.
    """
    with using_data():
        make_data(path.parent)
    return import_adapter("sqlite.database").Database(path)


def open_cursors(settings: Settings) -> Cursors:
    """Return what signs cursors, for as long as the store lasts.

    Raises:
        InvalidValue: the secret cannot be made in the data directory.
    """
    lasting = settings.store != Store.MEMORY or settings.secret
    return Cursors(settings.signing_keys("cursors") if lasting else (secrets.token_bytes(),))


def open_mongo(mongo: MongoSettings) -> Any:
    """Return the MongoDB database; no server is asked for anything yet.

    Raises:
        InvalidValue: its address is none.
    """
    database = import_adapter("mongo.database")
    try:
        return database.open_database(str.__str__(mongo.uri), mongo.database)
    except InvalidValue as error:
        raise InvalidValue(f"{PREFIX}MONGO_URI", error.problem) from error


def find_clerk_keys(clerk: ClerkSettings, clock: Callable[..., Any]) -> Any:
    """Return where Clerk's public key is found: in the settings, or else at the key set's address.

    Raises:
        InvalidValue: the key in the settings is none.
    """
    keys = import_adapter("clerk.keys")
    if not clerk.public_key:
        return keys.KeySet(clerk.jwks_url, clock)
    try:
        return keys.FixedKey.from_pem(clerk.public_key)
    except InvalidValue as error:
        raise InvalidValue(f"{PREFIX}CLERK_PUBLIC_KEY", error.problem) from error


def clerk_identity(
    settings: Settings, keys: Any, clock: Callable[..., Any], backend: Callable[[], Any]
) -> Any:
    """Return who is who at Clerk.

    Where sessions are not renewed, as at the sandbox, a token outlives its session by hours: there
    Clerk is asked whether somebody signed out.
    """
    identity = import_adapter("clerk.identity")
    plain = identity.ClerkIdentity(
        issuer=settings.clerk.issuer,
        keys=keys,
        authorized_parties=settings.authorized_parties,
        admins=settings.admins,
        clock=clock,
        party_required=settings.party_required,
    )
    return plain if settings.renews_sessions else identity.WatchedIdentity(plain, backend())


def clerk_people_events(secrets: tuple[str, ...], clock: Callable[..., Any]) -> Any:
    """Return what verifies Clerk's messages about users.

    Raises:
        InvalidValue: one of the secrets is none.
    """
    try:
        return import_adapter("clerk.people_webhooks").ClerkPeopleWebhooks(secrets, clock)
    except InvalidValue as error:
        raise InvalidValue(f"{PREFIX}CLERK_WEBHOOK_SECRETS", error.problem) from error


def open_clerk_backend(settings: Settings) -> Any:
    """Return Clerk's Backend API, or the sandbox's in its place."""
    base = settings.clerk.issuer if settings.sandboxed else "https://api.clerk.com"
    return import_adapter("clerk.backend").ClerkBackend(
        str.__str__(settings.clerk.secret_key), base
    )


def open_handshake(settings: Settings, identity: Any) -> Any:
    """Return how the browser gets a fresh session token from Clerk."""
    key, host = settings.clerk.publishable_key, str(urlsplit(settings.clerk.issuer).hostname)
    development = not PublishableKey.parse(key).live if key else host.endswith(".accounts.dev")
    return import_adapter("clerk.handshake").ClerkHandshake(identity, development)


def open_bucket(s3: S3Settings) -> Any:
    """Return the bucket of the files; S3 is not asked whether there is one.

    Raises:
        InvalidValue: names the variable to change.
    """
    try:
        return import_adapter("s3.client").open_bucket(
            s3.bucket,
            s3.region,
            endpoint=s3.endpoint,
            access_key=s3.access_key,
            secret_key=str.__str__(s3.secret_key),
        )
    except InvalidValue as error:
        raise InvalidValue(f"{PREFIX}S3_{error.field.upper()}", error.problem) from error


def redis_server(url: str) -> Any:
    """Return the Redis at `url`; it is not connected to before it is needed.

    Raises:
        InvalidValue: the address cannot be used.
    """
    try:
        return import_adapter("redis.server").make_server(url)
    except InvalidValue as error:
        raise InvalidValue(f"{PREFIX}REDIS_URL", error.problem) from error


def mail_server(smtp: SmtpSettings) -> Any:
    """Return the mail server; it is not connected to before there is something to send.

    Koda introduces itself by the domain of the sender.
    """
    return import_adapter("smtp.server").MailServer(
        smtp.host,
        smtp.port,
        smtp.security,
        _sender(smtp).domain,
        smtp.user,
        str.__str__(smtp.password),
    )


def letters(settings: Settings) -> Any:
    """Return what writes the messages, with links to the site.

    Raises:
        InvalidValue: names the variable to change.
    """
    smtp = settings.smtp
    answers = _mailbox("REPLY_TO", smtp.reply_to) if smtp.reply_to else None
    return import_adapter("smtp.emails").EmailRenderer(_sender(smtp), answers, settings.site_url)


def _sender(smtp: SmtpSettings) -> Any:
    return _mailbox("SENDER", smtp.sender)


def _mailbox(name: str, text: str) -> Any:
    try:
        return import_adapter("smtp.mailboxes").named_mailbox(text)
    except InvalidValue as error:
        raise InvalidValue(f"{PREFIX}SMTP_{name}", error.problem) from error


def checkout_pages(settings: Settings) -> Any:
    """Return the pages to which the buyer goes from Stripe's checkout."""
    site = settings.site_url
    return import_adapter("stripe.checkout").CheckoutPages(
        success_url=f"{site}/orders/{{order_id}}", cancel_url=f"{site}/basket"
    )


def check_charged(policy: Policy) -> None:
    """Refuse a currency or a price that Stripe would never charge.

    Raises:
        InvalidValue: names the variable of the policy to change.
    """
    amounts = import_adapter("stripe.amounts")
    if policy.currency not in amounts.CHARGED:
        name = f"{PREFIX}POLICY_CURRENCY"
        raise InvalidValue(name, f"is {policy.currency}, which Stripe does not charge, unlike EUR")
    least, most = amounts.limits_of(policy.currency)
    if policy.money(policy.minimum_price) < least:
        raise _priced("MINIMUM", f"must be at least {least.minor}: Stripe charges from {least}")
    if policy.money(policy.maximum_price) > most:
        raise _priced("MAXIMUM", f"must be at most {most.minor}: Stripe charges up to {most}")


def stripe_payments(client: Any, settings: Settings) -> Any:
    """Return the payments at Stripe, if it charges the currency and every price of the policy.

    Raises:
        InvalidValue: names the variable of the policy to change.
    """
    check_charged(settings.policy)
    return import_adapter("stripe.payments").StripePayments(client, checkout_pages(settings))


def _priced(bound: str, problem: str) -> InvalidValue:
    return InvalidValue(f"{PREFIX}POLICY_{bound}_PRICE", problem)


def payout_accounts(client: Any, settings: Settings) -> Any:
    """Return the payout accounts at Stripe, which leads sellers back to the selling pages."""
    pages = f"{settings.site_url}/selling/onboarding"
    return import_adapter("stripe.payout_accounts").StripePayoutAccounts(
        client,
        return_url=f"{pages}/return",
        refresh_url=f"{pages}/refresh",
        countries=import_adapter("stripe.countries").paid_from(settings.stripe.country),
    )
