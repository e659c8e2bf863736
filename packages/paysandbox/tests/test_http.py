import re
import socket
import struct
import subprocess
import sys
from typing import Any, cast

import pytest
import requests
import stripe

from packages.paysandbox.tests.arrange import connect
from paysandbox import Options, Sandbox
from paysandbox.control import SandboxControl
from paysandbox.names import API_VERSIONS, EVENT_TYPES, LOCALES
from paysandbox.strict import check_installed


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer "},
        {"Authorization": "Bearer sk_live_somethingelse"},
        {"Authorization": "Bearer short"},
        {"Authorization": "Bearer schlüssel".encode().decode("latin-1")},
        {"Authorization": "Basic !!!"},
        {"Authorization": "Basic Og=="},
        {"Authorization": "Digest x"},
    ],
)
def test_calls_without_the_secret_key_are_refused(
    sandbox: Sandbox, headers: dict[str, str]
) -> None:
    """401 in Stripe's shape, and the key is not repeated whole."""
    answer = requests.get(f"{sandbox.url}/v1/balance", headers=headers, timeout=5)

    assert answer.status_code == 401
    assert answer.json()["error"]["type"] == "invalid_request_error"
    assert "somethingelse" not in answer.text


def test_key_may_come_as_basic_auth(sandbox: Sandbox) -> None:
    """As curl's `-u key:` sends it."""
    answer = requests.get(f"{sandbox.url}/v1/balance", auth=(sandbox.secret_key, ""), timeout=5)

    assert answer.status_code == 200


def test_library_raises_its_own_error_for_a_wrong_key(sandbox: Sandbox) -> None:
    """AuthenticationError, as with the real thing."""
    wrong = stripe.StripeClient("sk_test_wrong", base_addresses={"api": sandbox.url})

    with pytest.raises(stripe.AuthenticationError):
        wrong.v1.balance.retrieve()


def test_answers_name_request_and_version(sandbox: Sandbox) -> None:
    """Request-Id and Stripe-Version come with every answer, refusals too."""
    auth = (sandbox.secret_key, "")
    named = {"Stripe-Version": "2026-10-28.endive"}

    answer = requests.get(f"{sandbox.url}/v1/charges/ch_x", auth=auth, headers=named, timeout=5)

    assert answer.status_code == 404
    assert answer.headers["Request-Id"].startswith("req_")
    assert answer.headers["Stripe-Version"] == "2026-10-28.endive"


@pytest.mark.parametrize("version", ["2030-01-01", "2026-10-28", "2026-10-28.Endive", "latest"])
def test_versions_that_are_not_known_are_refused(sandbox: Sandbox, version: str) -> None:
    """400, in the sandbox's own version, and no key is used up by it."""
    account = {"email": "a@example.com"}
    headers = {"Idempotency-Key": "k", "Stripe-Version": version}
    address, auth = f"{sandbox.url}/v1/accounts", (sandbox.secret_key, "")

    refused = requests.post(address, account, headers=headers, auth=auth, timeout=5)
    headers["Stripe-Version"] = "2020-08-27"
    taken = requests.post(address, account, headers=headers, auth=auth, timeout=5)

    assert refused.status_code == 400
    assert refused.json()["error"]["message"] == f"Invalid Stripe API version: {version}"
    assert refused.headers["Stripe-Version"] == "2026-10-28.endive"
    assert (taken.status_code, taken.headers["Stripe-Version"]) == (200, "2020-08-27")


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/v1/customers"), ("DELETE", "/v1/charges/ch_x"), ("POST", "/v1/balance")],
)
def test_calls_that_are_not_known_say_so(sandbox: Sandbox, method: str, path: str) -> None:
    """404 with the method and path."""
    answer = requests.request(method, sandbox.url + path, auth=(sandbox.secret_key, ""), timeout=5)

    assert answer.status_code == 404
    assert f"{method}: {path}" in answer.json()["error"]["message"]


@pytest.mark.parametrize(
    ("data", "content_type", "status"),
    [
        (b'{"amount": 1}', "application/json", 400),
        (b"a[b=1", "application/x-www-form-urlencoded", 400),
        (b"a=" + b"x" * 1_000_001, "application/x-www-form-urlencoded", 413),
        (b"", "", 400),
    ],
)
def test_bodies_that_are_no_forms_are_refused(
    sandbox: Sandbox, data: bytes, content_type: str, status: int
) -> None:
    """As a 4xx in Stripe's shape."""
    answer = requests.post(
        f"{sandbox.url}/v1/transfers",
        data=data,
        headers={"Content-Type": content_type},
        auth=(sandbox.secret_key, ""),
        timeout=5,
    )

    assert answer.status_code == status
    assert answer.json()["error"]["type"] == "invalid_request_error"


