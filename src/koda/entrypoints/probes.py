"""Trying each service as Koda uses it; `koda doctor` and the start of a site have this in common.

A probe returns what it found in a few words, or `Warned` where somebody should look at what works
all the same. It raises `Unavailable` where a service may be better
soon, `Refused` or `InvalidValue` where somebody must set something right.
"""

import hashlib
import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import timedelta

from attrs import frozen

from koda.domain.model.errors import InvalidValue, NotFound, RefusalCause, Refused, Unavailable
from koda.domain.model.identifiers import AccountId, UploadId, UserId
from koda.domain.model.uploads import FileKind, StoredFile, UploadTicket
from koda.entrypoints.building import import_adapter
from koda.entrypoints.choices import (
    Cache,
    FileStore,
    IdentityProvider,
    MessageEndpoint,
    NoticeChannel,
    PaymentProvider,
    Store,
)
from koda.entrypoints.container import Container, Unprepared, check_prepared
from koda.entrypoints.settings import PREFIX, Settings, origin


@frozen
class Warned:
    """Something works, though perhaps not as it should: what was found, and what to do."""

    detail: str
    remedy: str


Probe = Callable[[], "str | Warned"]

NO_PAYMENTS = "payments off: one is recorded only when its buyer comes back"
NO_ACCOUNTS = "sellers' accounts off: a change is seen only when the seller asks"
CONTENT = b'{"koda": "doctor"}'
LONG_AGO = timedelta(days=3650)
LINK_LIFETIME = timedelta(minutes=1)
MOST_OFF = 60
"""Seconds by which clocks may differ: requests take their time, and headers tell whole seconds."""
SET_CLOCK = "set this machine's clock by a time server (NTP)"
SECRETS_OF = {
    MessageEndpoint.STRIPE: f"{PREFIX}STRIPE_WEBHOOK_SECRETS",
    MessageEndpoint.STRIPE_CONNECT: f"{PREFIX}STRIPE_CONNECT_WEBHOOK_SECRETS",
    MessageEndpoint.CLERK: f"{PREFIX}CLERK_WEBHOOK_SECRETS",
}
"""The variables of the signing secrets."""
CAUSES = {
    RefusalCause.CLOCK: SET_CLOCK,
    RefusalCause.SECRET: "see that {variable} holds the signing secret of the endpoint "
    "/webhooks/{endpoint}, as the sender's dashboard shows it",
}
"""What to do about refused messages; what is no such message at all may come from anybody."""
MOST_SHOWN = 100
"""Listings of which the currencies are told."""
MOST_EXAMINED = 100_000
"""Records of each kind that are read."""
MOST_NAMED = 5
"""Corrupt records that are named."""
TRIES = 3
"""How often a ticket is written that somebody else's probe forgets before it is read."""


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


def write_store(container: Container) -> None:
    """Write a ticket that has long expired, and forget it."""
    uploads = container.uploads()
    ticket = _ticket(container, f"upl_ready_{secrets.token_hex(8)}")
    uploads.add(ticket)
    uploads.forget(ticket.expires_at + timedelta(milliseconds=1))


def try_store(container: Container) -> str:
    """See that it is prepared; write a ticket that has long expired, read it, and forget it."""
    check_prepared(container)
    uploads = container.uploads()
    for _ in range(TRIES):
        ticket = _ticket(container, f"upl_doctor_{secrets.token_hex(8)}")
        uploads.add(ticket)
        with suppress(NotFound):
            uploads.get(ticket.id)
            break
    else:
        raise Unavailable("store")
    uploads.forget(ticket.expires_at + timedelta(milliseconds=1))
    return f"{container.settings().store}, written and read"


def try_currency(container: Container) -> str | Warned:
    """See that what is for sale is priced in the marketplace's currency, or was in one before."""
    settings = container.settings()
    currency, before = settings.policy.currency, settings.currencies_before
    others = container.automations().in_other_currencies(currency, MOST_SHOWN)
    if not others:
        return f"everything for sale is priced in {currency}"
    strange = sorted({each.listing.price.currency for each in others})
    count = f"{len(others)} listings" if len(others) < MOST_SHOWN else f"{MOST_SHOWN} or more"
    said = f"of what is for sale, {count} are priced in {' and '.join(strange)}"
    named = f"{said}, such as {others[0].id}"
    if not set(strange) <= set(before):
        raise InvalidValue(f"{PREFIX}POLICY_CURRENCY", f"is {currency}, and {named}")
    remedy = f"ask their sellers for a price in {currency}; nobody can buy them until then"
    return Warned(named, remedy)


