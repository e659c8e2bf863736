"""Trying every configured service: what `koda doctor` does."""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import timedelta
from urllib.parse import urlsplit

from attrs import frozen

from koda.domain.model.errors import (
    AlreadyExists,
    InvalidValue,
    KodaError,
    NotAuthenticated,
    NotFound,
    Unavailable,
)
from koda.domain.model.identifiers import AccountId, UploadId, UserId
from koda.domain.model.uploads import FileKind, UploadTicket
from koda.entrypoints.container import Container, check_prepared, close, make_container
from koda.entrypoints.embedded import last_port, leading_to
from koda.entrypoints.settings import (
    PREFIX,
    Cache,
    IdentityProvider,
    PaymentProvider,
    Settings,
)
from koda.sandbox.control import SandboxControl, SandboxError
from koda.sandbox.embedded import Sandbox

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
CONTENT = b"{}"
NO_PAYMENTS = "payments off: one is recorded only when its buyer comes back"
NO_ACCOUNTS = "sellers' accounts off: a change is seen only when the seller asks"

REMEDIES: Mapping[str, str] = {
    "settings": "correct the variable; 'koda settings' says what each one takes",
    "site": "set KODA_SITE_URL to the https address that visitors use",
    "store": "see that KODA_DATA is a directory on a disk with room that this user can write",
    "store mongo": "run 'koda init' if it is not prepared; else see that KODA_MONGO_URI names the "
    "servers, that this machine reaches them, and that the user may read and write the database",
    "files": "see that KODA_DATA is a directory on a disk with room that this user can write",
    "files s3": "see that KODA_S3_BUCKET is in KODA_S3_REGION, that this machine reaches it, and "
    "that the keys may get, put, copy and delete its objects and list the bucket",
    "cache": "see that KODA_REDIS_URL leads to a Redis which answers this machine within 50 ms and "
    "lets Koda run scripts, and write keys that begin with KODA_REDIS_PREFIX",
    "payments": "see that KODA_STRIPE_SECRET_KEY is the platform's, may read Checkout Sessions "
    "and accounts, and that this machine reaches Stripe",
    "webhooks": "copy the signing secrets of both endpoints from Stripe's dashboard",
    "identity": "see that KODA_CLERK_PUBLIC_KEY is the instance's, or that this machine reaches "
    "KODA_CLERK_JWKS_URL",
    "people": "copy the signing secret of the endpoint for users from Clerk's dashboard",
    "sandbox": "start it with 'koda sandbox', or leave KODA_SANDBOX_URL out",
}


@frozen
class Finding:
    """What came of trying a service; `error` is missing if all is well.

    `adapter` is the chosen one, as its setting names it, where there is a choice.
    """

    service: str
    detail: str
    error: KodaError | None = None
    adapter: str = ""

    @property
    def remedy(self) -> str:
        """What to do, if anything."""
        particular = f"{self.service} {self.adapter}"
        return REMEDIES.get(particular, REMEDIES[self.service]) if self.error else ""


def examine(settings: Settings) -> Iterator[Finding]:
    """Try every service that `settings` choose; a finding each, in the order of the start.

    Without Stripe and Clerk configured, the sandbox of a running 'koda serve' is asked, or else one
    that is started for the purpose and forgotten.
    """
    with _complete(settings) as complete:
        found = _tried("settings", lambda: _settle(complete))
        yield found
        if found.error is None:
            container = make_container(complete)
            for service, check in _checks(container).items():
                yield _tried(service, check, str(getattr(complete, service, "")))
            close(container)


def _settle(settings: Settings) -> str:
    settings.check()
    return "they fit one another"


@contextmanager
def _complete(settings: Settings) -> Iterator[Settings]:
    if not settings.embedded:
        yield settings
        return
    for port in last_port(settings.data):
        running = _running(settings, port)
        if running is not None:
            yield running
            return
    with Sandbox.start() as sandbox:
        yield leading_to(settings, sandbox)


def _running(settings: Settings, port: int) -> Settings | None:
    """The settings that lead to the sandbox at `port` of this machine, if there is one."""
    try:
        return leading_to(settings, SandboxControl(f"http://127.0.0.1:{port}"))
    except Unavailable:
        return None


