import itertools
import pkgutil
import subprocess
import sys
from contextlib import chdir
from enum import Enum
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from dependency_injector.providers import Singleton
from typed_settings.types import SecretStr

from koda.adapters.s3.files import S3Files
from koda.adapters.smtp.notices import SmtpNotices
from koda.adapters.stripe.payment_webhooks import StripePaymentWebhooks
from koda.domain import usecases
from koda.domain.model.errors import InvalidValue, TooMany
from koda.domain.model.policy import Policy
from koda.domain.usecases.operations.watch_webhooks import WatchedWebhooks
from koda.entrypoints.backends.clerk import ClerkSettings
from koda.entrypoints.backends.mongo import MongoSettings
from koda.entrypoints.backends.redis import RedisRoom, RedisSettings
from koda.entrypoints.backends.registry import fillers
from koda.entrypoints.backends.s3 import S3Settings
from koda.entrypoints.backends.smtp import SmtpSettings
from koda.entrypoints.settings.limits import LimitSettings
from koda.entrypoints.settings.settings import Settings
from koda.entrypoints.wiring.container import PORTS, Container, make_container
from koda.entrypoints.wiring.lifecycle import close, open_ports
from koda.testing.marketplace import Marketplace
from tests.unit.entrypoints.keys import PUBLIC_PEM
from tests.unit.entrypoints.settings.test_settings import SANDBOXED

SLOTS_CHOSEN = ("store", "files", "cache", "payments", "identity", "notices")
BACKENDS = tuple(itertools.product(*map(fillers, SLOTS_CHOSEN)))
LIBRARIES = {
    "aiosmtplib",
    "boto3",
    "botocore",
    "cryptography",
    "flask",
    "jinja2",
    "jwt",
    "limits",
    "pymongo",
    "redis",
    "requests",
    "rich",
    "stripe",
    "ulid",
}
""" dependency-injector itself imports werkzeug where it is installed."""


def holds_use_case(module: str) -> bool:
    """Whether the module has a class of its own that is no value; use cases share functions."""
    values = vars(import_module(module)).values()
    classes = [kind for kind in values if isinstance(kind, type) and kind.__module__ == module]
    called = ("__call__" in vars(kind) for kind in classes)
    others = ("__eq__" not in vars(kind) and not issubclass(kind, Enum) for kind in classes)
    return any((*called, *others))


USE_CASES = {
    module.name
    for module in pkgutil.walk_packages(usecases.__path__, "koda.domain.usecases.")
    if not module.ispkg and holds_use_case(module.name)
}
PROTOCOLS = {name: name for name in PORTS} | {
    "cache": "catalogue_cache",
    "connect_webhooks": "payment_webhooks",
    "scanner": "secret_scanner",
}
"""The module in `koda.ports` behind each provider of a port."""


def settings_of(data: Path, *chosen: Any) -> Settings:
    """Complete settings with these backends."""
    clerk = evolve(SANDBOXED.of(ClerkSettings), public_key=PUBLIC_PEM)
    s3 = S3Settings("koda-files", "eu-central-1", access_key="key", secret_key=SecretStr("secret"))
    redis = RedisSettings(SecretStr("redis://127.0.0.1:1"))
    mongo = MongoSettings(SecretStr("mongodb://127.0.0.1:1"))
    smtp = SmtpSettings("smtp.koda.example", sender="Koda <receipts@koda.example>")
    backends = dict(zip(SLOTS_CHOSEN, chosen, strict=True))
    return evolve(SANDBOXED, data=data, **backends).having(clerk, s3, redis, mongo, smtp)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One data directory for all combinations, so that its file is made once."""
    return tmp_path_factory.mktemp("data")


@pytest.mark.parametrize("chosen", BACKENDS, ids="-".join)
def test_every_provider_builds_under_every_backend(chosen: tuple[str, ...], data: Path) -> None:
    """Nothing in the wiring misses an argument, whatever is chosen."""
    container = make_container(settings_of(data, *chosen))

    open_ports(container)
    composed = container.use_cases()

    close(container)
    assert {type(use_case).__module__ for use_case in vars(composed).values()} == USE_CASES


@pytest.mark.parametrize("backend", ["embedded", "memory"])
@pytest.mark.parametrize("name", [port for port in PORTS if port != "clock"])
def test_what_stands_behind_a_port_is_its_adapter(name: str, backend: str, data: Path) -> None:
    """Each provider gives an object whose class inherits the port's Protocol."""
    chosen = ["memory"] * 5 if backend == "memory" else [*BACKENDS[0][:5]]
    container = make_container(settings_of(data, *chosen, "console"))
    protocol = PROTOCOLS[name].title().replace("_", "")
    port = getattr(import_module(f"koda.ports.{PROTOCOLS[name]}"), protocol)

    adapter = getattr(container, name)()

    close(container)
    assert port in type(adapter).__mro__


