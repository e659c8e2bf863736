"""Trying each service as Koda uses it."""

from collections.abc import Mapping
from contextlib import suppress

from koda.domain.model.errors import InvalidValue, NotFound, RefusalCause, Refused, Unavailable
from koda.domain.model.identifiers import AccountId
from koda.entrypoints.backends.probe import Probe, Warned
from koda.entrypoints.health.store_probes import try_cache, try_currency, try_files, try_store
from koda.entrypoints.settings.choices import (
    Cache,
    IdentityProvider,
    NoticeChannel,
    PaymentProvider,
    Store,
    WebhookEndpoint,
)
from koda.entrypoints.settings.settings import PREFIX, Settings
from koda.entrypoints.wiring.building import import_adapter
from koda.entrypoints.wiring.container import Container

NO_PAYMENTS = "payments off: one is recorded only when its buyer comes back"
NO_ACCOUNTS = "sellers' accounts off: a change is seen only when the seller asks"
MOST_OFF = 60
"""Seconds by which clocks may differ: requests take their time, and headers tell whole seconds."""
SET_CLOCK = "set this machine's clock by a time server (NTP)"
SECRETS_OF = {
    WebhookEndpoint.STRIPE: f"{PREFIX}STRIPE_WEBHOOK_SECRETS",
    WebhookEndpoint.STRIPE_CONNECT: f"{PREFIX}STRIPE_CONNECT_WEBHOOK_SECRETS",
    WebhookEndpoint.CLERK: f"{PREFIX}CLERK_WEBHOOK_SECRETS",
}
"""The variables of the signing secrets."""
CAUSES = {
    RefusalCause.CLOCK: SET_CLOCK,
    RefusalCause.SECRET: "see that {variable} holds the signing secret of the endpoint "
    "/webhooks/{endpoint}, as the sender's dashboard shows it",
}
"""What to do about refused messages; what is no such message at all may come from anybody."""


def probes(container: Container) -> Mapping[str, Probe]:
    """Return what tries each service without which visitors would miss something."""
    settings = container.settings()
    found: dict[str, Probe] = {
        "store": lambda: try_store(container),
        "files": lambda: try_files(container),
    }
    if settings.store != Store.MEMORY:
        found["currency"] = lambda: try_currency(container)
    if settings.cache == Cache.REDIS:
        found["cache"] = lambda: try_cache(container)
    found["payments"] = lambda: try_payments(container)
    if settings.identity == IdentityProvider.CLERK:
        found["identity"] = lambda: try_identity(container)
    if settings.notices == NoticeChannel.SMTP:
        found["notices"] = lambda: try_notices(container)
    return found


def try_payments(container: Container) -> str | Warned:
    """Read the balance, payments, and accounts: the platform's, and one that does not exist."""
    settings = container.settings()
    live, doubts = settings.live, dict[str, str]()
    if settings.payments == PaymentProvider.STRIPE:
        live = container.stripe_probe().live()
        doubts = _doubts(container)
    next(container.payments().recent(container.clock()()), None)
    with suppress(NotFound):
        container.payout_accounts().status(AccountId("acct_doctor"))
    money = "real money moves" if live else "no money moves"
    said = f"{settings.payments} accepts the key; {money}"
    return Warned("; ".join([said, *doubts]), "; ".join(doubts.values())) if doubts else said


def _doubts(container: Container) -> dict[str, str]:
    """What may be wrong with the clock and the currency, and what to do about each."""
    try:
        platform = container.stripe_probe().platform()
    except Refused:
        return {}  # a restricted key need not read the platform's own account
    currency, doubts = container.settings().policy.currency, dict[str, str]()
    if platform.answered_at is not None:
        off = round((container.clock()() - platform.answered_at).total_seconds())
        if abs(off) > MOST_OFF:
            way = "ahead of" if off > 0 else "behind"
            doubts[f"this machine's clock is {abs(off)} seconds {way} Stripe's"] = SET_CLOCK
    if currency not in {platform.currency, *platform.balances}:
        doubts[f"prices are in {currency}, and the account is kept in {platform.currency}"] = (
            f"set {PREFIX}POLICY_CURRENCY to {platform.currency}, or add a bank account for "
            f"{currency} at Stripe, which otherwise converts every payment for a fee"
        )
    return doubts