def _tried(service: str, check: Callable[[], str], adapter: str = "") -> Finding:
    try:
        return Finding(service, check(), adapter=adapter)
    except KodaError as error:
        return Finding(service, str(error), error, adapter)


def _checks(container: Container) -> Mapping[str, Callable[[], str]]:
    settings = container.settings()
    checks = {
        "site": lambda: _site(settings),
        "store": lambda: _store(container),
        "files": lambda: _files(container),
    }
    if settings.cache == Cache.REDIS:
        checks["cache"] = lambda: _cache(container)
    checks["payments"] = lambda: _payments(container)
    if settings.payments == PaymentProvider.STRIPE:
        checks["webhooks"] = lambda: _webhooks(settings)
    if settings.identity == IdentityProvider.CLERK:
        checks["identity"] = lambda: _identity(container)
        checks["people"] = lambda: _people(container)
    if settings.sandboxed:
        checks["sandbox"] = lambda: _sandbox(settings)
    return checks


def _site(settings: Settings) -> str:
    parts = urlsplit(settings.site_url)
    if parts.scheme != "https" and parts.hostname not in LOOPBACK:
        raise InvalidValue(f"{PREFIX}SITE_URL", "is not https, so that anybody can read along")
    return settings.site_url


def _store(container: Container) -> str:
    """See that it is prepared; write a ticket that has long expired, read it, and forget it."""
    check_prepared(container)
    ticket = _ticket(container)
    uploads = container.uploads()
    with suppress(AlreadyExists):
        uploads.add(ticket)
    uploads.get(ticket.id)
    uploads.forget(ticket.expires_at + timedelta(milliseconds=1))
    return f"{container.settings().store}, written and read"


def _files(container: Container) -> str:
    """Write pending bytes, always under the same key, see their facts, and read them."""
    ticket = _ticket(container)
    files = container.files()
    files.receive(ticket, CONTENT)
    stat = files.stat(ticket.pending_key)
    read = files.read(ticket.pending_key, len(CONTENT))
    if stat is None or not ticket.matches(stat) or read != CONTENT:
        raise Unavailable("file store")
    return f"{container.settings().files}, written and read"


def _cache(container: Container) -> str:
    """Write, read by a script and forget a key; without Redis the site is only slower."""
    try:
        container.redis().probe(container.settings().redis.prefix)
    except Unavailable as error:
        raise Unavailable(f"Redis server ({error.__cause__})") from error
    return "redis, written and read; rate limits are shared"


def _ticket(container: Container) -> UploadTicket:
    return UploadTicket(
        UploadId("upl_doctor"),
        UserId("user_doctor"),
        FileKind.ARTIFACT,
        "doctor.json",
        "application/json",
        len(CONTENT),
        hashlib.sha256(CONTENT).hexdigest(),
        container.clock()() - timedelta(days=3650),
    )


def _payments(container: Container) -> str:
    """Read payments, and an account that does not exist."""
    next(container.payments().recent(container.clock()()), None)
    with suppress(NotFound):
        container.payout_accounts().status(AccountId("acct_doctor"))
    settings = container.settings()
    money = "real money moves" if settings.live else "no money moves"
    return f"{settings.payments} accepts the key; {money}"


def _webhooks(settings: Settings) -> str:
    """Say how many secrets each endpoint has, and what it means that one is off."""
    own, connected = settings.stripe.webhook_secrets, settings.stripe.connect_webhook_secrets
    payments = f"{len(own)} signing secret(s) for payments" if own else NO_PAYMENTS
    accounts = f"{len(connected)} for sellers' accounts" if connected else NO_ACCOUNTS
    return f"{payments}, {accounts}"


def _identity(container: Container) -> str:
    with suppress(NotAuthenticated):
        container.clerk_keys()("doctor")
    return f"{container.settings().clerk.issuer}, public key found"


def _people(container: Container) -> str:
    container.people_events()
    secrets = len(container.settings().clerk.webhook_secrets)
    if not secrets:
        return "no signing secret: names and deletions at Clerk are not followed"
    return f"{secrets} signing secret(s) for changes of users"


def _sandbox(settings: Settings) -> str:
    try:
        return f"{SandboxControl(settings.sandbox_url).info()['url']} answers"
    except SandboxError as error:
        raise Unavailable("sandbox") from error
