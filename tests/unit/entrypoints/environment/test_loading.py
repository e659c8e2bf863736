from datetime import timedelta
from pathlib import Path

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st
from typed_settings.types import SecretStr

from koda.domain.model.errors import InvalidValue
from koda.domain.model.extras import ExtraField, ExtraKind
from koda.domain.model.file_formats import FileFormat
from koda.domain.model.platforms import Platform
from koda.domain.model.policy import Policy
from koda.entrypoints.backends.clerk import ClerkSettings
from koda.entrypoints.backends.registry import fillers
from koda.entrypoints.backends.stripe import StripeSettings
from koda.entrypoints.environment.loading import (
    load_settings,
    variables,
    without_settings,
    write_settings,
)
from koda.entrypoints.settings.limits import LimitSettings
from koda.entrypoints.settings.settings import Settings
from koda.testing.strategies import names

NAMED = "must each be a name, a colon and one of"
DISTINCT = "must be different from one another, whatever their case"


def test_nothing_set_gives_the_defaults() -> None:
    """All settings are optional; the data directory is told from the present one."""
    settings = load_settings({})

    assert evolve(settings, data=Settings().data) == Settings()
    assert settings.data == Path.cwd() / "koda-data"


def test_every_kind_of_value_is_read() -> None:
    """Choices, numbers, lists, lifetimes, paths and secrets come out as what they are."""
    settings = load_settings(
        {
            "KODA_STORE": "memory",
            "KODA_DATA": "/srv/koda",
            "KODA_ADMINS": "user_1, user_2",
            "KODA_POLICY_PAGE_SIZE": "24",
            "KODA_POLICY_CATEGORIES": "Sales, Social Media",
            "KODA_POLICY_PLATFORMS": "n8n:n8n, Power Automate: none",
            "KODA_POLICY_EXTRAS": "level: easy|hard, minutes:number",
            "KODA_POLICY_DOWNLOAD_LIFETIME": "60",
            "KODA_POLICY_CHECKOUT_LIFETIME": "2:00:00",
            "KODA_LIMITS_CHECKOUT": "5/hour",
            "KODA_STRIPE_WEBHOOK_SECRETS": "whsec_new,whsec_old",
            "PATH": "/bin",
        }
    )

    assert settings.store == "memory"
    assert settings.data == Path("/srv/koda")
    assert settings.admins == ("user_1", "user_2")
    assert settings.policy.page_size == 24
    assert settings.policy.categories == ("Sales", "Social Media")
    assert settings.policy.platforms == (
        Platform("n8n", FileFormat.N8N),
        Platform("Power Automate"),
    )
    assert settings.policy.extras == (
        ExtraField("level", choices=("easy", "hard")),
        ExtraField("minutes", ExtraKind.NUMBER),
    )
    assert settings.policy.download_lifetime == timedelta(minutes=1)
    assert settings.policy.checkout_lifetime == timedelta(hours=2)
    assert settings.limits.rates["checkout"] == "5/hour"
    assert settings.of(StripeSettings).webhook_secrets == ("whsec_new", "whsec_old")


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("KODA_STORE", "oracle", "must be one of sqlite, memory, mongo"),
        ("KODA_POLICY_PAGE_SIZE", "many", "must be a whole number"),
        ("KODA_POLICY_PAGE_SIZE", "101", "must be between 1 and 100"),
        ("KODA_POLICY_UPLOAD_LIFETIME", "soon", "must be seconds or hours:minutes:seconds"),
        ("KODA_POLICY_DOWNLOAD_LIFETIME", "301", "must be between 0:00:01 and 0:05:00"),
        ("KODA_REDIS_PREFIX", "a b", "must be 1 to 40 letters, digits or _ . -"),
        ("KODA_POLICY_CURRENCY", "euro", "must be a currency such as EUR"),
        ("KODA_POLICY_MINIMUM_PRICE", "100001", "must not be above maximum_price"),
        ("KODA_POLICY_CATEGORIES", ",", "must be from 1 to 100 names"),
        ("KODA_POLICY_CATEGORIES", "Sales,sales", DISTINCT),
        (
            "KODA_POLICY_PLATFORMS",
            "n8n:n8n,Make",
            f"{NAMED} n8n, make, zapier, python, none, such as Make:make",
        ),
        ("KODA_POLICY_PLATFORMS", "Make:make,make:none", DISTINCT),
        (
            "KODA_POLICY_EXTRAS",
            "level",
            f"{NAMED} text, number, yes/no, or choices such as easy|hard",
        ),
        ("KODA_LIMITS_CHECKOUT", "often", "must be a limit such as 30/minute"),
        (
            "KODA_STRIPE_WEBHOOK_SECRETS",
            " ,",
            "holds commas alone; if it is to be empty, leave them out",
        ),
        ("KODA_STROE", "sqlite", "is no setting; did you mean KODA_STORE?"),
        ("KODA_STRIPE_KEY", "sk_live_1", "is no setting; did you mean KODA_STRIPE_SECRET_KEY?"),
        ("KODA_ZZZZZZZZZZ", "1", "is no setting"),
    ],
)
def test_unreadable_variable_is_named(name: str, text: str, problem: str) -> None:
    """One sentence names the variable and says what it takes, never what it held."""
    with pytest.raises(InvalidValue) as caught:
        load_settings({name: text})

    assert (caught.value.field, str(caught.value.problem)) == (name, problem)