def test_ports_live_once_and_use_cases_are_made_when_asked(data: Path) -> None:
    """All use cases share the adapters of their container, and nobody else's."""
    container = make_container(settings_of(data, *BACKENDS[-1]))
    other = make_container(settings_of(data, *BACKENDS[-1]))

    assert container.use_cases().checkout.orders is container.use_cases().view_order.orders
    assert container.use_cases().checkout is not container.use_cases().checkout
    assert container.orders() is not other.orders()


def test_people_to_be_are_those_of_a_sandbox(data: Path) -> None:
    """Of the identity provider's: in memory, and with an instance of one's own, there are none."""
    sandboxed = settings_of(data, *["memory"] * 4, "clerk", "console")
    in_memory = evolve(sandboxed, identity="memory")
    alone = evolve(sandboxed, sandbox_url="")

    assert make_container(sandboxed).sample_people() is not None
    assert make_container(in_memory).sample_people() is None
    assert make_container(alone).sample_people() is None
    with pytest.raises(InvalidValue, match="KODA_IDENTITY: has no sandbox"):
        make_container(in_memory).sandbox_users()


def test_port_can_be_overridden(data: Path) -> None:
    """A team puts an adapter of its own in the place of ours."""
    container = make_container(settings_of(data, *BACKENDS[-1]))
    mine = object()

    with container.orders.override(Singleton(lambda: mine)):
        assert container.use_cases().checkout.orders is mine


def test_connect_messages_are_verified_with_their_own_secrets(data: Path) -> None:
    """The two endpoints of Stripe do not share a signing secret."""
    container = make_container(settings_of(data, *BACKENDS[0]))

    own, connected = container.payment_webhooks(), container.connect_webhooks()

    assert isinstance(own, StripePaymentWebhooks)
    assert isinstance(connected, StripePaymentWebhooks)
    assert own.secrets == ("whsec_own",)
    assert connected.secrets == ("whsec_connect",)
    watched = container.use_cases().handle_connect_event.verifier
    assert isinstance(watched, WatchedWebhooks)
    assert watched.verifier is connected
    assert watched.endpoint == "stripe-connect"


def test_settings_are_required() -> None:
    """A container knows no default marketplace."""
    with pytest.raises(Exception, match="settings"):
        Container().settings()


@pytest.mark.parametrize(
    ("policy", "problem"),
    [
        (Policy(currency="HUF"), "MINIMUM_PRICE: must be at least 17500: Stripe charges from 175"),
        (Policy(currency="XYZ"), "CURRENCY: is XYZ, which Stripe does not charge"),
        (Policy(minimum_price=49), "MINIMUM_PRICE: must be at least 50: Stripe charges from 0.50"),
        (
            Policy(maximum_price=100_000_000),
            "MAXIMUM_PRICE: must be at most 99999999: Stripe charges up to 999999.99 EUR",
        ),
        (
            Policy(currency="ISK", maximum_price=1_000_000),
            "MAXIMUM_PRICE: must be at most 999999: Stripe charges up to 999999 ISK",
        ),
    ],
)
def test_opening_the_ports_names_what_could_not_be_paid(
    data: Path, policy: Policy, problem: str
) -> None:
    """What no buyer could pay for is refused before any seller lists it."""
    container = make_container(evolve(settings_of(data, *BACKENDS[0]), policy=policy))

    with pytest.raises(InvalidValue, match=f"KODA_POLICY_{problem}"):
        open_ports(container)


