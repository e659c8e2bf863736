"""When a site on a live MongoDB says that it is ready."""

from attrs import evolve

from koda.adapters.mongo.schema import prepare
from koda.entrypoints.environment.loading import load_settings
from koda.entrypoints.health.readiness import EndpointReports, Watched
from koda.entrypoints.health.watched_backends import watched_backends
from koda.entrypoints.wiring.container import make_container
from koda.entrypoints.wiring.lifecycle import close
from tests.servers.mongo import MongoServer

IN_MEMORY = {f"KODA_{port}": "memory" for port in ("FILES", "PAYMENTS", "IDENTITY", "NOTICES")}


def test_a_site_is_not_ready_before_its_database_is_prepared(mongo_server: MongoServer) -> None:
    """Where the database was down at the start, that is found out before anybody is served."""
    database = mongo_server.new_database()
    settings = load_settings(IN_MEMORY | mongo_server.variables(database))
    container = make_container(settings)
    reports = EndpointReports(container.use_cases().watch_webhooks, ())
    asked = watched_backends(container.rooms(), container.backends(), reports)
    store = Watched(evolve(asked["store"], lifetime=0.0))

    def state() -> str:
        store.ask()
        return store.state(30)

    before = state()
    list(prepare(database))

    after = [state(), state()]
    close(container)

    assert (before, *after) == ("unprepared", "ok", "ok")