def test_connection_stays_open_between_requests(sandbox: Sandbox) -> None:
    """Two requests, one connection."""
    with socket.create_connection(("127.0.0.1", int(sandbox.url.rpartition(":")[2]))) as raw:
        stream = raw.makefile("rwb")
        for _ in range(2):
            stream.write(b"GET /style.css HTTP/1.1\r\nHost: localhost\r\n\r\n")
            stream.flush()
            assert stream.readline() == b"HTTP/1.1 200 OK\r\n"
            length = 0
            while (line := stream.readline()) != b"\r\n":
                name, _, value = line.partition(b":")
                length = int(value) if name.lower() == b"content-length" else length
            assert len(stream.read(length)) == length > 0


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        (b"Transfer-Encoding: chunked\r\n", b"411"),
        (b"Content-Length: x\r\n", b"411"),
        (b"Content-Length: 99999999999\r\n", b"413"),
    ],
)
def test_bodies_of_unknown_or_excessive_length_are_not_read(
    sandbox: Sandbox, headers: bytes, status: bytes
) -> None:
    """The connection is closed after the refusal."""
    with socket.create_connection(("127.0.0.1", int(sandbox.url.rpartition(":")[2]))) as raw:
        raw.sendall(b"POST /v1/transfers HTTP/1.1\r\nHost: x\r\n" + headers + b"\r\n")
        raw.settimeout(5)
        answer = b"".join(iter(lambda: raw.recv(4096), b""))

    assert answer.split()[1] == status


def test_client_that_drops_its_connection_harms_nobody(
    sandbox: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    """It is noted, and the next request is answered."""
    caplog.set_level("INFO", "paysandbox.httpd")
    with socket.create_connection(("127.0.0.1", int(sandbox.url.rpartition(":")[2]))) as raw:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        raw.sendall(b"POST /v1/transfers HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n")

    for _ in range(200):
        assert requests.get(f"{sandbox.url}/style.css", timeout=5).status_code == 200
        if "broke" in caplog.text:
            break
    assert "broke" in caplog.text


def test_sandbox_can_be_stopped_early_and_twice() -> None:
    """Before it served, and again after it was stopped."""
    never_served = Sandbox(Options(people=()))
    never_served.stop()
    with Sandbox.start(people=()) as served:
        address = served.url
        assert requests.get(f"{address}/style.css", timeout=5).status_code == 200
        served.stop()

    with pytest.raises(requests.ConnectionError):
        requests.get(f"{address}/style.css", timeout=5)


def test_head_has_no_body(sandbox: Sandbox) -> None:
    """Link previews that only look get headers, and use nothing up."""
    answer = requests.head(f"{sandbox.url}/style.css", timeout=5)

    assert answer.content == b""


def test_log_tells_what_was_asked(sandbox: Sandbox, client: stripe.StripeClient) -> None:
    """Method, path, form, key and status, oldest first, until it is forgotten."""
    client.v1.accounts.create({"metadata": {"a": "1"}}, {"idempotency_key": "k"})

    [seen] = sandbox.requests
    sandbox.forget_requests()

    assert (seen.method, seen.path, seen.status) == ("POST", "/v1/accounts", 200)
    assert (seen.params, seen.idempotency_key) == ({"metadata": {"a": "1"}}, "k")
    assert sandbox.requests == []


def test_request_of_an_event_is_named(sandbox: Sandbox, client: stripe.StripeClient) -> None:
    """What a call caused says which call it was; what people do names none."""
    account = client.v1.accounts.create()
    change: Any = {"email": "a@example.com"}
    client.v1.accounts.update(account.id, change, {"idempotency_key": "k-1"})
    sandbox.complete_onboarding(account.id)

    by_call, by_person = sandbox.events("account.updated")

    assert by_call["request"]["idempotency_key"] == "k-1"
    assert by_person["request"]["id"] is None


def test_strict_mode_uses_the_librarys_types(sandbox: Sandbox, client: stripe.StripeClient) -> None:
    """A nested typo is refused with the name that the library's types give it."""
    assert sandbox.world.strict
    params: Any = {"controller": {"fees": {"payor": "application"}}}

    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.v1.accounts.create(params)

    assert "The Stripe library's types refuse controller.fees.payor" in str(caught.value)


def test_strict_mode_says_which_library_it_misses() -> None:
    """At its start, not at the first request."""
    check_installed()
    with pytest.raises(ValueError, match=r"'no_such_library': run pip install .*\[strict\]"):
        check_installed(["pydantic", "no_such_library"])


def test_strict_mode_without_pydantic_does_not_start() -> None:
    """The program ends with one sentence that names the extra to install."""
    without = (
        "import sys; sys.modules['pydantic'] = None\n"
        "from paysandbox.command import main; sys.exit(main(['--strict']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", without], capture_output=True, text=True, timeout=60, check=False
    )

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "The sandbox cannot start: strict mode needs the library 'pydantic': "
        "run pip install 'paysandbox[strict]'\n"
    )


