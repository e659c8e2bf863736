from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from koda.domain.model.sellers import Restricted
from koda.domain.model.sentences import sentence
from koda.entrypoints.languages.catalogues import Languages
from koda.entrypoints.web.api.blueprint import api_blueprint
from koda.entrypoints.web.app import create_app
from koda.testing.marketplace import Marketplace
from tests.support.made_up import TAG, accented, languages

HERE = "http://127.0.0.1:8000"
LOST = "/api/v1/automations/aut_lost"


@pytest.fixture(scope="module")
def several() -> Languages:
    """English and the made-up language."""
    return languages()


@pytest.fixture
def client(marketplace: Marketplace, several: Languages) -> FlaskClient:
    """Calls the API of a site in both languages."""
    return create_app(marketplace.container, several).test_client()


def ask(client: FlaskClient, path: str, wanted: str, **options: Any) -> TestResponse:
    """Call an operation, in the language that is `wanted`."""
    headers = {"Accept-Language": wanted, **options.pop("headers", {})}
    return client.open(path, base_url=HERE, headers=headers, **options)


@pytest.mark.parametrize(
    ("wanted", "tag"),
    [
        (TAG, TAG),
        (f"fr, {TAG};q=0.5", TAG),
        ("en", "en"),
        (f"en, {TAG};q=0.5", "en"),
        ("fr", "en"),
        ("", "en"),
        ("*", "en"),
        (";;;q=nonsense", "en"),
    ],
)
def test_the_language_is_the_one_that_the_caller_prefers(
    client: FlaskClient, wanted: str, tag: str
) -> None:
    """Among those that there are, and else English."""
    answer = ask(client, LOST, wanted)
    english = "There is no automation {id!r}."
    template = english if tag == "en" else accented(english)

    assert answer.get_json()["detail"] == template.format(id="aut_lost")
    assert answer.headers["Content-Language"] == tag
    assert "Accept-Language" in answer.headers["Vary"]


def test_codes_and_names_are_the_same_in_every_language(client: FlaskClient) -> None:
    """Programs know them."""
    there, here = (ask(client, LOST, tag).get_json() for tag in (TAG, "en"))

    assert there.keys() == here.keys()
    for name in ("type", "status", "code", "kind", "id"):
        assert there[name] == here[name]
    assert there["title"] == accented(here["title"])


def test_a_site_in_one_language_says_nothing_of_languages(marketplace: Marketplace) -> None:
    """Its answers are the same for everybody, and caches may keep one for all."""
    answer = ask(create_app(marketplace.container).test_client(), LOST, TAG)

    assert answer.get_json()["detail"] == "There is no automation 'aut_lost'."
    assert not {"Content-Language", "Vary"} & {*answer.headers.keys()}


def test_faults_of_a_query_are_said_in_the_language(client: FlaskClient) -> None:
    """Each with its data, as the locale writes them."""
    query = {"sort": "best", "platform": "abacus" * 7, "limit": 0}
    there, here = (
        ask(client, "/api/v1/automations", tag, query_string=query).get_json()["problems"]
        for tag in (TAG, "en")
    )

    assert [fault["field"] for fault in there] == [fault["field"] for fault in here]
    assert len(here) >= 2
    for fault, english in zip(there, here, strict=True):
        assert fault["problem"] != english["problem"]
        assert fault["problem"][:4] == accented(english["problem"])[:4]


@pytest.mark.parametrize(
    ("path", "options"),
    [
        ("/api/v1/nothing", {}),
        ("/api/v1/automations", {"method": "PATCH"}),
        ("/api/v1/orders/ord_1", {}),
        ("/api/v1/basket", {"method": "POST", "data": b"{", "content_type": "application/json"}),
        ("/api/v1/basket", {"method": "POST", "data": b"x", "content_type": "text/plain"}),
        ("/api/v1/basket", {"method": "POST", "json": {"automation_ids": []}}),
        ("/api/v1/basket", {"method": "POST", "json": {"automation_ids": 1}}),
        ("/api/v1/basket", {"method": "POST", "json": {}}),
        ("/api/v1/orders/ord_1", {"headers": {"Authorization": "Bearer nonsense"}}),
    ],
)
def test_every_refusal_is_said_in_the_language(
    client: FlaskClient, path: str, options: dict[str, Any]
) -> None:
    """Nothing of it is another library's sentence."""
    there, here = (ask(client, path, tag, **options).get_json() for tag in (TAG, "en"))

    assert there["code"] == here["code"]
    for name in ("title", "detail"):
        assert there[name] != here[name]
    assert there["title"] == accented(here["title"])


def test_what_a_seller_must_do_is_said_in_the_language(
    marketplace: Marketplace, client: FlaskClient
) -> None:
    """What the store keeps is the template, and not its English."""
    seller = marketplace.ready_seller("ada")
    account = marketplace.provider.open_account(seller.user_id)
    reason, wanted = sentence("required details are overdue"), sentence("further details")
    marketplace.provider.restrict(account, Restricted(reason, (wanted,)))
    marketplace.confirm_onboarding(seller.user_id)
    token = marketplace.identity.sign_in(seller.user_id)

    answer = ask(
        client, "/api/v1/seller", TAG, headers={"Authorization": f"Bearer {token}"}
    ).get_json()

    assert answer["reason"] == accented("required details are overdue")
    assert answer["requirements"] == [accented("further details")]


def test_an_api_of_its_own_has_languages(marketplace: Marketplace, several: Languages) -> None:
    """Without the pages."""
    app = Flask("alone")
    app.register_blueprint(api_blueprint(marketplace.container, several), url_prefix="/api/v1")

    answer = ask(app.test_client(), LOST, TAG)

    assert answer.headers["Content-Language"] == TAG
    assert answer.get_json()["title"] == accented("There is nothing here")
