import resource
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

import koda as package
from koda.adapters.sqlite.database import Database
from koda.adapters.sqlite.uploads import SqliteUploads
from koda.testing.examples import a_ticket
from paysandbox.embedded import Sandbox
from tests.e2e.cli.program import COMMAND, PATIENCE, Koda, lines_of
from tests.support.strong import STRONG
from tests.unit.entrypoints.keys import PUBLIC_PEM

DOCUMENT = Path(__file__).parents[3] / "docs" / "reference" / "settings.md"


def test_help_teaches_and_costs_little(koda: Koda) -> None:
    """It shows where to start, and takes less than half a second of processor time."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    ended = koda("--help")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)

    assert ended.code == 0
    for told in ("koda demo", "koda serve --samples", "Exit codes", "doctor", "KODA_DATA"):
        assert told in ended.out
    spent = (after.ru_utime + after.ru_stime) - (before.ru_utime + before.ru_stime)
    assert spent < 0.5


def test_help_imports_no_command() -> None:
    """Neither a library of a service nor a command's own module is loaded for it."""
    program = """
import sys
from koda.entrypoints.cli.main import run
assert run(["--help"]) == 0
heavy = {"flask", "requests", "rich", "stripe", "typed_settings", "waitress"} & set(sys.modules)
mine = {name for name in sys.modules if name.startswith("koda.entrypoints.cli.")}
print(sorted(heavy | mine))
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True
    )

    expected = "['koda.entrypoints.cli.exit_codes', 'koda.entrypoints.cli.main']"
    assert done.stdout.splitlines()[-1] == expected


@pytest.mark.parametrize("name", ["serve", "demo", "init", "doctor", "settings", "sandbox"])
def test_every_command_explains_itself(koda: Koda, name: str) -> None:
    """Each has a help of its own."""
    ended = koda(name, "--help")

    assert ended.code == 0
    assert "sage: koda" in ended.out


def test_version_is_the_package_s(koda: Koda) -> None:
    """As `koda --version` prints it."""
    assert koda("--version").out == f"koda, version {package.__version__}\n"


@pytest.mark.parametrize(
    "arguments", [("frobnicate",), ("serve", "--frobnicate"), ("init", "extra")]
)
def test_unknown_words_are_refused(koda: Koda, arguments: tuple[str, ...]) -> None:
    """With exit code 2 and one line that says where to look."""
    ended = koda(*arguments)

    assert ended.code == 2
    assert "--help'" in ended.complaint


def test_init_prepares_once(koda: Koda) -> None:
    """The second time everything is there, and stays as it is."""
    first = koda("init", "--json")
    secret = (koda.data / "secret-key").read_bytes()
    second = koda("init")

    assert [step["existed"] for step in first.json] == [False, False, False]
    assert second.code == 0
    assert [line.split()[0] for line in second.out.splitlines()] == ["ready"] * 3
    assert (koda.data / "secret-key").read_bytes() == secret
    assert stat.S_IMODE((koda.data / "secret-key").stat().st_mode) == 0o600
    assert secret.decode() not in first.out + second.out


def test_init_of_a_place_that_cannot_be_is_refused(koda: Koda) -> None:
    """One line names the variable; exit code 2."""
    koda.data.touch()

    ended = koda("init")

    assert ended.code == 2
    assert ended.complaint.startswith("koda: KODA_DATA: cannot be used")


def test_doctor_finds_an_embedded_marketplace_well(koda: Koda) -> None:
    """With nothing configured a sandbox is started for the purpose, and every service answers."""
    ended = koda("doctor", "--json")

    assert ended.code == 0
    assert [row["service"] for row in ended.json] == [
        "settings",
        "site",
        "store",
        "files",
        "currency",
        "payments",
        "identity",
        "records",
        "index",
        "inbox",
        "deliveries",
        "scanner",
        "webhooks",
        "people",
        "messages",
        "sandbox",
    ]
    assert all(row["ok"] for row in ended.json)
    assert not any("warning" in row for row in ended.json)
    assert ended.json[1]["detail"] == "where 'koda serve' listens, since KODA_SITE_URL is not set"


def test_doctor_says_what_to_do_about_incomplete_settings(koda: Koda) -> None:
    """One line with the variable and the remedy, and the exit code of a wrong setting."""
    ended = koda("doctor", KODA_STRIPE_SECRET_KEY="sk_test_1")

    assert ended.code == 2
    (line,) = ended.out.splitlines()
    assert line.startswith("failed  settings: KODA_STRIPE_WEBHOOK_SECRETS: must be set")
    assert "To do: correct the variable" in line


HOOKS: dict[str, Any] = {
    "webhook": "http://127.0.0.1:8000/webhooks/stripe",
    "connect_webhook": "http://127.0.0.1:8000/webhooks/stripe-connect",
}
"""Where a sandbox sends the messages of a site at the address that it has unless told."""


def told(sandbox: Sandbox, **changes: str) -> dict[str, str]:
    """The settings of a site that stands on `sandbox`."""
    return {
        "KODA_SANDBOX_URL": sandbox.url,
        "KODA_STRIPE_SECRET_KEY": sandbox.secret_key,
        "KODA_STRIPE_WEBHOOK_SECRETS": sandbox.webhook_secret,
        "KODA_STRIPE_CONNECT_WEBHOOK_SECRETS": sandbox.connect_webhook_secret,
        "KODA_CLERK_ISSUER": sandbox.clerk_url,
        "KODA_CLERK_JWKS_URL": f"{sandbox.clerk_url}/.well-known/jwks.json",
        "KODA_CLERK_SECRET_KEY": sandbox.clerk_secret_key,
        **changes,
    }


def test_doctor_names_each_service_that_fails(koda: Koda) -> None:
    """A refused key and a key set that is not there."""
    with Sandbox.start(strict=True) as sandbox:
        settings = told(
            sandbox,
            KODA_STRIPE_SECRET_KEY="sk_test_wrong",
            KODA_CLERK_JWKS_URL=f"{sandbox.clerk_url}/nothing.json",
        )
        ended = koda("doctor", "--json", **settings)

    failed = {row["service"]: row for row in ended.json if not row["ok"]}
    assert ended.code == 2
    assert set(failed) == {"payments", "identity"}
    assert "KODA_STRIPE_SECRET_KEY" in failed["payments"]["remedy"]
    assert "KODA_CLERK_JWKS_URL" in failed["identity"]["remedy"]
    assert "sk_test_wrong" not in ended.out


def test_doctor_tries_redis(koda: Koda, redis_url: str) -> None:
    """Where it is chosen, and as Koda uses it."""
    redis = {"KODA_CACHE": "redis", "KODA_REDIS_URL": redis_url, "KODA_REDIS_PREFIX": "koda-doctor"}

    ended = koda("doctor", **redis)

    assert ended.code == 0, ended.out
    assert "ok      cache: redis, written and read; rate limits are shared" in ended.out


def test_doctor_tells_a_redis_that_is_not_there(koda: Koda) -> None:
    """Why, and what to look at; the password stays out of it."""
    url = "redis://:hidden-password@127.0.0.1:1"

    ended = koda("doctor", "--json", KODA_CACHE="redis", KODA_REDIS_URL=url)

    assert ended.code == 7
    (failed,) = [row for row in ended.json if not row["ok"]]
    assert failed["service"] == "cache"
    assert failed["passing"]
    assert "refused" in failed["detail"]
    assert "KODA_REDIS_URL" in failed["remedy"]
    assert "hidden-password" not in ended.out + ended.err


def test_doctor_tells_a_password_that_redis_does_not_take(koda: Koda, redis_url: str) -> None:
    """It will not be better soon: with the exit code of a wrong setting."""
    url = redis_url.replace("://", "://nobody:hidden-password@")

    ended = koda("doctor", "--json", KODA_CACHE="redis", KODA_REDIS_URL=url)

    assert ended.code == 2
    (failed,) = [row for row in ended.json if not row["ok"]]
    assert (failed["service"], failed["code"]) == ("cache", "service_refused")
    assert not failed["passing"]
    assert "hidden-password" not in ended.out + ended.err


def test_doctor_passes_a_site_on_a_sandbox_elsewhere(koda: Koda) -> None:
    """The settings of a site whose sandbox somebody else runs, and which knows its addresses."""
    with Sandbox.start(strict=True, **HOOKS) as sandbox:
        ended = koda("doctor", **told(sandbox))

    assert ended.code == 0, ended.out
    assert "payments: stripe accepts the key; no money moves" in ended.out
    assert "Stripe has their addresses" in ended.out


def test_doctor_says_which_messages_would_not_come(koda: Koda) -> None:
    """The payments' address, and what it must listen to; nothing is wrong but that."""
    with Sandbox.start(strict=True, connect_webhook=HOOKS["connect_webhook"]) as sandbox:
        ended = koda("doctor", "--json", **told(sandbox))

    (failed,) = [row for row in ended.json if not row["ok"]]
    assert (ended.code, failed["service"]) == (2, "webhooks")
    assert failed["detail"] == f"Stripe: {HOOKS['webhook']} is not registered"
    assert "KODA_STRIPE_WEBHOOK_SECRETS" in failed["remedy"]


