import pytest

SERVERS = frozenset({"mongo_server", "redis_url", "s3_server"})


@pytest.fixture(autouse=True)
def unaided(request: pytest.FixtureRequest) -> None:
    """Nothing of this ring asks for a server that must be installed: that is the live ring's."""
    assert SERVERS.isdisjoint(request.fixturenames)
