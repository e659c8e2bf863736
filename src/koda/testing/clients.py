"""Clients of the site over a marketplace in memory."""

from urllib.parse import urlsplit

from flask.testing import FlaskClient

from koda.adapters.memory.identity import MemoryIdentity
from koda.domain.model.people import Principal
from koda.entrypoints.web.app import create_app
from koda.entrypoints.wiring.container import Container


def client_of(
    container: Container, identity: MemoryIdentity, person: Principal | None
) -> FlaskClient:
    """Return a client of the site, with the cookies and the bearer token of a person's session."""
    address = urlsplit(container.settings().site_url)
    app = create_app(container)
    app.config.update(SERVER_NAME=address.netloc, PREFERRED_URL_SCHEME=address.scheme)
    client = app.test_client()
    if person is not None:
        token = identity.sign_in(person.user_id, roles=person.roles)
        for name, value in container.browser_sessions().begin(token).items():
            client.set_cookie(name, value, domain=f"{address.hostname}")
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
    return client