def test_doctor_says_that_a_public_key_is_another_instance_s(koda: Koda) -> None:
    """Otherwise nobody could sign in, and nothing would say why."""
    with Sandbox.start(strict=True, **HOOKS) as sandbox:
        theirs = koda("doctor", **told(sandbox, KODA_CLERK_PUBLIC_KEY=sandbox.clerk.public_key()))
        ended = koda("doctor", "--json", **told(sandbox, KODA_CLERK_PUBLIC_KEY=PUBLIC_PEM))

    assert theirs.code == 0, theirs.out
    (failed,) = [row for row in ended.json if not row["ok"]]
    assert failed["service"] == "identity"
    assert failed["detail"].startswith("KODA_CLERK_PUBLIC_KEY: is none of the keys at http")


def test_public_key_needs_no_network(koda: Koda) -> None:
    """Where nobody answers at the issuer's, sessions are checked all the same."""
    with Sandbox.start(strict=True) as sandbox:
        settings = told(sandbox, KODA_CLERK_PUBLIC_KEY=sandbox.clerk.public_key())
    ended = koda("doctor", "--json", **settings, KODA_PAYMENTS="memory")

    (identity,) = [row for row in ended.json if row["service"] == "identity"]
    assert identity["ok"]
    assert "by the public key alone" in identity["detail"]


