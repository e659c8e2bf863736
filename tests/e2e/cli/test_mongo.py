import requests

from tests.e2e.cli.conftest import Serve
from tests.e2e.cli.program import PATIENCE, Koda
from tests.e2e.flows.caller import TIMEOUT
from tests.servers.mongo import MongoServer


def store_of(findings: list[dict[str, str]]) -> dict[str, str]:
    """What the doctor says of the store."""
    (row,) = (finding for finding in findings if finding["service"] == "store")
    return row


def test_mongodb_is_prepared_by_init_and_looked_after_by_doctor(
    koda: Koda, mongo_server: MongoServer
) -> None:
    """Before it says what is missing and what to do; afterwards all is well, and stays so."""
    settings = mongo_server.variables(mongo_server.new_database())
    before = store_of(koda("doctor", "--json", **settings).json)
    refused = koda("serve", "--port", "0", "--workers", "1", **settings)
    first = koda("init", "--json", **settings)
    second = koda("init", "--json", **settings)
    after = store_of(koda("doctor", "--json", **settings).json)

    assert "is not prepared: there is no collection automations" in before["detail"]
    assert "koda init" in before["remedy"]
    assert refused.code == 2
    assert "KODA_MONGO_DATABASE: the database" in refused.complaint
    assert "run 'koda init'" in refused.complaint
    collections = [step for step in first.json if step["what"].startswith("collection")]
    assert [collection["existed"] for collection in collections] == [False] * 17
    assert all(step["existed"] for step in second.json)
    assert after["ok"]
    assert after["detail"] == "mongo, written and read"


def test_mongodb_that_is_gone_is_told(koda: Koda) -> None:
    """As something to try again, with the exit code of it."""
    settings = {
        "KODA_STORE": "mongo",
        "KODA_CACHE": "memory",
        "KODA_MONGO_URI": "mongodb://127.0.0.1:1",
    }
    ended = koda("init", **settings)
    store = store_of(koda("doctor", "--json", **settings).json)

    assert ended.code == 7
    assert store["code"] == "unavailable"
    assert "KODA_MONGO_URI" in store["remedy"]


def test_a_site_is_served_from_mongodb(koda: Koda, serve: Serve, mongo_server: MongoServer) -> None:
    """As from any other store."""
    settings = mongo_server.variables(mongo_server.new_database())
    assert koda("init", **settings).code == 0

    serving = serve("--workers", "1", **settings)

    assert serving.stop() == 0


def test_user_whom_mongodb_does_not_know_stops_the_start(
    koda: Koda, mongo_server: MongoServer
) -> None:
    """One line with the variable; the password stays out of it."""
    settings = mongo_server.variables(mongo_server.new_database())
    settings["KODA_MONGO_URI"] = settings["KODA_MONGO_URI"].replace(
        "://", "://nobody:hidden-password@"
    )

    ended = koda("serve", "--port", "0", "--workers", "1", **settings)

    assert ended.code == 2
    assert ended.complaint.startswith("koda: store: The store refuses the marketplace")
    assert "KODA_MONGO_URI" in ended.complaint
    assert "hidden-password" not in ended.err
    assert ended.out == ""


def test_site_starts_without_a_mongodb_that_is_down(serve: Serve) -> None:
    """Its machine may be restarted in an outage; nothing is sent there before it is ready."""
    serving = serve(
        "--workers",
        "1",
        KODA_STORE="mongo",
        KODA_CACHE="memory",
        KODA_MONGO_URI="mongodb://127.0.0.1:1",
    )

    alive = requests.get(f"{serving.url}/healthz", timeout=TIMEOUT)
    ready = requests.get(f"{serving.url}/readyz", timeout=TIMEOUT)
    assert alive.status_code == 200
    assert (ready.status_code, ready.json()["backends"]["store"]) == (503, "unavailable")
    assert serving.stop() == 0
    complaint = serving.process.communicate(timeout=PATIENCE)[1].splitlines()[0]
    assert complaint.startswith("koda: store: The store is not answering")
    assert "/readyz tells" in complaint
