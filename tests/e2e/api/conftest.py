import pytest
from flask import Flask
from schemathesis.pytest.plugin import SchemathesisFunction

from koda.adapters.pillow.pictures import PillowPictures
from koda.domain.model.automations import Automation
from koda.domain.model.people import Principal
from koda.domain.model.roles import Role
from koda.entrypoints.web.api.blueprint import api_blueprint
from koda.testing.marketplace import Marketplace
from tests.e2e.api.client import PREFIX, Api, Document


def mounted(marketplace: Marketplace) -> Flask:
    """An application with the API of `marketplace` alone."""
    app = Flask("mounted")
    app.register_blueprint(api_blueprint(marketplace.container), url_prefix=PREFIX)
    return app


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Name each test that Schemathesis makes for its operation, in its id, too.

    The library gives all of them the same id, and of such the test processes run one alone.
    """
    for item in items:
        if isinstance(item, SchemathesisFunction) and item.id.params is None:
            item._id = item.id.with_params(item.operation_label)


@pytest.fixture(scope="session")
def document() -> Document:
    """The document that the API gives of itself."""
    http = mounted(Marketplace()).test_client()
    return Document(http.get(f"{PREFIX}/openapi.json").get_json())


@pytest.fixture
def marketplace() -> Marketplace:
    """A marketplace in which nothing happened yet."""
    return Marketplace(pictures=PillowPictures())


@pytest.fixture
def app(marketplace: Marketplace) -> Flask:
    """An application in which the API is mounted alone."""
    return mounted(marketplace)


@pytest.fixture
def api(app: Flask, marketplace: Marketplace, document: Document) -> Api:
    """The API as a visitor calls it."""
    return Api(app.test_client(), marketplace, document)


@pytest.fixture
def ada(marketplace: Marketplace) -> Principal:
    """A seller who can be paid."""
    return marketplace.ready_seller("ada")


@pytest.fixture
def bea(marketplace: Marketplace) -> Principal:
    """A buyer."""
    return marketplace.person("bea")


@pytest.fixture
def root(marketplace: Marketplace) -> Principal:
    """An admin."""
    return marketplace.person("root", Role.ADMIN)


@pytest.fixture
def selling(api: Api, ada: Principal) -> Api:
    """The API as Ada calls it."""
    return api.signed_in(ada)


@pytest.fixture
def buying(api: Api, bea: Principal) -> Api:
    """The API as Bea calls it."""
    return api.signed_in(bea)


@pytest.fixture
def moderating(api: Api, root: Principal) -> Api:
    """The API as an admin calls it."""
    return api.signed_in(root)


@pytest.fixture
def automation(marketplace: Marketplace, ada: Principal) -> Automation:
    """What Ada sells."""
    return marketplace.list_automation(ada)