def test_doctor_says_whether_changes_of_users_are_followed(koda: Koda) -> None:
    """Without a secret they are not, which is no fault; what is no secret is one."""
    with Sandbox.start(strict=True) as sandbox:
        secret = sandbox.clerk_webhook_secret
        untold, followed, wrong = (
            koda("doctor", "--json", **told(sandbox, KODA_CLERK_WEBHOOK_SECRETS=secrets))
            for secrets in ("", f"{secret},{secret}", f"{secret},sk_test_hidden")
        )

    people = [
        next(row for row in ended.json if row["service"] == "people")
        for ended in (untold, followed, wrong)
    ]
    assert [(person["ok"], person["detail"]) for person in people[:2]] == [
        (True, "no signing secret: names and deletions at Clerk are not followed"),
        (True, "2 signing secret(s) for changes of users"),
    ]
    assert wrong.code == 2
    assert "KODA_CLERK_WEBHOOK_SECRETS" in people[2]["detail"]
    assert "Clerk's dashboard" in people[2]["remedy"]
    assert "sk_test_hidden" not in wrong.out + wrong.err


def test_doctor_says_which_webhooks_are_off(koda: Koda) -> None:
    """And what that means; a variable that is set to nothing is no mistake."""
    off = {"KODA_STRIPE_WEBHOOK_SECRETS": "", "KODA_STRIPE_CONNECT_WEBHOOK_SECRETS": ""}
    with Sandbox.start(strict=True) as sandbox:
        ended = koda("doctor", "--json", **told(sandbox, **off))

    (webhooks,) = [row for row in ended.json if row["service"] == "webhooks"]
    assert webhooks["ok"]
    assert "payments off: one is recorded only when its buyer comes back" in webhooks["detail"]
    assert "accounts off: a change is seen only when the seller asks" in webhooks["detail"]


def test_doctor_tells_a_sandbox_that_is_gone(koda: Koda) -> None:
    """Everything that stands on it is down: the exit code says to try again."""
    with Sandbox.start(strict=True) as sandbox:
        settings = told(sandbox)

    ended = koda("doctor", "--json", **settings)

    assert ended.code == 7
    assert all(row["passing"] for row in ended.json if not row["ok"])
    failed = {row["service"] for row in ended.json if not row["ok"]}
    assert failed == {"payments", "identity", "sandbox"}


