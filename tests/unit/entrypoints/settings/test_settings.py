import base64
import stat
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from typed_settings.types import SecretStr

from koda.domain.model.errors import InvalidValue
from koda.entrypoints.backends.chosen import check, is_shared
from koda.entrypoints.backends.clerk import ClerkSettings
from koda.entrypoints.backends.redis import RedisSettings
from koda.entrypoints.backends.s3 import S3Settings
from koda.entrypoints.backends.smtp import MailSecurity, SmtpSettings
from koda.entrypoints.backends.stripe import StripeSettings
from koda.entrypoints.settings.data_directory import own_secret
from koda.entrypoints.settings.service_settings import NO_SECRET
from koda.entrypoints.settings.settings import Settings
from koda.entrypoints.settings.signing import derived
from tests.support.strong import STRONG, STRONG_BEFORE

PEM = "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----\n"
STRIPE = StripeSettings(
    SecretStr("sk_test_1"), (SecretStr("whsec_own"),), (SecretStr("whsec_connect"),)
)
CLERK = ClerkSettings(
    issuer="https://clerk.koda.example",
    public_key=PEM,
    sign_in_url="https://accounts.koda.example/sign-in",
)
HOST = base64.b64encode(b"clerk.koda.example$").decode()
LIVE_KEY, TEST_KEY = f"pk_live_{HOST}", f"pk_test_{HOST}"
COMPLETE = Settings(site_url="https://koda.example").having(STRIPE, CLERK)
SANDBOXED = evolve(
    COMPLETE, site_url="http://127.0.0.1:8000", sandbox_url="http://127.0.0.1:8001"
).having(evolve(CLERK, sign_in_url="", secret_key=SecretStr("sk_test_clerk")))
ROTATED = evolve(COMPLETE, secret=SecretStr(STRONG), secret_before=SecretStr(STRONG_BEFORE))
S3 = S3Settings("koda-files", "eu-central-1")
IN_S3 = evolve(COMPLETE, files="s3").having(S3)
SMTP = SmtpSettings("smtp.koda.example", sender="Koda <receipts@koda.example>")
BY_MAIL = evolve(COMPLETE, notices="smtp").having(SMTP)
MAIL_PASSWORD = SecretStr("letmein")
LIVE = evolve(STRIPE, secret_key=SecretStr("sk_live_1"))


def with_key(key: str, **clerk: Any) -> Settings:
    """Complete settings with a publishable key."""
    return COMPLETE.having(evolve(CLERK, publishable_key=key, **clerk))


@pytest.mark.parametrize(
    "settings",
    [
        COMPLETE,
        SANDBOXED,
        ROTATED,
        COMPLETE.having(LIVE),
        COMPLETE.having(evolve(STRIPE, webhook_secrets=(), country="AU")),
        COMPLETE.having(evolve(STRIPE, connect_webhook_secrets=())),
        with_key(LIVE_KEY, sign_in_url="", secret_key=SecretStr("sk_live_1")),
        with_key(LIVE_KEY).having(LIVE),
        with_key(TEST_KEY),
        IN_S3,
        IN_S3.having(
            evolve(S3, endpoint="https://s3.example", access_key="a", secret_key=SecretStr("b"))
        ),
        evolve(SANDBOXED, files="s3").having(evolve(S3, endpoint="http://127.0.0.1:8333")),
        BY_MAIL,
        BY_MAIL.having(evolve(SMTP, security=MailSecurity.NONE)),
        BY_MAIL.having(evolve(SMTP, user="koda", password=MAIL_PASSWORD)),
    ],
)
def test_complete_settings_pass(settings: Settings) -> None:
    """A production site, a sandboxed one and a live one start."""
    assert check(settings) is settings


