import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
import stripe

from paysandbox import Sandbox

Open = Callable[..., stripe.checkout.Session]
SCRIPTS = Path(__file__).parent / "official"
CACHE = Path(sys.prefix) / "official"
"""Beside the libraries that the tests themselves are installed with."""

INSTALL = 120.0
"""Seconds that a registry may take."""


def fetched(packages: Sequence[str], command: Sequence[str]) -> Path:
    """A folder with packages of one registry, filled at the first time.

    Skips the test where they cannot be had; in CI it fails instead.
    """
    folder = CACHE / "-".join(packages).replace("/", "-")
    if folder.exists():
        return folder
    CACHE.mkdir(exist_ok=True)
    unfinished = folder.with_name(f"{folder.name}.{os.getpid()}")
    unfinished.mkdir()
    try:
        install = [*command, str(unfinished), *packages]
        subprocess.run(install, check=True, capture_output=True, timeout=INSTALL)
        unfinished.rename(folder)
    except (OSError, subprocess.SubprocessError) as error:
        missing(f"{packages} cannot be had: {error}")
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return folder


def missing(reason: str) -> None:
    """End the test for want of something."""
    if "CI" in os.environ:
        pytest.fail(reason)
    pytest.skip(reason)


def run(command: Sequence[str], environment: dict[str, str], **given: Any) -> Any:
    """Run a script with what it is given, and read what it prints."""
    done = subprocess.run(
        [*command, json.dumps(given)],
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def run_node(script: str, package: str, **given: Any) -> Any:
    """Run a script with a package of Node's beside it."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        missing("Node is not installed")
    quiet = ["--ignore-scripts", "--no-audit", "--no-fund"]
    folder = fetched([package], [str(npm), "install", *quiet, "--prefix"])
    # Modules are found from where a script lies.
    shutil.copy(SCRIPTS / script, folder / script)
    return run([str(node), str(folder / script)], {}, **given)


def messages_of(sandbox: Sandbox, kind: str) -> list[dict[str, Any]]:
    """Every message about events of a kind, with its signature."""
    signed = (sandbox.webhooks.message(event["id"]) for event in sandbox.objects(kind))
    return [{"body": body.decode(), "headers": headers} for body, headers in signed]


def test_stripes_library_for_node_runs_unchanged(sandbox: Sandbox, checkout: Open) -> None:
    """It pages over filtered lists, expands, verifies, and retries under one key."""
    for price in (1000, 1100):
        sandbox.pay(checkout(price).id)
    sandbox.faults.next("POST /v1/accounts", "status=500")
    sandbox.forget_requests()

    told = run_node(
        "stripe.mjs",
        "stripe@23.1.0",
        url=sandbox.stripe_url,
        key=sandbox.secret_key,
        secret=sandbox.webhook_secret,
        messages=messages_of(sandbox, "event"),
    )

    assert told["events"] == ["payment_intent.succeeded", "charge.succeeded"] * 2
    assert told["sales"] == [[1100, "Automation 0"], [1000, "Automation 0"]]
    assert told["verified"] == [event["type"] for event in sandbox.events()]
    assert told["refusal"] == ["StripeInvalidRequestError", "email_invalid", "email"]
    assert [row["id"] for row in sandbox.objects("account")] == [told["account"]]
    failed, repeated, _ = (seen for seen in sandbox.requests if seen.method == "POST")
    assert (failed.status, repeated.status) == (500, 200)
    assert failed.idempotency_key == repeated.idempotency_key is not None


def clerk_given(sandbox: Sandbox, person: str) -> dict[str, Any]:
    """What a script about people is given."""
    return {
        "url": sandbox.clerk_url,
        "key": sandbox.clerk_secret_key,
        "secret": sandbox.clerk_webhook_secret,
        "token": sandbox.sign_in(person),
        "messages": messages_of(sandbox, "clerk_event"),
    }


def test_clerks_library_for_node_runs_unchanged(sandbox: Sandbox) -> None:
    """It pages over people, changes them, and verifies a session's token and messages."""
    ada = sandbox.objects("user")[0]["id"]
    sandbox.change_person(ada, first_name="Adela")
    people = [person["first_name"] for person in sandbox.objects("user")]

    told = run_node("clerk.mjs", "@clerk/backend@3.25.0", **clerk_given(sandbox, ada))

    assert told["names"] == people[::-1]
    assert (told["changed"], told["gone"]) == ("Quist", "resource_not_found")
    assert told["signedIn"] == ada
    assert told["verified"][-1] == "user.updated"


def test_clerks_library_for_python_runs_unchanged(sandbox: Sandbox) -> None:
    """It pages over people, changes them, retries, and verifies a session's token."""
    ada = sandbox.objects("user")[0]["id"]
    people = [person["first_name"] for person in sandbox.objects("user")]
    sandbox.faults.next("GET /clerk/v1/users*", "status=503")
    install = [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--target"]
    folder = fetched(["clerk-backend-api==7.0.0"], install)

    told = run(
        [sys.executable, str(SCRIPTS / "clerk_backend.py")],
        {"PYTHONPATH": str(folder)},
        **clerk_given(sandbox, ada),
    )

    assert told["names"] == people[::-1]
    assert (told["changed"], told["gone"]) == ("Quist", "resource_not_found")
    assert told["signedIn"] == ada
