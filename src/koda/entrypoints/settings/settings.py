"""What a marketplace is told from outside: one variable a setting, all of them optional."""

import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from urllib.parse import urlsplit

from attrs import field, frozen
from typed_settings.types import SecretStr

from koda.adapters.clerk.publishable_key import PublishableKey
from koda.domain.model.errors import InvalidValue
from koda.domain.model.policy import Policy
from koda.domain.model.sizes import MEBIBYTE
from koda.entrypoints.settings.choices import (
    Cache,
    FileStore,
    IdentityProvider,
    LogFormat,
    MailSecurity,
    NoticeChannel,
    PaymentProvider,
    PictureMaker,
    Store,
    WebhookEndpoint,
)
from koda.entrypoints.settings.data_directory import own_secret
from koda.entrypoints.settings.loopback import OPEN_HOST, OPEN_SITE, SURE, is_loopback
from koda.entrypoints.settings.service_settings import (
    NO_SECRET,
    ClerkSettings,
    LimitSettings,
    MongoSettings,
    RedisSettings,
    S3Settings,
    SmtpSettings,
    StripeSettings,
)
from koda.entrypoints.settings.signing import derived, fault_of

PREFIX = "KODA_"
LIVE_KEYS = ("sk_live_", "rk_live_")
"""How Stripe's live secret and restricted keys begin."""
SERVER_KEYS = ("sk_", "rk_")
"""How Stripe's secret and restricted keys begin; a publishable one begins otherwise."""
NO_PATH = (
    "must have no path, since 'koda serve' answers at the root of a host; to serve the marketplace "
    "below a path, mount koda_blueprint in an application of yours"
)
MONGO_SCHEMES = ("mongodb://", "mongodb+srv://")
MOST_PROXIES = 9
MOST_PROCESSES = 1024
LEAST_CACHE = MEBIBYTE
MOST_CACHE = 1024 * MEBIBYTE

_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_WITHOUT = "set it to nothing to go without"
_COUNTRY = re.compile(r"[A-Z]{2}")
_CURRENCY = re.compile(r"[A-Z]{3}")
_HOST = re.compile(r"[A-Za-z0-9.:-]{1,253}")
_REGION = re.compile(r"[a-z0-9-]{1,40}")

Fault = tuple[str, bool, str]
"""A variable without its prefix, whether it is wrong, and what to do about it."""


def _bare(url: str) -> str:
    return url.rstrip("/")


