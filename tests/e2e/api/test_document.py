import re
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, settings
from jsonschema import Draft202012Validator
from schemathesis.checks import CheckContext, not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    ignored_auth,
    negative_data_rejection,
    positive_data_acceptance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from koda import __version__
from koda.adapters.memory.rate_limiter import MemoryRateLimiter
from koda.domain.model import errors
from koda.domain.model.errors import KodaError
from koda.domain.model.roles import Role
from koda.entrypoints.web.api.blueprint import api_blueprint
from koda.entrypoints.web.api.operations import Access, AnyOperation
from koda.entrypoints.web.api.table import OPERATIONS
from koda.entrypoints.web.csrf import ForeignRequest
from koda.testing.marketplace import Marketplace
from tests.e2e.api.client import PREFIX, Api, Document

EXPLAINED = {
    "cursor": "only the marketplace makes cursors, each for one query",
    "min_price": "it must not be above max_price, and JSON Schema does not compare fields",
    "q": "it has at most ten words, which no pattern can count in every script",
    "tag": "its length counts in lower case and without needless spaces",
    "tags": "so do theirs, and they must differ in that form",
    "file_name": "what is left of it on every disk must not be empty",
}
"""Fields that the document lets through and the API may refuse all the same, and why."""


@schemathesis.check
def described_is_accepted(
    ctx: CheckContext, response: schemathesis.Response, case: schemathesis.Case[Any]
) -> bool | None:
    """What the document allows is not refused, but for what is `EXPLAINED`."""
    refused = response.json().get("problems", []) if response.status_code == 422 else []
    if refused and all(problem["field"] in EXPLAINED for problem in refused):
        return None
    return positive_data_acceptance(ctx, response, case)


CHECKS = [
    described_is_accepted,
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
    ignored_auth,
    unsupported_method,
]


# Schemathesis makes its tests while they are collected, so the application is there before.
MARKETPLACE = Marketplace(rate_limiter=MemoryRateLimiter({}))
APP = Flask("described")
APP.register_blueprint(api_blueprint(MARKETPLACE.container), url_prefix=PREFIX)
DESCRIBED = schemathesis.openapi.from_wsgi(f"{PREFIX}/openapi.json", APP)
ADA = MARKETPLACE.ready_seller("ada")
TOKEN = MARKETPLACE.identity.sign_in(ADA.user_id, roles=[Role.ADMIN])