def test_document_of_the_settings_is_current(koda: Koda) -> None:
    """docs/reference/settings.md is what `koda settings --markdown` prints."""
    assert DOCUMENT.read_text(encoding="utf-8") == koda("settings", "--markdown").out


def test_settings_are_listed(koda: Koda) -> None:
    """For a person and for a program, each with its meaning, and none with its present value."""
    secret = "s" * 40
    shown = koda("settings", KODA_SECRET=secret)
    listed = koda("settings", "--json", KODA_SECRET=secret)

    assert "KODA_POLICY_FEE_BASIS_POINTS" in shown.out
    assert {"name", "default", "takes", "meaning"} == set(listed.json[0])
    assert secret not in shown.out + listed.out


def test_sandbox_runs_by_itself_until_its_owner_is_gone(koda: Koda) -> None:
    """Everything behind `koda sandbox` reaches the sandbox's own program."""
    process = koda.begin("sandbox", "--until-stdin-closes", "--people", "none")
    ready = next(lines_of(process.stdout))

    _, complaint = process.communicate(timeout=PATIENCE)

    assert ready.startswith("sandbox ready at http://127.0.0.1:")
    assert (process.returncode, complaint) == (0, "")


def test_sandbox_refuses_what_it_does_not_know(koda: Koda) -> None:
    """With the exit code of wrong input."""
    assert koda("sandbox", "--frobnicate").code == 2


def test_console_script_is_installed() -> None:
    """The package declares `koda`, and it leads to the same program."""
    script = """
from importlib.metadata import entry_points
(koda,) = entry_points(group="console_scripts", name="koda")
print(koda.value)
"""
    done = subprocess.run(
        [COMMAND[0], "-c", script], capture_output=True, text=True, timeout=60, check=True
    )

    assert done.stdout == "koda.entrypoints.cli.script:main\n"


def test_command_whose_library_is_missing_says_what_to_install() -> None:
    """One line, whichever command: here the site without its web framework."""
    program = """
import sys
sys.modules["flask"] = None
from koda.entrypoints.cli.main import run
sys.exit(run(["demo", "--json"]))
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False
    )

    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert "pip install 'koda-marketplace[embedded]'" in line
    assert '"code": "missing_library"' in line


IN_MEMORY = {
    f"KODA_{port}": "memory"
    for port in ("STORE", "FILES", "CACHE", "PAYMENTS", "IDENTITY", "NOTICES")
}


def test_marketplace_in_memory_needs_no_preparation(koda: Koda) -> None:
    """Nothing is made where nothing is kept."""
    ended = koda("init", **IN_MEMORY, KODA_SECRET=STRONG)

    assert ended.code == 0
    assert ended.out == "Nothing to prepare: nothing is kept on this machine.\n"
    assert not koda.data.exists()


def test_doctor_tries_only_what_is_chosen(koda: Koda) -> None:
    """Without Stripe and Clerk there is nothing to say of webhooks, keys and the sandbox."""
    ended = koda("doctor", "--json", **IN_MEMORY)

    assert ended.code == 0
    services = [row["service"] for row in ended.json]
    assert services == ["settings", "site", "store", "files", "payments", "scanner"]


def test_tidy_counts_and_then_removes(koda: Koda) -> None:
    """A dry run removes nothing; both tell it as a table and as one JSON object."""
    assert koda("init").code == 0
    ticket = a_ticket()
    with closing(Database(koda.data / "koda.sqlite")) as database:
        SqliteUploads(database).add(ticket)

    assert koda("tidy", "--dry-run").out.splitlines() == [
        "      1  expired upload tickets would go",
        "      0  uploads never listed would go",
        "      0  kept files that no listing refers to would go",
        "      0  orders never paid would go",
        "      0  messages handled long ago would go",
        "      0  payloads of messages handled long ago would go",
        "      0  events delivered long ago would go",
    ]
    nothing = dict.fromkeys(("uploads", "files", "orders", "messages", "payloads", "deliveries"), 0)
    told = {"dry_run": False, "tickets": 1, **nothing, "files_refused": False}
    assert koda("tidy", "--json").json == told
    assert koda("tidy", "--json", "--dry-run").json["tickets"] == 0