def test_empty_variable_is_as_good_as_none() -> None:
    """As files of variables tend to have them."""
    assert load_settings({"KODA_STORE": "", "KODA_POLICY_PAGE_SIZE": " "}) == load_settings({})


def test_empty_list_of_webhook_secrets_is_a_choice() -> None:
    """Whoever sets one to nothing switches that endpoint off; the other stays an oversight."""
    stripe = load_settings({"KODA_STRIPE_CONNECT_WEBHOOK_SECRETS": ""}).of(StripeSettings)

    assert stripe.connect_webhook_secrets == ()
    assert stripe.webhook_secrets is None


def test_variables_of_the_test_suite_are_no_settings() -> None:
    """They may be set beside the settings."""
    foreign = {"KODA_TEST_REDIS_URL": "redis://x", "KODA_STRIPE_OPENAPI": "spec.json"}

    assert load_settings(foreign) == load_settings({})


texts = st.text("abcdefgh_0123456789", min_size=1, max_size=12)
secret_texts = texts.map(SecretStr)


told = st.builds(
    Settings,
    cache=st.sampled_from(sorted(fillers("cache"))),
    data=texts.map(lambda name: Path("/srv") / name),
    admins=st.lists(texts, max_size=3).map(tuple),
    secret=secret_texts,
    policy=st.builds(
        Policy,
        page_size=st.integers(1, 100),
        categories=st.lists(names(), min_size=1, max_size=3, unique_by=str.casefold).map(tuple),
        platforms=st.builds(Platform, names(), st.sampled_from(FileFormat)).map(
            lambda platform: (platform,)
        ),
        extras=st.sampled_from(((), (ExtraField("level", choices=("easy", "hard")),))),
        download_lifetime=st.integers(1000, 300_000).map(
            lambda milliseconds: timedelta(milliseconds=milliseconds)
        ),
    ),
    limits=st.builds(LimitSettings, upload=st.just("7/day")),
)
stripe_told = st.builds(
    StripeSettings, secret_texts, st.none() | st.lists(secret_texts, max_size=3).map(tuple)
)
clerk_told = st.builds(ClerkSettings, public_key=st.just("-----BEGIN\nA=\n-----END\n"))


@settings(max_examples=15)
@given(st.builds(Settings.having, told, stripe_told, clerk_told))
def test_written_settings_are_read_back(written: Settings) -> None:
    """What one process hands to another through the environment arrives whole."""
    assert load_settings(write_settings(written)) == written


def test_environment_loses_its_settings_alone() -> None:
    """What a child is given beside its settings stays."""
    environ = {"KODA_STORE": "memory", "KODA_TEST_X": "1", "PATH": "/bin"}

    assert without_settings(environ) == {"KODA_TEST_X": "1", "PATH": "/bin"}


def test_every_variable_has_a_name_of_its_own() -> None:
    """No two settings are set by the same variable."""
    known = [variable.name for variable in variables()]

    assert len(set(known)) == len(known)
