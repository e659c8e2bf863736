import os
import re
import signal
import socket
from collections.abc import Iterator
from pathlib import Path
from threading import Event
from urllib.parse import urlsplit

import pytest
import requests

from koda.entrypoints.samples.catalogue import SAMPLES
from tests.e2e.cli.conftest import Serve, serving
from tests.e2e.cli.program import PATIENCE, Koda, Serving, await_ends, descent
from tests.e2e.cli.warm import Warm
from tests.e2e.flows.caller import TIMEOUT, Caller

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
MANY = 32
"""Requests on connections of their own: the kernel spreads them over the workers."""
ADA = "user_2SandboxAdaSeller"
NORA = "user_2SandboxNoraBuyer"
LISTED_HERE = "Only just listed"


def titles(url: str) -> set[str]:
    """The titles in the catalogue, read on a fresh connection."""
    answer = requests.get(
        f"{url}/api/v1/automations?limit=100", headers={"Connection": "close"}, timeout=TIMEOUT
    )
    assert answer.status_code == 200, answer.text
    return {item["title"] for item in answer.json()["items"]}


@pytest.fixture(scope="module")
def beside(tmp_path_factory: pytest.TempPathFactory, warm: Warm) -> Iterator[Koda]:
    """`koda` with the data directory of the site that is served."""
    folder = tmp_path_factory.mktemp("site")
    with (folder / "log").open("w") as log:
        yield Koda(folder / "data", log, warm)


@pytest.fixture(scope="module")
def site(beside: Koda) -> Iterator[Serving]:
    """Two workers and the samples, for all who neither stop it nor hinder others."""
    with serving(beside) as start:
        yield start("--workers", "2", "--samples")


def test_samples_are_served_and_everybody_may_sign_in(site: Serving) -> None:
    """One command gives a catalogue to click through, and says how to sign in."""
    assert titles(site.url) - {LISTED_HERE} == {sample.title for sample in SAMPLES}
    page = requests.get(site.url, timeout=TIMEOUT)
    assert "New reviews to Slack" in page.text
    assert Caller.sign_in(site.site, ADA).done("GET", "/seller")["state"] == "ready"
    said = "\n".join(site.said)
    for told in ("no money moves", "/sandbox/sign-in", "Ada Okafor", "Nora Lind", "Ines Moreau"):
        assert told in said


def test_listing_is_soon_in_the_catalogue_of_every_worker(site: Serving) -> None:
    """What one process takes in, the others show once it is delivered, though they had cached."""
    before = [titles(site.url) for _ in range(MANY)]

    Caller.sign_in(site.site, ADA).list_automation(LISTED_HERE, 900)

    assert all(LISTED_HERE not in title for title in before)
    for _ in range(100):
        if all(LISTED_HERE in titles(site.url) for _ in range(MANY)):
            return
        Event().wait(0.05)
    pytest.fail("some worker does not show it")


def test_each_worker_knows_how_many_share_the_limits(site: Serving) -> None:
    """Together they let callers do what one process would."""
    told = [
        Path(f"/proc/{pid}/environ").read_bytes().split(b"\0").count(b"KODA_PROCESSES=2")
        for pid in descent(site.process.pid)
    ]

    assert sum(told) == 2


def test_site_stopped_by_a_signal_starts_again_as_it_was(serve: Serve) -> None:
    """Server, workers and sandbox end together, with exit code 0; no sample comes twice."""
    first = serve("--workers", "2", "--samples")
    before, address = titles(first.url), first.site.sandbox.url
    handles = first.processes()
    assert len(handles) >= 4
    assert first.stop(signal.SIGTERM) == 0
    assert await_ends(handles) == []

    second = serve("--samples")

    assert titles(second.url) == before
    assert second.site.sandbox.url == address
    assert Caller.sign_in(second.site, ADA).done("GET", "/seller")["state"] == "ready"
    handles = second.processes()
    assert second.stop(signal.SIGINT) == 0
    assert await_ends(handles) == []


def test_nothing_outlives_a_killed_server(serve: Serve) -> None:
    """Even after kill -9 there is neither a worker nor a sandbox left."""
    serving = serve("--workers", "2")
    handles = serving.processes()

    os.kill(serving.process.pid, signal.SIGKILL)

    assert await_ends(handles) == []