def test_opening_the_ports_names_a_key_that_is_none(data: Path) -> None:
    """What the settings alone cannot tell is told before any worker starts."""
    clerk = ClerkSettings(issuer="https://c.example", public_key="-----BEGIN PUBLIC KEY-----")
    container = make_container(settings_of(data, *BACKENDS[0]).having(clerk))

    with pytest.raises(InvalidValue, match="KODA_CLERK_PUBLIC_KEY: must be a public key"):
        open_ports(container)


@pytest.mark.parametrize("name", ["cache", "rate_limiter"])
def test_redis_stands_behind_its_ports(name: str, data: Path) -> None:
    """Chosen for the cache, it counts the rate limits, too; both share one client."""
    settings = evolve(settings_of(data, *BACKENDS[0]), cache="redis")
    container = make_container(settings)
    port = getattr(
        import_module(f"koda.ports.{PROTOCOLS[name]}"), PROTOCOLS[name].title().replace("_", "")
    )

    adapter = getattr(container, name)()

    assert port in type(adapter).__mro__
    assert type(adapter).__module__ == f"koda.adapters.redis.{PROTOCOLS[name]}"
    assert adapter._server is container.rooms().of(RedisRoom).server


def test_processes_of_a_machine_share_its_limits(data: Path) -> None:
    """Each of four lets callers do a quarter of what the setting says."""
    settings = evolve(settings_of(data, *BACKENDS[0]), processes=4)
    limiter = make_container(evolve(settings, limits=LimitSettings(search="8/hour"))).rate_limiter()
    limiter.check("search", "ip:192.0.2.1")
    limiter.check("search", "ip:192.0.2.1")

    with pytest.raises(TooMany):
        limiter.check("search", "ip:192.0.2.1")


def test_cursors_are_good_in_every_process_that_shares_the_store(data: Path) -> None:
    """What one signs the others read, and so does the same one after a restart."""
    first, other = (make_container(settings_of(data, *BACKENDS[0])).cursors() for _ in range(2))

    assert other.read(first.signed("cursor")) == "cursor"


def test_marketplace_in_memory_needs_no_data_directory(tmp_path: Path) -> None:
    """Its cursors are good for as long as it lasts, and nothing is written."""
    with chdir(tmp_path):
        first, other = (Marketplace().container.cursors() for _ in range(2))

    assert first.read(first.signed("cursor")) == "cursor"
    with pytest.raises(InvalidValue):
        other.read(first.signed("cursor"))
    assert list(tmp_path.iterdir()) == []


def test_opening_the_ports_names_an_address_of_redis_that_is_none(data: Path) -> None:
    """Before any visitor waits for it; a server that is down stops nothing."""
    wrong = RedisSettings(SecretStr("redis://127.0.0.1:1?frobnicate=1"))
    settings = evolve(settings_of(data, *BACKENDS[0]), cache="redis").having(wrong)

    with pytest.raises(InvalidValue, match="KODA_REDIS_URL: must be an address"):
        open_ports(make_container(settings))


def test_notices_go_to_the_mail_server_that_is_set(data: Path) -> None:
    """From the sender, with links to the site, to the addresses in the store."""
    container = make_container(evolve(settings_of(data, *BACKENDS[0]), notices="smtp"))

    notices = container.notices()

    assert isinstance(notices, SmtpNotices)
    assert (notices.server.host, notices.server.port) == ("smtp.koda.example", 587)
    assert (notices.server.security, notices.server.introduction) == ("starttls", "koda.example")
    assert str(notices._letters.sender) == "Koda <receipts@koda.example>"
    assert notices._letters.site_url == container.settings().site_url
    assert notices._people is container.people()