@pytest.mark.parametrize(
    ("settings", "name", "problem"),
    [
        (evolve(COMPLETE, site_url="koda.example"), "SITE_URL", "like https://"),
        (evolve(COMPLETE, site_url="ftp://koda.example"), "SITE_URL", "like https://"),
        (evolve(COMPLETE, site_url="https://ko da.example"), "SITE_URL", "like https://"),
        (evolve(COMPLETE, site_url="https://koda.example/?a=b"), "SITE_URL", "like https://"),
        (evolve(COMPLETE, site_url="https://koda.example:x"), "SITE_URL", "like https://"),
        (evolve(COMPLETE, site_url="https://[koda"), "SITE_URL", "like https://"),
        (evolve(COMPLETE, currencies_before=("USD", "pounds")), "CURRENCIES_BEFORE", "USD,GBP"),
        (evolve(COMPLETE, secret=SecretStr("short")), "SECRET", "at least 32 bytes"),
        (evolve(ROTATED, secret_before=SecretStr("s" * 60)), "SECRET_BEFORE", "12 different"),
        (evolve(ROTATED, secret=NO_SECRET), "SECRET_BEFORE", "goes with KODA_SECRET"),
        (evolve(SANDBOXED, sandbox_url="localhost:1"), "SANDBOX_URL", "like http://"),
        (SANDBOXED.having(LIVE), "SANDBOX_URL", "exclude each other"),
        (evolve(SANDBOXED, sandbox_url="http://sandbox:1"), "SANDBOX_URL", "on this machine"),
        (evolve(SANDBOXED, site_url="https://koda.example"), "SITE_URL", "this machine alone"),
        (evolve(SANDBOXED, sandbox_public="yes"), "SANDBOX_PUBLIC", "must be yes-i-know"),
        (evolve(COMPLETE, proxies=-1), "PROXIES", "number of proxies"),
        (evolve(COMPLETE, proxies=10), "PROXIES", "at most 9"),
        (evolve(COMPLETE, processes=0), "PROCESSES", "1 to 1024"),
        (evolve(COMPLETE, processes=1025), "PROCESSES", "1 to 1024"),
        (evolve(COMPLETE, cache_bytes=2**20 - 1), "CACHE_BYTES", "between 1048576 and"),
        (evolve(COMPLETE, cache_bytes=2**30 + 1), "CACHE_BYTES", "and 1073741824 bytes"),
        (evolve(COMPLETE, store="memory"), "CACHE", "only where KODA_STORE is sqlite"),
        (evolve(COMPLETE, cache="redis"), "REDIS_URL", "must be set"),
        (
            evolve(COMPLETE, cache="redis").having(RedisSettings(SecretStr("127.0.0.1:6379"))),
            "REDIS_URL",
            "as redis://",
        ),
        (evolve(COMPLETE, store="mongo"), "CACHE", "only where KODA_STORE is sqlite"),
        (
            evolve(COMPLETE, store="mongo", cache="memory"),
            "MONGO_URI",
            "as mongodb://",
        ),
        (Settings().having(CLERK), "STRIPE_SECRET_KEY", "must be set"),
        (
            COMPLETE.having(LIVE, evolve(CLERK, issuer="http://clerk.koda.example")),
            "CLERK_ISSUER",
            "must be https with a live Stripe key",
        ),
        (
            COMPLETE.having(
                LIVE, evolve(CLERK, public_key="", jwks_url="http://clerk.koda.example/keys")
            ),
            "CLERK_JWKS_URL",
            "must be https with a live Stripe key",
        ),
        (
            COMPLETE.having(evolve(STRIPE, secret_key=SecretStr("pk_test_1"))),
            "STRIPE_SECRET_KEY",
            "begins with sk_ or rk_",
        ),
        (
            COMPLETE.having(evolve(STRIPE, webhook_secrets=None)),
            "STRIPE_WEBHOOK_SECRETS",
            "only buyers who come back have what they paid for",
        ),
        (
            COMPLETE.having(evolve(STRIPE, connect_webhook_secrets=None)),
            "STRIPE_CONNECT_WEBHOOK_SECRETS",
            "restricted sellers go on selling",
        ),
        (
            evolve(COMPLETE, site_url="http://koda.example").having(LIVE),
            "SITE_URL",
            "must be https with a live Stripe key",
        ),
        (Settings().having(STRIPE), "CLERK_ISSUER", "must be set"),
        (
            COMPLETE.having(evolve(CLERK, public_key="")),
            "CLERK_PUBLIC_KEY",
            "or KODA_CLERK_JWKS_URL must be set",
        ),
        (COMPLETE.having(evolve(CLERK, public_key="MIIB")), "CLERK_PUBLIC_KEY", "a PEM"),
        (
            COMPLETE.having(evolve(CLERK, public_key="", jwks_url="keys.json")),
            "CLERK_JWKS_URL",
            "must be an address",
        ),
        (
            COMPLETE.having(evolve(CLERK, sign_in_url="")),
            "CLERK_SIGN_IN_URL",
            "must be set",
        ),
        (
            COMPLETE.having(evolve(CLERK, sign_in_url="https://a.example/?redirect_url=")),
            "CLERK_SIGN_IN_URL",
            "must be like",
        ),
        (with_key("pk_live_x"), "CLERK_PUBLISHABLE_KEY", "must begin with pk_live_ or pk_test_"),
        (
            with_key(LIVE_KEY, issuer="https://clerk.other.example"),
            "CLERK_PUBLISHABLE_KEY",
            "another instance than KODA_CLERK_ISSUER",
        ),
        (
            with_key(TEST_KEY).having(LIVE),
            "CLERK_PUBLISHABLE_KEY",
            "a live Stripe key needs a live one",
        ),
        (
            evolve(
                with_key(LIVE_KEY, secret_key=SecretStr("sk_test_1")),
                site_url="http://127.0.0.2",
                sandbox_url="http://[::1]:1",
            ),
            "CLERK_PUBLISHABLE_KEY",
            "the sandbox has its own",
        ),
        (
            with_key(LIVE_KEY, secret_key=SecretStr("sk_test_1")),
            "CLERK_SECRET_KEY",
            "must begin with sk_live_",
        ),
        (
            with_key(TEST_KEY, secret_key=SecretStr("sk_live_1")),
            "CLERK_SECRET_KEY",
            "must begin with sk_test_",
        ),
        (evolve(COMPLETE, files="s3"), "S3_BUCKET", "must be set"),
        (IN_S3.having(evolve(S3, bucket="a/b")), "S3_BUCKET", "the bucket's name"),
        (IN_S3.having(evolve(S3, region="")), "S3_REGION", "such as eu-central-1"),
        (IN_S3.having(evolve(S3, endpoint="s3.example")), "S3_ENDPOINT", "must be like"),
        (IN_S3.having(evolve(S3, access_key="a")), "S3_ACCESS_KEY", "set both, or neither"),
        (
            IN_S3.having(evolve(S3, secret_key=SecretStr("b"))),
            "S3_ACCESS_KEY",
            "set both, or neither",
        ),
        (
            IN_S3.having(evolve(S3, endpoint="http://s3.example")),
            "S3_ENDPOINT",
            "must be https",
        ),
        (BY_MAIL.having(SmtpSettings()), "SMTP_HOST", "must be set"),
        (BY_MAIL.having(evolve(SMTP, host="smtp://a")), "SMTP_HOST", "such as smtp.koda"),
        (BY_MAIL.having(evolve(SMTP, sender="")), "SMTP_SENDER", "must be set"),
        (BY_MAIL.having(evolve(SMTP, user="koda")), "SMTP_USER", "set both, or neither"),
        (
            BY_MAIL.having(evolve(SMTP, password=MAIL_PASSWORD)),
            "SMTP_USER",
            "set both, or neither",
        ),
        (
            BY_MAIL.having(
                evolve(SMTP, user="koda", password=MAIL_PASSWORD, security=MailSecurity.NONE)
            ),
            "SMTP_SECURITY",
            "where a password is sent",
        ),
        (
            SANDBOXED.having(evolve(CLERK, secret_key=SecretStr(""))),
            "CLERK_SECRET_KEY",
            "must be set",
        ),
    ],
)
def test_what_is_wrong_is_named(settings: Settings, name: str, problem: str) -> None:
    """Each wrong or missing variable stops the start with one sentence that names it."""
    with pytest.raises(InvalidValue) as caught:
        check(settings)

    assert caught.value.field == f"KODA_{name}"
    assert problem in str(caught.value.problem)


