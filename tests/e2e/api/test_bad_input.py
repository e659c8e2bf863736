import io
from typing import Any

import pytest
from flask import Flask, Response
from werkzeug.test import TestResponse

from koda.domain.model.automations import Automation
from koda.entrypoints.web.api.reading import BODY_LIMIT
from koda.entrypoints.web.api.table import OPERATIONS
from tests.e2e.api.client import PREFIX, PROBLEM, Api, code_of, json_of

CHANGING = [operation for operation in OPERATIONS if operation.method != "GET"]
JSON = "application/json"


def send(api: Api, body: bytes, content_type: str | None = JSON, **options: Any) -> TestResponse:
    """Send bytes as the body of a checkout."""
    return api.post("/checkout", data=body, content_type=content_type, **options)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"nonsense",
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b"[" * 100_000 + b"]" * 100_000,
        b'{"automation_ids": [], "automation_ids": ["aut_1"]}',
        b'{"automation_ids": [Infinity]}',
        b'{"automation_ids": ["\\ud800"]}',
        b'{"\\udfff": 1}',
        b'{"automation_ids": [' + b"9" * 5000 + b"]}",
        b"\xef\xbb\xbf{}",
        b"\xff\xfe{\x00}\x00",
        b'{"automation_ids": ["\xff"]}',
        b'{"automation_ids": ["a\x00b"]}',
        b"{} {}",
        b"{'automation_ids': []}",
        b"\x1f\x8b\x08\x00",
    ],
)
def test_a_body_that_is_no_json_is_refused(body: bytes, buying: Api) -> None:
    """400 with the reason, and never a stack trace."""
    refused = send(buying, body)
    assert (refused.status_code, code_of(refused)) == (400, "bad_request")
    assert "Traceback" not in refused.text


@pytest.mark.parametrize("body", [b"[]", b"null", b"1", b'"x"', b"true", b"[{}]"])
def test_a_body_that_is_no_object_is_refused(body: bytes, buying: Api) -> None:
    """It is JSON, and not what is asked for."""
    refused = send(buying, body)
    assert (refused.status_code, code_of(refused)) == (422, "invalid_value")


@pytest.mark.parametrize(
    "ids", [[{"$ne": None}], {"$gt": ""}, "aut_1", [1], [None], [["aut_1"]], ["a b"], ["\u0000"]]
)
def test_an_operator_is_no_id(ids: Any, buying: Api) -> None:
    """What is not plain text of an id never reaches a store."""
    refused = buying.post("/checkout", {"automation_ids": ids})
    assert (refused.status_code, code_of(refused)) == (422, "invalid_value")


@pytest.mark.parametrize(
    "content_type",
    [
        None,
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/jsonp",
        "application/json; charset=utf-16",
        "a\r\nb",
        "application/json-patch+json",
    ],
)
def test_another_kind_of_body_is_refused(content_type: str | None, buying: Api) -> None:
    """A form of another site cannot even be read."""
    if content_type and "\r" in content_type:
        content_type = content_type.replace("\r\n", " ")
    refused = send(buying, b"{}", content_type)
    assert (refused.status_code, code_of(refused)) == (415, "unsupported_media_type")


@pytest.mark.parametrize("content_type", ["application/json; charset=UTF-8", "Application/JSON"])
def test_json_is_known_by_its_type(content_type: str, buying: Api, automation: Automation) -> None:
    """Whatever its case and its charset, if that is UTF-8."""
    body = f'{{"automation_ids": ["{automation.id}"]}}'.encode()
    assert send(buying, body, content_type).status_code == 201


def test_a_compressed_body_is_refused(buying: Api) -> None:
    """Nothing is unpacked, so nothing small becomes large."""
    refused = send(buying, b"{}", headers={"Content-Encoding": "gzip"})
    assert (refused.status_code, code_of(refused)) == (415, "unsupported_media_type")


def test_a_body_of_one_mebibyte_is_read(buying: Api) -> None:
    """The limit itself is allowed."""
    assert send(buying, b" " * (BODY_LIMIT - 2) + b"{}").status_code == 422


@pytest.mark.parametrize("operation", CHANGING, ids=lambda operation: operation.name)
def test_a_body_above_one_mebibyte_is_refused(operation: Any, buying: Api) -> None:
    """By every operation, whether it reads a body or not."""
    path = operation.path.format(automation_id="aut_1", order_id="ord_1", line=1)
    body = b" " * (BODY_LIMIT + 1)
    refused = buying.call(operation.method, path, data=body, content_type=JSON)
    assert (refused.status_code, code_of(refused)) == (413, "too_large")


def test_a_body_of_unknown_length_is_cut_off(buying: Api) -> None:
    """A client that does not say how much it sends can send no more either."""
    stream = io.BytesIO(b" " * (BODY_LIMIT + 1))
    answer = buying.http.post(
        f"{PREFIX}/checkout",
        input_stream=stream,
        headers={"Transfer-Encoding": "chunked", "Authorization": f"Bearer {buying.token}"},
        content_type=JSON,
        environ_overrides={"wsgi.input_terminated": True},
    )
    assert (answer.status_code, code_of(answer)) == (413, "too_large")


