"""What each service is told: the settings that share the beginning of their variables."""

from collections.abc import Mapping

from attrs import asdict, field, frozen
from typed_settings.types import SecretStr

from koda.domain.model.validation import integer, pattern
from koda.entrypoints.settings.choices import MailSecurity

NO_SECRET = SecretStr("")


@frozen
class MongoSettings:
    """`KODA_MONGO_…`: the address of the servers, user and password included, and the database."""

    uri: SecretStr = NO_SECRET
    database: str = field(
        default="koda",
        validator=pattern("[A-Za-z0-9_-]{1,38}", "must be letters, digits, - or _, at most 38"),
    )


@frozen
class StripeSettings:
    """`KODA_STRIPE_…`: keys of the Stripe account; several webhook secrets while one is rolled.

    No webhook secrets at all (`()`) switch the endpoint off on purpose; `None` is an oversight.
    `country` is the account's own, which decides where sellers can be paid.
    """

    secret_key: SecretStr = NO_SECRET
    webhook_secrets: tuple[SecretStr, ...] | None = None
    connect_webhook_secrets: tuple[SecretStr, ...] | None = None
    country: str = "DE"


@frozen
class ClerkSettings:
    """`KODA_CLERK_…`: who issues session tokens, and the key that proves it.

    `public_key` is a PEM; without it the key set at `jwks_url` is read. With a `publishable_key`
    people sign in on pages of the site, at `sign_in_url` without scripts. `secret_key` signs the
    sample people of a sandboxed site in; elsewhere it ends sessions at Clerk without scripts.
    Several webhook secrets while one is rolled; with none, Clerk's messages are not taken.
    """

    issuer: str = ""
    public_key: str = ""
    jwks_url: str = ""
    authorized_parties: tuple[str, ...] = ()
    secret_key: SecretStr = NO_SECRET
    webhook_secrets: tuple[SecretStr, ...] = ()
    publishable_key: str = ""
    sign_in_url: str = ""


@frozen
class S3Settings:
    """`KODA_S3_…`: the bucket; without keys, boto3 finds credentials in its own places."""

    bucket: str = ""
    region: str = ""
    endpoint: str = ""
    access_key: str = ""
    secret_key: SecretStr = NO_SECRET


@frozen
class RedisSettings:
    """`KODA_REDIS_…`: the server, and what every key of this marketplace begins with."""

    url: SecretStr = NO_SECRET
    prefix: str = field(
        default="koda",
        validator=pattern("[A-Za-z0-9_.-]{1,40}", "must be 1 to 40 letters, digits or _ . -"),
    )


@frozen
class SmtpSettings:
    """`KODA_SMTP_…`: the mail server, how to sign in to it, and who writes."""

    host: str = ""
    port: int = field(default=587, validator=integer(1, 65_535))
    security: MailSecurity = MailSecurity.STARTTLS
    user: str = ""
    password: SecretStr = NO_SECRET
    sender: str = ""
    reply_to: str = ""


def _limit(default: str) -> str:
    limit: str = field(
        default=default,
        validator=pattern(
            "[1-9][0-9]{0,8}/([1-9][0-9]{0,3} )?(second|minute|hour|day)",
            "must be a limit such as 30/minute",
        ),
    )
    return limit


@frozen
class LimitSettings:
    """`KODA_LIMITS_…`: how often one caller may do a thing, such as `30/minute` or `1/5 second`.

    `search` and `preview` count each search that the cache does not answer, and each picture;
    `payment_look` is how often the provider is asked about one open order, whoever looks at it.
    """

    checkout: str = _limit("30/minute")
    download: str = _limit("60/minute")
    upload: str = _limit("60/minute")
    submit: str = _limit("60/minute")
    onboarding: str = _limit("20/minute")
    sign_in: str = _limit("30/minute")
    search: str = _limit("240/minute")
    preview: str = _limit("1200/minute")
    payment_look: str = _limit("1/3 second")

    @property
    def rates(self) -> Mapping[str, str]:
        """The limits by action."""
        return asdict(self)
