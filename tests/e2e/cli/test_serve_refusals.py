"""What keeps a site from starting, and what does not."""

from collections.abc import Iterator

import pytest
import requests

from paysandbox import Sandbox
from tests.e2e.cli.conftest import Serve
from tests.e2e.cli.program import PATIENCE, Koda
from tests.e2e.cli.test_commands import IN_MEMORY, told
from tests.e2e.flows.caller import TIMEOUT
from tests.servers.s3 import S3Server
from tests.support.strong import STRONG
from tests.unit.entrypoints.keys import PUBLIC_PEM

EVERYWHERE = "0.0.0.0"  # noqa: S104 - refused, or on purpose


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """A sandbox that somebody else runs."""
    with Sandbox.start(strict=True) as sandbox:
        yield sandbox


@pytest.mark.parametrize(
    ("changes", "complaint", "variable"),
    [
        ({"KODA_STRIPE_SECRET_KEY": "sk_test_1"}, "payments: The payment", "STRIPE_SECRET_KEY"),
        ({"KODA_CLERK_PUBLIC_KEY": PUBLIC_PEM}, "identity: KODA_CLERK_PUBLIC_KEY: is none", ""),
        ({"KODA_CLERK_JWKS_URL": "{}/v1/nothing"}, "identity: KODA_CLERK_JWKS_URL: http", ""),
    ],
)
def test_what_would_only_fail_later_stops_the_start(
    koda: Koda, sandbox: Sandbox, changes: dict[str, str], complaint: str, variable: str
) -> None:
    """One line that names the variable and what to do, exit code 2, and nothing is served."""
    changes = {name: text.replace("{}", sandbox.clerk_url) for name, text in changes.items()}

    ended = koda("serve", "--port", "0", **told(sandbox, **changes))

    assert ended.code == 2
    assert ended.complaint.startswith(f"koda: {complaint}")
    assert f"KODA_{variable}" in ended.complaint
    assert "To do: " in ended.complaint
    assert ended.out == ""


def test_bucket_that_is_not_there_stops_the_start(koda: Koda, s3_server: S3Server) -> None:
    """And so does one whose keys are refused, or into which no page may upload."""
    with s3_server.new_bucket() as bucket:
        settings = IN_MEMORY | s3_server.variables(bucket) | {"KODA_SECRET": STRONG}
        changes = [{"KODA_S3_BUCKET": "koda-test-no"}, {"KODA_S3_SECRET_KEY": "no"}, {}]
        arguments = ("serve", "--port", "0", "--workers", "1")
        ended = [koda(*arguments, **{**settings, **change}) for change in changes]

    assert [end.code for end in ended] == [2, 2, 2]
    assert all(end.complaint.startswith("koda: files: ") for end in ended)
    assert all("KODA_S3_BUCKET" in end.complaint for end in ended)
    assert "run 'koda init'" in ended[2].complaint


def test_redis_that_refuses_the_password_stops_the_start(koda: Koda, redis_url: str) -> None:
    """It would never share anything."""
    url = redis_url.replace("://", "://nobody:hidden-password@")

    ended = koda("serve", "--port", "0", KODA_CACHE="redis", KODA_REDIS_URL=url)

    assert ended.code == 2
    assert ended.complaint.startswith("koda: cache: The Redis server")
    assert "hidden-password" not in ended.err


@pytest.mark.parametrize("name", ["files", "koda.sqlite"])
def test_data_that_cannot_be_used_stop_the_start(koda: Koda, name: str) -> None:
    """Here a file stands where its directory should, and a directory where its file should."""
    koda.data.mkdir()
    if name == "files":
        (koda.data / name).touch()
    else:
        (koda.data / name).mkdir()

    ended = koda("serve", "--port", "0")

    assert ended.code == 2
    assert ended.complaint.startswith("koda: KODA_DATA: cannot be used: ")


def test_site_address_with_a_path_stops_the_start(koda: Koda) -> None:
    """The pages would answer at the root, and Stripe would lead buyers below it."""
    ended = koda("serve", "--port", "0", KODA_SITE_URL="https://koda.example/market/")

    assert ended.code == 2
    assert ended.complaint.startswith("koda: KODA_SITE_URL: must have no path")
    assert "koda_blueprint" in ended.complaint
    assert not koda.data.exists()