def test_services_that_are_not_chosen_need_no_settings() -> None:
    """A marketplace in memory starts without a word about Stripe and Clerk."""
    settings = Settings(payments="memory", identity="memory")

    assert check(settings) is settings


def test_secrets_are_never_printed() -> None:
    """Neither keys nor signing secrets are in what a log or traceback would show."""
    smtp = evolve(SMTP, password=MAIL_PASSWORD)
    settings = evolve(SANDBOXED, secret=SecretStr(STRONG)).having(smtp)

    shown = repr(settings)

    assert not [
        secret
        for secret in (
            "sk_test_1",
            "whsec_own",
            "whsec_connect",
            "sk_test_clerk",
            STRONG,
            "letmein",
        )
        if secret in shown
    ]


@pytest.mark.parametrize("settings", [SANDBOXED, Settings()], ids=["sandboxed", "embedded"])
def test_sandbox_is_for_this_machine_alone(settings: Settings) -> None:
    """Neither its site's address nor what that listens on may be anybody else's."""
    settings.check_sandbox("::1")
    with pytest.raises(InvalidValue, match=r"--host: 0\.0\.0\.0 lets other machines in"):
        settings.check_sandbox("0.0.0.0")  # noqa: S104 - refused
    for public in ("", "yes-i-know"):
        open_to_all = evolve(settings, site_url="https://koda.example", sandbox_public=public)
        with pytest.raises(InvalidValue, match="KODA_SITE_URL: is no address of this machine"):
            open_to_all.check_sandbox()