@frozen
class Settings:
    """All settings. With none set, Koda is embedded: one machine, nothing to install."""

    store: Store = Store.SQLITE
    files: FileStore = FileStore.DIRECTORY
    pictures: PictureMaker = PictureMaker.PILLOW
    cache: Cache = Cache.SQLITE
    payments: PaymentProvider = PaymentProvider.STRIPE
    identity: IdentityProvider = IdentityProvider.CLERK
    notices: NoticeChannel = NoticeChannel.CONSOLE
    data: Path = Path("koda-data")
    site_url: str = field(default="http://127.0.0.1:8000", converter=_bare)
    proxies: int = 0
    processes: int = 1
    cache_bytes: int = 32 * MEBIBYTE
    sandbox_url: str = field(default="", converter=_bare)
    sandbox_public: str = ""
    secret: SecretStr = NO_SECRET
    secret_before: SecretStr = NO_SECRET
    admins: tuple[str, ...] = ()
    currencies_before: tuple[str, ...] = ()
    log_format: LogFormat = LogFormat.CONSOLE
    policy: Policy = field(factory=Policy)
    limits: LimitSettings = field(factory=LimitSettings)
    stripe: StripeSettings = field(factory=StripeSettings)
    clerk: ClerkSettings = field(factory=ClerkSettings)
    s3: S3Settings = field(factory=S3Settings)
    redis: RedisSettings = field(factory=RedisSettings)
    mongo: MongoSettings = field(factory=MongoSettings)
    smtp: SmtpSettings = field(factory=SmtpSettings)

    @property
    def database(self) -> Path:
        """The file of the SQLite store."""
        return self.data / "koda.sqlite"

    @property
    def files_directory(self) -> Path:
        """The directory of the file store."""
        return self.data / "files"

    def signing_keys(self, purpose: str) -> tuple[bytes, ...]:
        """Return the keys of one purpose, of 32 bytes each: the first signs, all of them verify.

        They are derived of the secret, which is made in the data directory if it is not set, and
        of the one before it, if that is told.

        Raises:
            InvalidValue: a secret is easy to guess, or that of the data directory cannot be made.
        """
        _refuse(self._secret_faults())
        secrets = [self.secret.encode() or own_secret(self.data)]
        if self.secret_before:
            secrets.append(self.secret_before.encode())
        return tuple(derived(secret, purpose) for secret in secrets)

    @property
    def live(self) -> bool:
        """Whether real money moves."""
        return self.stripe.secret_key.startswith(LIVE_KEYS)

    @property
    def sandboxed(self) -> bool:
        """Whether Stripe and Clerk are those of the sandbox."""
        return bool(self.sandbox_url)

    @property
    def authorized_parties(self) -> tuple[str, ...]:
        """The origins whose sign-ins are taken: those told, or else the site's own."""
        return self.clerk.authorized_parties or (origin(self.site_url),)

    @property
    def party_required(self) -> bool:
        """Whether a session must name its origin; a sandboxed site signs programs in, too."""
        return not self.sandboxed

    def check_sandbox(self, address: str = "127.0.0.1") -> None:
        """Refuse a sandbox, where anybody signs in as anybody, for more than this machine.

        `address` is what the site listens on, where that is known.

        Raises:
            InvalidValue: names the variable or option that lets others in.
        """
        due = self.sandboxed or self.embedded
        if due and not (is_loopback(address) or self.sandbox_public):
            raise InvalidValue("--host", OPEN_HOST.format(address))
        _refuse(chain(self._address_faults(), self._sandbox_faults()))

    def check_root(self) -> None:
        """Refuse an address that is not of a site at the root of its host.

        Raises:
            InvalidValue: it has a path, or cannot be read.
        """
        _refuse(self._address_faults())
        if urlsplit(self.site_url).path:
            raise InvalidValue(f"{PREFIX}SITE_URL", NO_PATH)

    @property
    def renews_sessions(self) -> bool:
        """Whether sessions are Clerk's own, whose tokens last a minute and are renewed."""
        told = self.clerk.publishable_key or not self.sandboxed
        return self.identity == IdentityProvider.CLERK and bool(told)

    @property
    def webhook_endpoints(self) -> tuple[str, ...]:
        """The endpoints that take messages: those whose signing secrets are known."""
        without_stripe = self.payments != PaymentProvider.STRIPE
        without_clerk = self.identity != IdentityProvider.CLERK
        taken = {
            WebhookEndpoint.STRIPE: without_stripe or self.stripe.webhook_secrets,
            WebhookEndpoint.STRIPE_CONNECT: without_stripe or self.stripe.connect_webhook_secrets,
            WebhookEndpoint.CLERK: without_clerk or self.clerk.webhook_secrets,
        }
        return tuple(endpoint.value for endpoint, secrets in taken.items() if secrets)

    @property
    def embedded(self) -> bool:
        """Whether Stripe and Clerk are chosen and nothing is said of where: a sandbox is due."""
        chosen = (PaymentProvider.STRIPE, IdentityProvider.CLERK)
        told = self.stripe.secret_key or self.clerk.issuer or self.sandbox_url
        return chosen == (self.payments, self.identity) and not told

    @property
    def currency_changed(self) -> bool:
        """Whether listings may be priced in another currency than the policy's."""
        return bool(self.currencies_before)

    @property
    def shared(self) -> bool:
        """Whether several processes that have these settings are one marketplace."""
        kept = (self.store, self.files, self.cache, self.payments, self.identity)
        return "memory" not in kept

    def check(self) -> "Settings":
        """Return the settings if a marketplace can start with them.

        Raises:
            InvalidValue: names the first variable that is wrong, missing or does not fit another.
        """
        faults_of = (
            self._address_faults,
            self._site_faults,
            self._sandbox_faults,
            self._secret_faults,
            self._s3_faults,
            self._smtp_faults,
            self._stripe_faults,
            self._clerk_faults,
        )
        for find in faults_of:
            _refuse(find())
        return self

    def _site_faults(self) -> Iterator[Fault]:
        many = f"must be the number of proxies before the site, at most {MOST_PROXIES}"
        yield "PROXIES", self.proxies not in range(MOST_PROXIES + 1), many
        alone = self.processes not in range(1, MOST_PROCESSES + 1)
        yield "PROCESSES", alone, f"must be a number of processes, 1 to {MOST_PROCESSES}"
        cramped = not LEAST_CACHE <= self.cache_bytes <= MOST_CACHE
        yield "CACHE_BYTES", cramped, f"must be between {LEAST_CACHE} and {MOST_CACHE} bytes"
        unknown = not all(map(_CURRENCY.fullmatch, self.currencies_before))
        yield "CURRENCIES_BEFORE", unknown, "must be currencies, such as USD,GBP"
        apart = self.cache == Cache.SQLITE and self.store != Store.SQLITE
        yield "CACHE", apart, "can be sqlite only where KODA_STORE is sqlite, too"
        unreachable = not self.redis.url.startswith(("redis://", "rediss://"))
        missing = self.cache == Cache.REDIS and unreachable
        yield "REDIS_URL", missing, "must be set, as redis://… or rediss://…"
        nowhere = self.store == Store.MONGO and not self.mongo.uri.startswith(MONGO_SCHEMES)
        yield "MONGO_URI", nowhere, "must be set, as mongodb://… or mongodb+srv://…"

    def _address_faults(self) -> Iterator[Fault]:
        yield "SITE_URL", not _is_address(self.site_url), "must be like https://koda.example"

    def _sandbox_faults(self) -> Iterator[Fault]:
        misled = self.sandboxed and not _is_address(self.sandbox_url)
        yield "SANDBOX_URL", misled, "must be like http://127.0.0.1:8001"
        both = self.sandboxed and self.live
        yield "SANDBOX_URL", both, "and a live Stripe key exclude each other; remove one"
        away = self.sandboxed and not is_loopback(urlsplit(self.sandbox_url).hostname)
        yield "SANDBOX_URL", away, "must be on this machine, such as http://127.0.0.1:8001"
        due = self.sandboxed or self.embedded
        yield "SITE_URL", due and not is_loopback(urlsplit(self.site_url).hostname), OPEN_SITE
        unsure = self.sandbox_public not in {"", SURE}
        yield "SANDBOX_PUBLIC", unsure, f"must be {SURE}, or be left out"

    def _secret_faults(self) -> Iterator[Fault]:
        for name, secret in (("SECRET", self.secret), ("SECRET_BEFORE", self.secret_before)):
            weak = fault_of(str.__str__(secret)) if secret else ""
            yield name, bool(weak), weak
        lone = bool(self.secret_before) and not self.secret
        yield "SECRET_BEFORE", lone, "goes with KODA_SECRET, the new one"

    def _s3_faults(self) -> Iterator[Fault]:
        if self.files != FileStore.S3:
            return
        s3 = self.s3
        yield "S3_BUCKET", not _BUCKET.fullmatch(s3.bucket), "must be set: the bucket's name"
        yield "S3_REGION", not _REGION.fullmatch(s3.region), "must be set, such as eu-central-1"
        misled = bool(s3.endpoint) and not _is_address(s3.endpoint)
        yield "S3_ENDPOINT", misled, "must be like https://s3.koda.example"
        half = "goes with KODA_S3_SECRET_KEY; set both, or neither and let boto3 find credentials"
        yield "S3_ACCESS_KEY", bool(s3.access_key) != bool(s3.secret_key), half
        mixed = self.site_url.startswith("https://") and s3.endpoint.startswith("http://")
        yield "S3_ENDPOINT", mixed, "must be https, as the site is: browsers refuse the mixture"

    def _smtp_faults(self) -> Iterator[Fault]:
        if self.notices != NoticeChannel.SMTP:
            return
        smtp = self.smtp
        yield "SMTP_HOST", not _HOST.fullmatch(smtp.host), "must be set, such as smtp.koda.example"
        half = "goes with KODA_SMTP_PASSWORD; set both, or neither"
        yield "SMTP_USER", bool(smtp.user) != bool(smtp.password), half
        bare = bool(smtp.password) and smtp.security == MailSecurity.NONE
        yield "SMTP_SECURITY", bare, "must be starttls or tls where a password is sent"
        yield "SMTP_SENDER", not smtp.sender, "must be set, as Koda <receipts@koda.example>"

    def _stripe_faults(self) -> Iterator[Fault]:
        if self.payments != PaymentProvider.STRIPE:
            return
        stripe = self.stripe
        yield "STRIPE_SECRET_KEY", not stripe.secret_key, "must be set"
        foreign = not stripe.secret_key.startswith(SERVER_KEYS)
        yield "STRIPE_SECRET_KEY", foreign, "must be a secret key: it begins with sk_ or rk_"
        homeless = not _COUNTRY.fullmatch(stripe.country)
        yield "STRIPE_COUNTRY", homeless, "must be a country's two letters, such as DE"
        unpaid = f"must be set, or only buyers who come back have what they paid for; {_WITHOUT}"
        yield "STRIPE_WEBHOOK_SECRETS", stripe.webhook_secrets is None, unpaid
        unseen = f"must be set, or restricted sellers go on selling; {_WITHOUT}"
        missing = stripe.connect_webhook_secrets is None
        yield "STRIPE_CONNECT_WEBHOOK_SECRETS", missing, unseen
        insecure = self.live and not self.site_url.startswith("https://")
        yield "SITE_URL", insecure, "must be https with a live Stripe key"

    def _clerk_faults(self) -> Iterator[Fault]:
        if self.identity != IdentityProvider.CLERK:
            return
        clerk = self.clerk
        yield "CLERK_ISSUER", not _is_address(clerk.issuer), "must be set, as https://…"
        for name, url in (("CLERK_ISSUER", clerk.issuer), ("CLERK_JWKS_URL", clerk.jwks_url)):
            read_along = self.live and url.startswith("http://")
            yield name, read_along, "must be https with a live Stripe key"
        yield (
            "CLERK_PUBLIC_KEY",
            not (clerk.public_key or clerk.jwks_url),
            "or KODA_CLERK_JWKS_URL must be set",
        )
        opaque = bool(clerk.public_key) and "-----BEGIN PUBLIC KEY-----" not in clerk.public_key
        yield "CLERK_PUBLIC_KEY", opaque, "must be a PEM: -----BEGIN PUBLIC KEY----- and so on"
        lost = bool(clerk.jwks_url) and not _is_address(clerk.jwks_url)
        yield "CLERK_JWKS_URL", lost, "must be an address such as https://…/.well-known/jwks.json"
        pages = self.sandboxed or clerk.publishable_key or clerk.sign_in_url
        yield "CLERK_SIGN_IN_URL", not pages, "or KODA_CLERK_PUBLISHABLE_KEY must be set"
        wrong = bool(clerk.sign_in_url) and not _is_address(clerk.sign_in_url)
        yield "CLERK_SIGN_IN_URL", wrong, "must be like https://accounts.koda.example/sign-in"
        locked = self.sandboxed and not clerk.secret_key
        yield "CLERK_SECRET_KEY", locked, "must be set to sign people in at the sandbox"
        if clerk.publishable_key:
            yield from self._publishable_faults(clerk)

    def _publishable_faults(self, clerk: ClerkSettings) -> Iterator[Fault]:
        name = "CLERK_PUBLISHABLE_KEY"
        try:
            key = PublishableKey.parse(clerk.publishable_key)
        except InvalidValue as error:
            yield name, True, error.problem
            return
        foreign = key.host != urlsplit(clerk.issuer).netloc
        yield name, foreign, "is of another instance than KODA_CLERK_ISSUER"
        yield name, key.live and self.sandboxed, "is of a live instance; the sandbox has its own"
        trial = self.live and not key.live
        yield name, trial, "is of a development instance; a live Stripe key needs a live one"
        kind = "sk_live_" if key.live else "sk_test_"
        mixed = bool(clerk.secret_key) and not clerk.secret_key.startswith(kind)
        yield "CLERK_SECRET_KEY", mixed, f"must begin with {kind}, as the publishable key has it"


def _refuse(faults: Iterator[Fault]) -> None:
    for name, wrong, problem in faults:
        if wrong:
            raise InvalidValue(PREFIX + name, problem)


def origin(url: str) -> str:
    """Return the scheme, host and port of `url`."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        plain = not (parts.query or parts.fragment or parts.username)
        whole = bool(parts.hostname) and parts.port != 0 and not any(map(str.isspace, url))
        return parts.scheme in {"http", "https"} and whole and plain
    except ValueError:
        return False