def try_messages(container: Container) -> str | Warned:
    """Tell what became of messages since the last one that was accepted, at each endpoint."""
    health = container.webhook_health()
    found = [health.of(each) for each in container.settings().webhook_endpoints]
    said = "; ".join(f"{health.endpoint}: {health}" for health in found)
    remedies = [
        remedy.format(endpoint=health.endpoint, variable=SECRETS_OF[health.endpoint])
        for health in found
        for cause, remedy in CAUSES.items()
        if cause in health.by_cause
    ]
    return Warned(said, "; ".join(remedies)) if remedies else said


def try_webhooks(container: Container, *, registered: bool) -> str:
    """Count the secrets and, if somebody else must have `registered` the addresses, look there."""
    own, connected = (
        container.settings().stripe.webhook_secrets,
        container.settings().stripe.connect_webhook_secrets,
    )
    payments = f"{len(own)} signing secret(s) for payments" if own else NO_PAYMENTS
    accounts = f"{len(connected)} for sellers' accounts" if connected else NO_ACCOUNTS
    said = f"{payments}, {accounts}"
    return f"{said}; {_registered(container)}" if registered and (own or connected) else said


def _registered(container: Container) -> str:
    probe, settings = import_adapter("stripe.probe"), container.settings()
    hooks, wanted = f"{settings.site_url}/webhooks", {}
    if settings.stripe.webhook_secrets:
        wanted[f"{hooks}/stripe"] = probe.PLATFORM_EVENTS
    if settings.stripe.connect_webhook_secrets:
        wanted[f"{hooks}/stripe-connect"] = probe.CONNECT_EVENTS
    try:
        faults = list(container.stripe_probe().webhook_faults(wanted))
    except Refused:
        return "whether Stripe has the addresses cannot be seen: the key may not read endpoints"
    if faults:
        raise InvalidValue("Stripe", "; ".join(faults))
    return "Stripe has their addresses"


def try_people(container: Container) -> str:
    """Count the secrets with which changes of users are signed."""
    container.people_webhooks()
    signing = len(container.settings().clerk.webhook_secrets)
    if not signing:
        return "no signing secret: names and deletions at Clerk are not followed"
    return f"{signing} signing secret(s) for changes of users"


def try_identity(container: Container) -> str:
    """Read the instance's key set; a key in the settings must be one of it."""
    clerk = container.settings().clerk
    name, url = _key_set(container.settings())
    try:
        keys = import_adapter("clerk.keys").read_keys(url)
    except InvalidValue as error:
        raise InvalidValue(PREFIX + name, error.problem) from error
    except Unavailable:
        if clerk.public_key:
            return f"{clerk.issuer}, by the public key alone; {url} cannot be asked for it now"
        raise
    if clerk.public_key and container.clerk_keys()(None) not in keys.values():
        raise InvalidValue(f"{PREFIX}CLERK_PUBLIC_KEY", f"is none of the keys at {url}")
    return f"{clerk.issuer}, public key found"


def _key_set(settings: Settings) -> tuple[str, str]:
    """The address of the key set, and the variable that it comes from."""
    clerk = settings.clerk
    if clerk.jwks_url:
        return "CLERK_JWKS_URL", clerk.jwks_url
    # https://clerk.com/docs/guides/sessions/manual-jwt-verification
    return "CLERK_ISSUER", f"{clerk.issuer.rstrip('/')}/.well-known/jwks.json"


def try_notices(container: Container) -> str:
    """Sign in to the mail server and take leave; nothing is sent."""
    try:
        container.notices().server.probe()
    except Unavailable as error:
        raise type(error)(f"mail server ({error.__cause__})") from error
    smtp = container.settings().smtp
    signed_in = "signed in" if smtp.user else "nobody signed in"
    return f"smtp, {smtp.host}:{smtp.port} answers by {smtp.security}, {signed_in}; nothing is sent"
