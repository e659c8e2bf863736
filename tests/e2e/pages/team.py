"""An application of another team, in which the marketplace is mounted."""

from flask import Flask, request
from flask.testing import FlaskClient
from flask_wtf.csrf import CSRFProtect
from werkzeug.test import TestResponse

from koda.entrypoints.web.marketplace import koda_blueprint
from koda.entrypoints.wiring.container import Container
from tests.e2e.pages.conftest import TOKEN

PREFIX = "/market"
PAGE = {"Sec-Fetch-Dest": "document"}
"""What a browser sends that opens a page."""


def bare_app() -> Flask:
    """An application of another team, with pages of its own."""
    app = Flask("team")
    app.secret_key = "k" * 32
    app.add_url_rule("/", "home", lambda: "the team's own page")
    app.add_url_rule(
        "/theirs", "theirs", lambda: request.form.get("field", "taken"), methods=["POST"]
    )
    return app


def team_app(container: Container, protection: str = "none", prefix: str = PREFIX) -> Flask:
    """The team's application with the marketplace, and perhaps form protection of its own."""
    app = bare_app()
    if protection == "before":
        CSRFProtect(app)
    app.register_blueprint(koda_blueprint(container), url_prefix=prefix)
    if protection == "after":
        CSRFProtect(app)
    return app


def token_of(page: TestResponse) -> str:
    """The token of a page's forms."""
    token = TOKEN.search(page.text)
    assert token is not None
    return token[1]


def put_in_basket(client: FlaskClient, automation_id: str, prefix: str = PREFIX) -> TestResponse:
    """Press the button of a listing's page."""
    token = token_of(client.get(f"{prefix}/automations/{automation_id}"))
    form = {"csrf_token": token, "automation_id": automation_id}
    return client.post(f"{prefix}/basket/add", data=form)
