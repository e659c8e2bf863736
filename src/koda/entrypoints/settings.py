"""What a marketplace is told from outside: one variable a setting, all of them optional."""

import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

from attrs import asdict, field, frozen
from typed_settings.types import SecretStr

from koda.domain.model.errors import InvalidValue
from koda.domain.model.policy import Policy

PREFIX = "KODA_"
LIVE_KEYS = ("sk_live_", "rk_live_")
"""How Stripe's live secret and restricted keys begin."""
SHORTEST_SECRET = 32
NO_SECRET = SecretStr("")


class Store(StrEnum):
    """Where entities are kept."""

    SQLITE = "sqlite"
    MEMORY = "memory"


class FileStore(StrEnum):
    """Where files lie."""

    DIRECTORY = "directory"
    MEMORY = "memory"


class Cache(StrEnum):
    """What keeps the catalogue's answers.

    `sqlite` keeps them in memory, and every process of the machine invalidates all of them
    through the store's file.
    """

    SQLITE = "sqlite"
    MEMORY = "memory"


class PaymentProvider(StrEnum):
    """Who takes the money."""

    STRIPE = "stripe"
    MEMORY = "memory"


class IdentityProvider(StrEnum):
    """Who says who is who."""

    CLERK = "clerk"
    MEMORY = "memory"


class NoticeChannel(StrEnum):
    """How users are told."""

    CONSOLE = "console"
    MEMORY = "memory"


@frozen
class StripeSettings:
    """`KODA_STRIPE_…`: keys of the Stripe account; several webhook secrets while one is rolled."""

    secret_key: SecretStr = NO_SECRET
    webhook_secrets: tuple[SecretStr, ...] = ()
    connect_webhook_secrets: tuple[SecretStr, ...] = ()


@frozen
class ClerkSettings:
    """`KODA_CLERK_…`: who issues session tokens, and the key that proves it.

    `public_key` is a PEM; without it the key set at `jwks_url` is read. `secret_key` is needed by
    a sandboxed site alone, to sign its sample people in.
    """

    issuer: str = ""
    public_key: str = ""
    jwks_url: str = ""
    authorized_parties: tuple[str, ...] = ()
    secret_key: SecretStr = NO_SECRET


@frozen
class LimitSettings:
    """`KODA_LIMITS_…`: how often one caller may do a thing, such as `30/minute`."""

    checkout: str = "30/minute"
    download: str = "60/minute"
    upload: str = "60/minute"
    onboarding: str = "10/minute"
    sign_in: str = "30/minute"

    @property
    def rates(self) -> Mapping[str, str]:
        """The limits by action."""
        return asdict(self)


@frozen
class Settings:
    """All settings. With none set, Koda is embedded: one machine, nothing to install."""

    store: Store = Store.SQLITE
    files: FileStore = FileStore.DIRECTORY
    cache: Cache = Cache.SQLITE
    payments: PaymentProvider = PaymentProvider.STRIPE
    identity: IdentityProvider = IdentityProvider.CLERK
    notices: NoticeChannel = NoticeChannel.CONSOLE
    data: Path = Path("koda-data")
    site_url: str = "http://127.0.0.1:8000"
    sandbox_url: str = ""
    secret_key: SecretStr = NO_SECRET
    admins: tuple[str, ...] = ()
    policy: Policy = field(factory=Policy)
    limits: LimitSettings = field(factory=LimitSettings)
    stripe: StripeSettings = field(factory=StripeSettings)
    clerk: ClerkSettings = field(factory=ClerkSettings)

    @property
    def database(self) -> Path:
        """The file of the SQLite store."""
        return self.data / "koda.sqlite"

    @property
    def files_directory(self) -> Path:
        """The directory of the file store."""
        return self.data / "files"

    @property
    def secret(self) -> bytes:
        """The key that signs links and sessions; made once in the data directory if not set."""
        return self.secret_key.encode() or _own_secret(self.data / "secret-key")

    @property
    def live(self) -> bool:
        """Whether real money moves."""
        return self.stripe.secret_key.startswith(LIVE_KEYS)

    @property
    def sandboxed(self) -> bool:
        """Whether Stripe and Clerk are those of the sandbox."""
        return bool(self.sandbox_url)

    def check(self) -> "Settings":
        """Return the settings if a marketplace can start with them.

        Raises:
            InvalidValue: names the first variable that is wrong, missing or does not fit another.
        """
        for name, wrong, problem in self._faults():
            if wrong:
                raise InvalidValue(PREFIX + name, problem)
        return self

    def _faults(self) -> Iterator[tuple[str, bool, str]]:
        stripe, clerk = (
            self.payments == PaymentProvider.STRIPE,
            self.identity == IdentityProvider.CLERK,
        )
        parts = urlsplit(self.site_url)
        whole = parts.scheme in ("http", "https") and bool(parts.hostname) and not parts.query
        yield "SITE_URL", not whole, "must be an address such as https://koda.example"
        short = 0 < len(self.secret_key) < SHORTEST_SECRET
        yield "SECRET_KEY", short, f"must have at least {SHORTEST_SECRET} characters"
        yield (
            "SANDBOX_URL",
            self.sandboxed and self.live,
            "and a live Stripe key exclude each other",
        )
        yield "STRIPE_SECRET_KEY", stripe and not self.stripe.secret_key, "must be set"
        hooked = bool(self.stripe.webhook_secrets) or not stripe
        yield "STRIPE_WEBHOOK_SECRETS", not hooked, "must be set, or no payment is ever recorded"
        insecure = self.live and parts.scheme != "https"
        yield "SITE_URL", insecure, "must be https with a live Stripe key"
        keyed = bool(self.clerk.public_key or self.clerk.jwks_url)
        yield "CLERK_ISSUER", clerk and not self.clerk.issuer, "must be set"
        yield "CLERK_PUBLIC_KEY", clerk and not keyed, "or KODA_CLERK_JWKS_URL must be set"
        shared = self.cache == Cache.SQLITE and self.store != Store.SQLITE
        yield "CACHE", shared, "can be sqlite only where KODA_STORE is sqlite, too"


def _own_secret(path: Path) -> bytes:
    """Read the secret at `path`, made by whichever process comes first."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with suppress(FileExistsError):
        fresh = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_urlsafe(SHORTEST_SECRET))
        try:
            os.link(fresh, path)
        finally:
            fresh.unlink()
    return path.read_bytes()