def test_site_starts_while_vendors_are_down(serve: Serve) -> None:
    """A line for each in the log; it is ready for what can be done without them."""
    with Sandbox.start(strict=True) as sandbox:
        settings = told(sandbox, KODA_CACHE="redis", KODA_REDIS_URL="redis://127.0.0.1:1")
    serving = serve(**settings)

    ready = requests.get(f"{serving.url}/readyz", timeout=TIMEOUT)

    assert ready.status_code == 200
    assert ready.json() == {
        "status": "degraded",
        "backends": {
            "store": "ok",
            "files": "ok",
            "cache": "unavailable",
            "payments": "unavailable",
            "identity": "unavailable",
        },
        "messages": dict.fromkeys(("stripe", "stripe-connect"), "none accepted so far"),
    }
    assert serving.stop() == 0
    log = serving.process.communicate(timeout=PATIENCE)[1]
    for service in ("cache", "payments", "identity"):
        assert f"koda: {service}: The " in log


@pytest.mark.parametrize(
    ("arguments", "variables", "complaint"),
    [
        (("--host", EVERYWHERE), {"KODA_SITE_URL": "https://koda.example"}, "--host: 0.0.0.0 lets"),
        ((), {"KODA_SITE_URL": "https://koda.example"}, "KODA_SITE_URL: is no address of this"),
        (("--host", EVERYWHERE), {}, "--host: 0.0.0.0 lets other machines in"),
        (("--host", "::"), {}, "--host: :: lets other machines in"),
        (
            ("--host", EVERYWHERE),
            {"KODA_SANDBOX_PUBLIC": "yes"},
            "KODA_SANDBOX_PUBLIC: must be yes",
        ),
        (
            ("--host", EVERYWHERE),
            {"KODA_SITE_URL": "https://koda.example", "KODA_SANDBOX_PUBLIC": "yes-i-know"},
            "KODA_SITE_URL: is no address of this",
        ),
    ],
)
def test_forgotten_variables_make_no_public_sandbox(
    koda: Koda, arguments: tuple[str, ...], variables: dict[str, str], complaint: str
) -> None:
    """One sentence, exit code 2, and no sandbox was started."""
    ended = koda("serve", "--port", "0", *arguments, **variables)

    assert ended.code == 2
    assert ended.complaint.startswith(f"koda: {complaint}")
    assert not (koda.data / "sandbox.sqlite").exists()


def test_sandbox_of_somebody_else_is_no_more_public(koda: Koda, sandbox: Sandbox) -> None:
    """Settings that lead to it are refused as well."""
    ended = koda("serve", "--port", "0", "--host", EVERYWHERE, **told(sandbox))

    assert ended.code == 2
    assert ended.complaint.startswith("koda: --host: 0.0.0.0 lets other machines in")


def test_site_in_a_container_listens_everywhere_where_its_owner_says_so(serve: Serve) -> None:
    """Its address is of this machine all the same, and no other name is answered."""
    serving = serve("--host", EVERYWHERE, KODA_SANDBOX_PUBLIC="yes-i-know")

    assert requests.get(f"{serving.url}/healthz", timeout=TIMEOUT).status_code == 200
    strange = requests.get(serving.url, headers={"Host": "koda.example"}, timeout=TIMEOUT)
    assert strange.status_code == 400


def test_doctor_starts_no_sandbox_for_a_public_site(koda: Koda) -> None:
    """What `koda serve` would refuse, it tells."""
    ended = koda("doctor", KODA_SITE_URL="https://koda.example")

    assert ended.code == 2
    assert ended.out.startswith("failed  settings: KODA_SITE_URL: is no address of this machine")


@pytest.mark.parametrize("consent", ["", "yes"])
def test_program_of_the_sandbox_listens_for_nobody_else(koda: Koda, consent: str) -> None:
    """Only the one word lets it."""
    ended = koda("sandbox", "--host", EVERYWHERE, KODA_SANDBOX_PUBLIC=consent)

    assert ended.code == 2
    assert "KODA_SANDBOX_PUBLIC" in ended.err
    assert "yes-i-know" in ended.err


@pytest.mark.parametrize("command", [("serve", "--port", "0"), ("doctor",)])
def test_a_currency_that_is_never_charged_stops_before_the_sandbox_starts(
    koda: Koda, command: tuple[str, ...]
) -> None:
    """One sentence names the variable."""
    ended = koda(*command, KODA_POLICY_CURRENCY="XYZ")

    assert ended.code == 2
    assert "KODA_POLICY_CURRENCY: is XYZ, which Stripe does not charge" in ended.out + ended.err
    assert "Traceback" not in ended.err