@pytest.mark.parametrize("url", ["http://[", "http://[::1", "http://", "x", "http://a b"])
def test_address_that_cannot_be_read_is_named(url: str) -> None:
    """Before anything else is asked of it."""
    with pytest.raises(InvalidValue, match="KODA_SITE_URL: must be like"):
        Settings(site_url=url).check_sandbox()


def test_sandbox_may_listen_everywhere_where_somebody_answers_for_it() -> None:
    """As in a container; any other word than the one is refused."""
    evolve(SANDBOXED, sandbox_public="yes-i-know").check_sandbox("0.0.0.0")  # noqa: S104 - told so
    with pytest.raises(InvalidValue, match="KODA_SANDBOX_PUBLIC: must be yes-i-know"):
        evolve(SANDBOXED, sandbox_public="true").check_sandbox("0.0.0.0")  # noqa: S104 - refused


def test_site_without_a_sandbox_listens_where_it_likes() -> None:
    """Its people sign in at Clerk."""
    COMPLETE.check_sandbox("0.0.0.0")  # noqa: S104 - as the rule allows


def test_settings_that_name_neither_stripe_nor_clerk_are_embedded() -> None:
    """A sandbox is due only where nothing is said of either service."""
    assert Settings().embedded
    assert not COMPLETE.embedded
    assert not SANDBOXED.embedded
    assert not Settings(payments="memory").embedded


def test_what_is_in_memory_is_not_shared() -> None:
    """Only settings without a memory adapter may be served by several processes."""
    assert is_shared(Settings())
    assert not is_shared(Settings(cache="memory"))
    assert not is_shared(Settings(files="memory"))


def test_addresses_lose_their_last_slash() -> None:
    """So that paths can be put behind them."""
    assert Settings(site_url="https://koda.example/").site_url == "https://koda.example"


def test_secret_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    """The first process makes it, every later one reads the same."""
    data = tmp_path / "new"

    first, second = own_secret(data), own_secret(data)

    assert first == second
    assert len(first) >= 32
    assert stat.S_IMODE((data / "secret-key").stat().st_mode) == 0o600
    assert [file.name for file in data.iterdir()] == ["secret-key"]
    assert Settings(data=data).signing_keys("tests") == (derived(first, "tests"),)


def test_secret_of_the_directory_that_is_easy_to_guess_is_refused(tmp_path: Path) -> None:
    """One that was cut short on the disk, or typed there, signs nothing."""
    (tmp_path / "secret-key").write_text("letmein")

    with pytest.raises(InvalidValue, match="KODA_DATA: holds secret-key, which must have"):
        Settings(data=tmp_path).signing_keys("tests")


def test_secret_that_is_told_is_used(tmp_path: Path) -> None:
    """With KODA_SECRET set nothing is made."""
    settings = evolve(ROTATED, data=tmp_path, secret_before=NO_SECRET)

    assert settings.signing_keys("tests") == (derived(STRONG.encode(), "tests"),)
    assert not list(tmp_path.iterdir())


def test_secret_of_before_verifies_and_signs_no_more() -> None:
    """The new one's key comes first."""
    new, before = ROTATED.signing_keys("tests")

    assert new == derived(STRONG.encode(), "tests")
    assert before == derived(STRONG_BEFORE.encode(), "tests")


def test_secret_that_is_easy_to_guess_signs_nothing() -> None:
    """Whoever mounts the site without checking the settings hears of it, too."""
    with pytest.raises(InvalidValue, match="KODA_SECRET: must have at least 32 bytes"):
        Settings(secret=SecretStr("letmein")).signing_keys("tests")


def test_data_directory_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    """A file where the directory should be stops the start with one sentence."""
    (tmp_path / "file").touch()

    with pytest.raises(InvalidValue, match="KODA_DATA: cannot be used"):
        own_secret(tmp_path / "file")