@pytest.mark.parametrize(
    "path", ["", "/", "/nothing", "/automations/", "/automations/a/b/c", "/a%2Fb"]
)
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
def test_an_address_with_nothing_is_a_problem(method: str, path: str, api: Api) -> None:
    """404 in the same shape as every other error."""
    answer = api.http.open(f"{PREFIX}{path}", method=method)
    assert (answer.status_code, code_of(answer)) == (404, "not_found")


@pytest.mark.parametrize("operation", CHANGING, ids=lambda operation: operation.name)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_reading_never_changes_anything(operation: Any, method: str, buying: Api) -> None:
    """Where something changes, `GET` is refused, or reads something else."""
    path = operation.path.format(automation_id="aut_1", order_id="ord_1", line=1)
    answer = buying.call(method, path)
    reading = {operation.path for operation in OPERATIONS if operation.method == "GET"}
    assert answer.status_code == 405 or operation.path in reading
    assert list(buying.marketplace.provider.accounts) == []


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/automations", "GET, HEAD, OPTIONS, POST"),
        ("/checkout", "OPTIONS, POST"),
        ("/automations/aut_1", "GET, HEAD, OPTIONS, PATCH"),
        ("/openapi.json", "GET, HEAD, OPTIONS"),
    ],
)
@pytest.mark.parametrize("method", ["DELETE", "PUT", "TRACE", "QUERY"])
def test_another_method_is_told_which_there_are(
    path: str, allowed: str, method: str, api: Api
) -> None:
    """405 with `Allow`, as HTTP has it; `OPTIONS` says the same."""
    refused = api.call(method, path)
    assert (refused.status_code, code_of(refused)) == (405, "method_not_allowed")
    assert refused.headers["Allow"] == allowed
    options = api.call("OPTIONS", path)
    assert (options.status_code, options.headers["Allow"]) == (204, allowed)


def test_head_answers_the_headers_alone(api: Api) -> None:
    """As `GET`, without the body."""
    answer = api.call("HEAD", "/automations")
    assert (answer.status_code, answer.data) == (200, b"")
    assert answer.content_length == len(api.get("/automations").data)


@pytest.mark.parametrize("origin", ["https://evil.example", "null"])
@pytest.mark.parametrize("method", ["GET", "OPTIONS"])
def test_no_other_origin_may_read(origin: str, method: str, api: Api) -> None:
    """There are no CORS headers."""
    headers = {"Origin": origin, "Access-Control-Request-Method": "POST"}
    answer = api.call(method, "/automations", headers=headers)
    assert not [name for name, _ in answer.headers if name.startswith("Access-Control")]


@pytest.mark.parametrize("path", ["/automations", "/nothing", "/library"])
def test_every_answer_is_sealed(path: str, api: Api) -> None:
    """Not kept, not sniffed, not framed, whoever mounted the API."""
    headers = api.get(path).headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]


@pytest.mark.parametrize("name", ["Host", "X-Forwarded-Host"])
def test_no_link_is_made_of_what_a_client_says(
    name: str, buying: Api, automation: Automation
) -> None:
    """Neither header is in any answer."""
    headers = {name: "evil.example"}
    for method, path, body in (
        ("POST", "/checkout", {"automation_ids": [automation.id]}),
        ("POST", "/seller/onboarding", {"country": "DE"}),
        ("GET", "/openapi.json", {}),
    ):
        options = {"json": body} if body else {}
        answer = buying.call(method, path, headers=headers, **options)
        assert "evil" not in answer.text
        assert "evil" not in str(answer.headers)


def test_what_nobody_foresaw_is_logged_and_not_told(
    api: Api, automation: Automation, caplog: pytest.LogCaptureFixture
) -> None:
    """A bug answers 500 without a word of what it was."""
    api.marketplace.automations._collection = None  # type: ignore[attr-defined] # a bug
    answer = api.get(f"/automations/{automation.id}")
    assert (answer.status_code, code_of(answer)) == (500, "internal_error")
    assert "collection" not in answer.text
    assert "NoneType" in caplog.text


def test_the_site_around_keeps_its_own_errors_from_the_api(app: Flask) -> None:
    """An application's pages for errors do not replace problems, nor problems its pages."""
    app.register_error_handler(404, lambda _: Response("<h1>Lost</h1>", 404))
    http = app.test_client()
    assert http.get(f"{PREFIX}/nothing").mimetype == PROBLEM
    assert http.get("/elsewhere").data == b"<h1>Lost</h1>"


def test_a_store_that_is_down_is_told_as_such(buying: Api) -> None:
    """Retryable errors say when to come back, and nothing is half done."""
    with buying.marketplace.provider.outage():
        refused = buying.post("/seller/onboarding", {"country": "DE"})
    assert (refused.status_code, code_of(refused)) == (503, "unavailable")
    assert refused.headers["Retry-After"] == "5"
    assert refused.json is not None
    assert refused.json["retry_after"] == 5
    assert json_of(buying.get("/seller"))["state"] == "none"
