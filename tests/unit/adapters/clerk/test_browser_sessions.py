import pytest

from koda.adapters.clerk.backend import ClerkBackend
from koda.adapters.clerk.browser_sessions import ClerkBrowserSessions
from koda.domain.model.errors import NotFound
from koda.domain.model.people import Credentials
from paysandbox import Sandbox

ADA = "user_2SandboxAdaSeller"


@pytest.mark.parametrize(
    ("noted", "read"),
    [("1700000000", 1700000000), ("0", 0), ("9" * 13, None), ("-1", None), ("٣", None), ("", None)],
)
def test_time_of_the_sign_in_is_read_if_it_is_one(noted: str, read: int | None) -> None:
    """It is a cookie, which may hold anything."""
    credentials = ClerkBrowserSessions().credentials({"__session": "t", "__client_uat": noted})

    assert credentials == Credentials(cookie="t", signed_in_at=read)


def test_session_that_begins_clears_the_note_of_another_site() -> None:
    """Cookies are shared among the ports of a host."""
    assert ClerkBrowserSessions().begin("t") == {"__client_uat": "", "__session": "t"}


def test_sign_in_page_takes_the_address_to_come_back_to() -> None:
    """As Clerk's account portal does; without one there is no page."""
    page = "https://accounts.koda.example/sign-in"
    sessions = ClerkBrowserSessions(sign_in_page=page)

    back = "https%3A%2F%2Fkoda.example%2F%3Fa%3Db"
    assert sessions.sign_in_url("https://koda.example/?a=b") == f"{page}?redirect_url={back}"
    assert ClerkBrowserSessions().sign_in_url("https://koda.example/") == ""


def test_session_is_revoked_where_a_key_allows_it(sandbox: Sandbox) -> None:
    """By the Backend API; without a key for it, Clerk's session goes on."""
    sandbox.sign_in(ADA)
    session = sandbox.objects("session")[-1]["id"]
    backend = ClerkBackend(sandbox.clerk_secret_key, sandbox.clerk_url)

    ClerkBrowserSessions().revoke(session)
    assert backend.goes_on(session)
    ClerkBrowserSessions(backend=backend).revoke(session)
    assert not backend.goes_on(session)
    with pytest.raises(NotFound):
        ClerkBrowserSessions(backend=backend).revoke("sess_none")
