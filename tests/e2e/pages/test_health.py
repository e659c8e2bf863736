from dependency_injector.providers import Object

from koda.domain.model.errors import Unavailable
from koda.entrypoints.web.app import create_app
from koda.testing.marketplace import Marketplace
from tests.e2e.pages.conftest import Site


class DownFiles:
    """A file store that does not answer."""

    def stat(self, key: str) -> None:
        """Fail as the store does."""
        raise Unavailable("file store")


def test_a_site_that_is_well_says_so(site: Site) -> None:
    """Alive, and ready with each backend's state."""
    browser = site.anybody()

    assert browser.get("/healthz").json == {"status": "ok"}
    ready = browser.get("/readyz")
    assert ready.status_code == 200
    assert ready.json == {"status": "ok", "backends": {"store": "ok", "files": "ok"}}


def test_a_backend_that_is_down_is_named(market: Marketplace) -> None:
    """The site is alive and not ready, and says because of what."""
    market.container.files.override(Object(DownFiles()))
    browser = Site(market, create_app(market.container)).anybody()

    ready = browser.get("/readyz")

    assert browser.get("/healthz").status_code == 200
    assert ready.status_code == 503
    assert ready.json == {
        "status": "unavailable",
        "backends": {"store": "ok", "files": "unavailable"},
    }
