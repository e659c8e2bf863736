import pytest

from koda.adapters.memory.browser_sessions import MemoryBrowserSessions
from koda.adapters.memory.identity import MemoryIdentity
from koda.domain.model.errors import NotAuthenticated, NotFound
from koda.domain.model.identifiers import UserId
from koda.domain.model.people import Credentials


def test_session_is_revoked_by_its_id() -> None:
    """And no other one of its user's."""
    identity = MemoryIdentity()
    tokens = [identity.sign_in(UserId("user_ada")) for _ in range(2)]
    first, second = (Credentials(cookie=token) for token in tokens)
    sessions = MemoryBrowserSessions(identity=identity)

    sessions.revoke(identity.authenticate(second).session_id)

    assert identity.authenticate(first).user_id == "user_ada"
    with pytest.raises(NotAuthenticated):
        identity.authenticate(second)
    with pytest.raises(NotFound):
        sessions.revoke("sess_none")


def test_sessions_of_another_identity_are_not_revoked() -> None:
    """Where none is told, nothing can be."""
    MemoryBrowserSessions().revoke("sess_1")
    assert MemoryBrowserSessions().sign_in_url("https://koda.example/") == ""