def try_records(container: Container) -> str:
    """Read every record of the store, as far as that is done in reasonable time."""
    package = container.settings().store.value
    database = container.database() if package == Store.SQLITE else container.mongo()
    count, corrupt = 0, []
    for record in import_adapter(f"{package}.examination").examine(database, MOST_EXAMINED):
        count += 1
        if record is not None:
            corrupt.append(f"{record.kind} {record.id}")
    if not corrupt:
        return f"{count} records of the store can be read"
    more = f" and {len(corrupt) - MOST_NAMED} more" if len(corrupt) > MOST_NAMED else ""
    named = ", ".join(corrupt[:MOST_NAMED])
    raise InvalidValue("store", f"{len(corrupt)} records cannot be read: {named}{more}")


def try_files(container: Container) -> str:
    """Write pending bytes, always under the same key, see their facts, keep them and read them."""
    files, ticket = container.files(), _ticket(container)
    files.receive(ticket, CONTENT)
    stat = files.stat(ticket.pending_key)
    kept = files.keep(ticket)
    read = files.read(kept.key, len(CONTENT))
    if stat is None or not ticket.matches(stat) or read != CONTENT:
        raise Unavailable("file store")
    settings = container.settings()
    said = f"{settings.files}, written and read"
    return f"{said}; {_as_browsers(container, kept)}" if settings.files == FileStore.S3 else said


def _as_browsers(container: Container, kept: StoredFile) -> str:
    """Open a link, and ask whether the site's pages may send uploads."""
    probe, site = import_adapter("s3.probe"), origin(container.settings().site_url)
    link = container.files().link(kept, container.clock()() + LINK_LIFETIME)
    if probe.fetch(link.url) != CONTENT:
        raise Refused("file store")
    if not probe.admits(container.bucket(), site):
        raise Unprepared(f"{PREFIX}S3_BUCKET", f"lets no page of {site} send an upload")
    return f"a link opens, and pages of {site} may upload"


def try_rules(container: Container) -> str:
    """See that the bucket cleans up and encrypts, as far as the keys may see it."""
    settings = container.settings()
    rules = import_adapter("s3.rules").rules_of(container.bucket(), origin(settings.site_url))
    found = [one for one in rules if one.kind != "cors"]
    missing = [one.kind for one in found if not (one.existed or one.refusal)]
    unseen = [one.kind for one in found if one.refusal]
    if missing:
        raise Unprepared(f"{PREFIX}S3_BUCKET", f"lacks its rules of {' and '.join(missing)}")
    if unseen:
        return f"these keys may not see its rules of {' and '.join(unseen)}; 'koda init' shows them"
    return "it cleans up and encrypts"


def try_cache(container: Container) -> str:
    """Write, read by a script and forget a key; without Redis the site is only slower."""
    try:
        container.redis().probe(container.settings().redis.prefix)
    except Unavailable as error:
        raise type(error)(f"Redis server ({error.__cause__})") from error
    return "redis, written and read; rate limits are shared"


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
    health = container.message_health()
    found = [health.standing(each) for each in container.settings().message_endpoints]
    said = "; ".join(f"{standing.endpoint}: {standing}" for standing in found)
    remedies = [
        remedy.format(endpoint=standing.endpoint, variable=SECRETS_OF[standing.endpoint])
        for standing in found
        for cause, remedy in CAUSES.items()
        if cause in standing.by_cause
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
    container.people_events()
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


def _ticket(container: Container, upload_id: str = "upl_doctor") -> UploadTicket:
    return UploadTicket(
        UploadId(upload_id),
        UserId("user_doctor"),
        FileKind.ARTIFACT,
        "doctor.json",
        "application/json",
        len(CONTENT),
        hashlib.sha256(CONTENT).hexdigest(),
        container.clock()() - LONG_AGO,
    )