@DESCRIBED.parametrize()
@settings(
    max_examples=20,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
def test_made_up_requests_are_answered_as_described(case: schemathesis.Case[Any]) -> None:
    """Whatever is sent, right or wrong, is answered with a status and a shape of the document."""
    case.call_and_validate(headers={"Authorization": f"Bearer {TOKEN}"}, checks=CHECKS)


def test_the_document_is_valid_openapi() -> None:
    """Against the schema of OpenAPI 3.1, and each of its own schemas against JSON Schema's."""
    DESCRIBED.validate()
    assert DESCRIBED.raw_schema["openapi"] == "3.1.0"
    for schema in DESCRIBED.raw_schema["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


def test_the_document_names_every_operation(document: Document) -> None:
    """What can be called is described, and nothing else."""
    described = {
        (operation["operationId"], method.upper(), path)
        for path, methods in document.content["paths"].items()
        for method, operation in methods.items()
    }
    table = {(operation.name, operation.method, operation.path) for operation in OPERATIONS}
    assert described == table | {("describe_api", "GET", "/openapi.json")}


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_each_operation_says_who_may_call(operation: Any, document: Document) -> None:
    """A bearer token is needed, welcome or not read."""
    expected: dict[Access, list[dict[str, list[str]]]] = {
        Access.PUBLIC: [],
        Access.OPTIONAL: [{}, {"bearer": []}],
        Access.REQUIRED: [{"bearer": []}],
    }
    described = document.operation(operation.method, operation.path)
    assert described is not None
    assert described["security"] == expected[operation.access]
    assert ("401" in described["responses"]) == (operation.access is not Access.PUBLIC)


def test_every_code_of_the_document_is_that_of_an_error(document: Document) -> None:
    """A program may rely on them: each is an error of the domain or of HTTP itself."""
    named = {
        kind.code
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, KodaError)
    }
    announced = {
        code
        for methods in document.content["paths"].values()
        for operation in methods.values()
        for status, response in operation["responses"].items()
        if int(status) >= 400
        for code in response["content"]["application/problem+json"]["schema"]["allOf"][1][
            "properties"
        ]["code"]["enum"]
    }
    of_http = {"bad_request", "too_large", "unsupported_media_type", "internal_error"}
    assert announced - named == of_http | {ForeignRequest.code}


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_refusal_of_another_sites_page_is_announced(
    document: Document, operation: AnyOperation
) -> None:
    """Wherever something may be changed."""
    described = document.operation(operation.method, operation.path)
    assert described is not None
    refusal = described["responses"].get("403", {})
    assert ("csrf" in str(refusal)) == (operation.method != "GET")


def test_every_reference_leads_somewhere(document: Document) -> None:
    """No schema is named that is not there, and none is there that nobody names."""
    referred = set(re.findall(r"#/components/schemas/(\w+)", str(document.content)))
    assert referred == set(document.content["components"]["schemas"])


def test_the_document_says_the_version(document: Document) -> None:
    """It is that of the package."""
    assert document.content["info"]["version"] == __version__


@pytest.mark.parametrize("prefix", ["/api/v1", "/shop/api", "/"])
def test_the_api_works_under_any_prefix(prefix: str) -> None:
    """The document names the server that it came from, path included."""
    app = Flask("anywhere")
    app.register_blueprint(api_blueprint(MARKETPLACE.container), url_prefix=prefix)
    root = prefix.rstrip("/")
    http = app.test_client()
    assert http.get(f"{root}/automations").status_code == 200
    document = http.get(f"{root}/openapi.json").get_json()
    assert document["servers"] == [{"url": prefix}]
    assert http.get(f"{root}/nothing").mimetype == "application/problem+json"


def test_a_site_below_a_path_is_named_with_it(app: Flask) -> None:
    """Behind a server that mounts the whole site, that path is part of the address."""
    answer = app.test_client().get(
        f"{PREFIX}/openapi.json", environ_overrides={"SCRIPT_NAME": "/x"}
    )
    assert answer.get_json()["servers"] == [{"url": f"/x{PREFIX}"}]


def test_document_says_what_this_marketplace_takes(document: Document) -> None:
    """The currency and bounds of prices, the countries of sellers, and which files go together."""
    schemas = document.content["components"]["schemas"]

    assert schemas["Price"]["properties"]["currency"]["enum"] == ["EUR"]
    assert schemas["Price"]["properties"]["amount"]["maximum"] == 100000
    assert "DE" in schemas["OnboardingBody"]["properties"]["country"]["enum"]
    uploads = [choice["properties"] for choice in schemas["UploadBody"]["oneOf"]]
    assert {"const": "text/x-python"} in [choice["content_type"] for choice in uploads]


def checked_out(api: Api, amount: str) -> int:
    """The status that a checkout of what there is not answers, its total written as `amount`."""
    body = f'{{"automation_ids": ["aut_1"], "expected_total": {{"amount": {amount}, '
    answer = api.call(
        "POST",
        "/checkout",
        data=body + '"currency": "EUR"}}',
        content_type="application/json",
    )
    return answer.status_code


@pytest.mark.parametrize("amount", ["1250", "1250.0", "1.25e3"])
def test_whole_number_is_one_however_it_is_written(selling: Api, amount: str) -> None:
    """JSON Schema's `integer` does not care about the notation."""
    assert checked_out(selling, amount) == 404


@pytest.mark.parametrize("amount", ["1250.5", "1e400", "9007199254740993.0"])
def test_other_numbers_are_no_amount(selling: Api, amount: str) -> None:
    """Neither a part of a minor unit nor what no program reads exactly."""
    assert checked_out(selling, amount) in {400, 422}
