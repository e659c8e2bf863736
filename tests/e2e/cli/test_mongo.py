from tests.e2e.cli.conftest import Serve
from tests.e2e.cli.program import Koda
from tests.servers.mongo import MongoServer


def store_of(findings: list[dict[str, str]]) -> dict[str, str]:
    """What the doctor says of the store."""
    (found,) = (one for one in findings if one["service"] == "store")
    return found


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
    assert "is not prepared" in refused.complaint
    collections = [one for one in first.json if one["what"].startswith("collection")]
    assert [one["existed"] for one in collections] == [False] * 8
    assert all(one["existed"] for one in second.json)
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
    found = store_of(koda("doctor", "--json", **settings).json)

    assert ended.code == 7
    assert found["code"] == "unavailable"
    assert "KODA_MONGO_URI" in found["remedy"]


def test_a_site_is_served_from_mongodb(koda: Koda, serve: Serve, mongo_server: MongoServer) -> None:
    """As from any other store."""
    settings = mongo_server.variables(mongo_server.new_database())
    assert koda("init", **settings).code == 0

    serving = serve("--workers", "1", **settings)

    assert serving.stop() == 0