def test_without_strict_mode_the_sandbox_checks_by_itself() -> None:
    """The same typo is refused in Stripe's own words."""
    params: Any = {"controller": {"fees": {"payor": "application"}}}
    with Sandbox.start() as plain, pytest.raises(stripe.InvalidRequestError) as caught:
        connect(plain).v1.accounts.create(params)

    assert caught.value.code == "parameter_unknown"
    assert caught.value.param == "controller[fees][payor]"


def test_running_sandbox_can_become_strict() -> None:
    """One that another program started, too."""
    params: Any = {"controller": {"fees": {"payor": "application"}}}
    with Sandbox.start() as plain:
        SandboxControl(plain.url).be_strict()
        with pytest.raises(stripe.InvalidRequestError, match="types refuse"):
            connect(plain).v1.accounts.create(params)


def test_endpoints_can_be_registered_through_the_api(client: stripe.StripeClient) -> None:
    """Their secret is shown once; they can be changed, disabled and forgotten."""
    made = client.v1.webhook_endpoints.create(
        {"url": "http://127.0.0.1:1/hook", "enabled_events": ["charge.succeeded"], "connect": True}
    )

    changed = client.v1.webhook_endpoints.update(
        made.id, {"disabled": True, "url": "http://127.0.0.1:2/", "metadata": {"a": "1"}}
    )
    read = client.v1.webhook_endpoints.retrieve(made.id)
    client.v1.webhook_endpoints.delete(made.id)

    assert str(made.secret).startswith("whsec_")
    assert (changed.status, changed.url) == ("disabled", "http://127.0.0.1:2/")
    assert getattr(read, "secret", None) is None
    assert client.v1.webhook_endpoints.list().data == []


def test_no_more_than_sixteen_endpoints(client: stripe.StripeClient) -> None:
    """As with the real thing."""
    create = client.v1.webhook_endpoints.create
    for place in range(16):
        create({"url": f"http://127.0.0.1:1/{place}", "enabled_events": ["*"]})

    with pytest.raises(stripe.InvalidRequestError):
        create({"url": "http://127.0.0.1:1/17", "enabled_events": ["*"]})
    first = client.v1.webhook_endpoints.list().data[0].id
    assert client.v1.webhook_endpoints.update(first, {"description": "d"}).description == "d"


@pytest.mark.parametrize(
    "change",
    [
        {"enabled_events": ["charge.succeded"]},
        {"enabled_events": ["charge.*"]},
        {"enabled_events": []},
        {"api_version": "2030-01-01"},
    ],
)
def test_endpoints_for_what_is_not_known_are_refused(
    client: stripe.StripeClient, change: Any
) -> None:
    """Events by their whole names, or a single star; versions that there are."""
    given = {"url": "http://shop.test/hook", "enabled_events": ["charge.succeeded"]}
    endpoints = client.v1.webhook_endpoints

    with pytest.raises(stripe.InvalidRequestError):
        endpoints.create(cast("Any", given | change))

    dated: Any = given | {"api_version": "2025-11-17.clover"}
    assert endpoints.create(dated).api_version == "2025-11-17.clover"


def test_names_are_those_of_the_library() -> None:
    """Every event type, version and language that the library knows."""
    endpoint: Any = stripe.params.WebhookEndpointCreateParams
    session: Any = stripe.params.checkout.SessionCreateParams
    fields = [(endpoint, "enabled_events"), (endpoint, "api_version"), (session, "locale")]
    types, versions, locales = (
        set(re.findall(r"'([\w.*-]+)'", str(kind.__annotations__[name]))) for kind, name in fields
    )

    assert types == EVENT_TYPES | {"*"}
    assert versions == API_VERSIONS - {"2026-11-18.endive"}
    assert locales == LOCALES