@pytest.mark.parametrize(
    ("wrong", "name"),
    [
        (SmtpSettings("smtp.example", sender="receipts"), "KODA_SMTP_SENDER"),
        (SmtpSettings("smtp.example", sender="a@b.example", reply_to="b"), "KODA_SMTP_REPLY_TO"),
    ],
)
def test_opening_the_ports_names_an_address_of_mail_that_is_none(
    data: Path, wrong: SmtpSettings, name: str
) -> None:
    """Before the first message bounces."""
    settings = evolve(settings_of(data, *BACKENDS[0]), notices="smtp")

    with pytest.raises(InvalidValue, match=f"{name}: must be an address such as"):
        open_ports(make_container(settings.having(wrong)))


@pytest.mark.parametrize("uri", ["mongodb://", "mongodb://user:pass:word@host", "mongodb://h:x"])
def test_opening_the_ports_names_an_address_that_is_none(data: Path, uri: str) -> None:
    """And never repeats it, since a password may stand in it."""
    settings = evolve(settings_of(data, *BACKENDS[0]), store="mongo")
    container = make_container(settings.having(MongoSettings(SecretStr(uri))))

    with pytest.raises(InvalidValue, match="KODA_MONGO_URI: is no MongoDB address") as caught:
        open_ports(container)
    assert "pass" not in str(caught.value)


def test_data_directory_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    """A file in its way stops the start with one sentence."""
    (tmp_path / "file").touch()
    container = make_container(settings_of(tmp_path / "file" / "data", *BACKENDS[0]))

    with pytest.raises(InvalidValue, match="KODA_DATA: cannot be used"):
        open_ports(container)


@pytest.mark.parametrize(
    ("bucket", "region", "problem"),
    [
        ("no/bucket", "eu-central-1", "KODA_S3_BUCKET: must be the name of a bucket"),
        ("koda-files", "aws-global", "KODA_S3_REGION: does not sign links"),
    ],
)
def test_opening_the_ports_names_what_s3_cannot_do(
    data: Path, bucket: str, region: str, problem: str
) -> None:
    """A bucket that cannot be, or links that would not be signed as they must, stop the start."""
    settings = evolve(settings_of(data, *BACKENDS[0]), files="s3")
    s3 = evolve(settings.of(S3Settings), bucket=bucket, region=region)
    container = make_container(settings.having(s3))

    with pytest.raises(InvalidValue, match=problem):
        open_ports(container)


def test_files_lie_in_the_bucket_that_is_set(data: Path) -> None:
    """The adapter of S3 stands behind the port when it is chosen."""
    container = make_container(evolve(settings_of(data, *BACKENDS[0]), files="s3"))

    files = container.files()

    assert isinstance(files, S3Files)
    assert files.origin == "https://koda-files.s3.eu-central-1.amazonaws.com"


def run(program: str) -> str:
    """What a fresh interpreter prints for `program`."""
    done = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True, timeout=60
    )
    return done.stdout


def test_backend_that_is_not_chosen_is_not_imported() -> None:
    """Importing the container loads no library of a service, and neither does all of it in memory.

    Rate limits and ids are the same everywhere, so that building needs their libraries.
    """
    program = f"""
import sys
from koda.entrypoints.wiring.container import make_container
from koda.entrypoints.wiring.lifecycle import open_ports
from koda.entrypoints.settings.settings import Settings
print({LIBRARIES!r} & set(sys.modules))
open_ports(make_container(Settings(*["memory"] * 7)))
print({LIBRARIES - {"limits", "ulid"}!r} & set(sys.modules))
"""

    assert run(program) == "set()\nset()\n"


def test_missing_library_is_told_with_the_extra_that_brings_it() -> None:
    """One sentence says what to install."""
    program = """
import sys
sys.modules["stripe"] = None
from koda.domain.model.errors import KodaError
from koda.entrypoints.settings.settings import Settings
from koda.entrypoints.wiring.container import make_container
try:
    make_container(Settings()).payments()
except KodaError as error:
    print(error.code, error)
"""

    assert run(program) == (
        "missing_library The library 'stripe' is not installed: "
        "run pip install 'koda-marketplace[stripe]'.\n"
    )