def test_taken_port_is_told(koda: Koda) -> None:
    """One sentence and exit code 5."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        ended = koda("serve", "--port", port)

    assert ended.code == 5
    assert ended.complaint == (
        f"koda: Port {port} of 127.0.0.1 is in use already; stop what listens there, or choose "
        "another --port."
    )


def test_taken_data_directory_is_told(beside: Koda, site: Serving) -> None:
    """A second server on the same data is refused with who has it."""
    ended = beside("serve", "--port", "0")

    assert ended.code == 5
    assert f"stop process {site.process.pid}" in ended.err


@pytest.mark.parametrize(
    ("arguments", "settings", "complaint"),
    [
        ((), {"KODA_STROE": "sqlite"}, "KODA_STROE: is no setting; did you mean KODA_STORE?"),
        ((), {"KODA_STRIPE_SECRET_KEY": "sk_test_1"}, "KODA_STRIPE_WEBHOOK_SECRETS: must be set"),
        ((), {"KODA_CACHE": "memory"}, "--workers: must be 1"),
        (
            ("--samples", "--workers", "1"),
            {"KODA_FILES": "memory"},
            "--samples: is for a sandboxed site",
        ),
        (("--host", "192.0.2.1"), {}, "--host: must be an address of this machine"),
        (("--port", "many"), {}, "Invalid value for '--port'"),
        (
            (),
            {"KODA_STRIPE_SECRET_KEY": "sk_live_1", "KODA_SANDBOX_URL": "http://127.0.0.1:1"},
            "KODA_SANDBOX_URL: and a live Stripe key exclude each other",
        ),
    ],
)
def test_wrong_settings_stop_the_start(
    koda: Koda, arguments: tuple[str, ...], settings: dict[str, str], complaint: str
) -> None:
    """Each with one sentence that names what to change, and exit code 2."""
    ended = koda("serve", "--port", "0", *arguments, **settings)

    assert ended.code == 2
    assert complaint in ended.complaint
    assert "Traceback" not in ended.err


def test_site_of_another_host_name_is_refused(site: Serving) -> None:
    """The site answers for its own address alone."""
    headers = {"Host": "evil.example", "X-Forwarded-Host": urlsplit(site.url).netloc}

    assert requests.get(site.url, headers=headers, timeout=TIMEOUT).status_code == 400


def test_log_holds_no_secret(koda: Koda, serve: Serve) -> None:
    """Neither keys, secrets, tokens nor links that open something."""
    serving = serve("--samples")
    caller, sandbox = Caller.sign_in(serving.site, ADA), serving.site.sandbox
    (mine, *_) = caller.done("GET", "/seller/automations")["items"]
    link = caller.done("POST", f"/library/{mine['id']}/download")["url"]
    requests.get(link, timeout=TIMEOUT)
    caller.call("GET", "/orders/ord_unknown")
    requests.post(f"{serving.url}/webhooks/stripe", b"{}", timeout=TIMEOUT)
    buyer = Caller.sign_in(serving.site, NORA)
    onboarding = buyer.done("POST", "/seller/onboarding", {"country": "DE"})["url"]
    requests.get(onboarding, timeout=TIMEOUT)
    paying = buyer.done("POST", "/checkout", {"automation_ids": [mine["id"]]})["url"]
    sandbox.faults.next("* /v1/*", "status=500", times=2)
    buyer.call("POST", "/seller/onboarding")
    info = sandbox.info()
    key = (koda.data / "secret-key").read_text().strip()
    serving.stop()

    out, log = serving.process.communicate(timeout=PATIENCE)

    secrets = [*(info[name] for name in info if "secret" in name), caller.token, buyer.token, key]
    secrets += [url.rpartition("/")[2] for url in (link, onboarding, paying)]
    assert len(secrets) == 11
    assert all(len(secret) > 20 for secret in secrets)
    assert not [secret for secret in secrets if secret in "\n".join((*serving.said, out, log))]
    assert not re.search(r"sk_(test|live)_|whsec_|Bearer ", log)


def test_doctor_asks_the_sandbox_of_a_running_server(beside: Koda, site: Serving) -> None:
    """What is tried is what visitors use."""
    ended = beside("doctor")

    assert ended.code == 0
    assert f"sandbox: {site.site.sandbox.url} answers" in ended.out


def test_signing_out_ends_the_session_at_the_sandbox(site: Serving) -> None:
    """Whoever kept the cookie, or the token in it, is nobody afterwards, in every process."""
    address = f"{site.url}/sandbox/sign-in"
    with requests.Session() as browser:
        token = TOKEN.search(browser.get(address, timeout=TIMEOUT).text)
        assert token is not None
        browser.post(address, {"csrf_token": token[1], "user": ADA}, timeout=TIMEOUT)
        cookie = browser.cookies["__session"]
        page = browser.get(f"{site.url}/selling", timeout=TIMEOUT)
        form = TOKEN.search(page.text)
        assert form is not None
        browser.post(f"{site.url}/sign-out", {"csrf_token": form[1]}, timeout=TIMEOUT)

    after = [
        requests.get(f"{site.url}{path}", timeout=TIMEOUT, headers=brought).status_code
        for _ in range(4)
        for path, brought in (
            ("/selling", {"Cookie": f"__session={cookie}"}),
            ("/api/v1/seller", {"Authorization": f"Bearer {cookie}"}),
        )
    ]

    assert page.status_code == 200
    assert set(after) == {401}
