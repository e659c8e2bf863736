"""The cookies of the site by which Clerk tells a session.

https://clerk.com/docs/guides/how-clerk-works/overview
"""

from collections.abc import Mapping

from koda.domain.model.people import Credentials

SESSION = "__session"
"""The session token, on the site's own domain."""
SIGNED_IN_AT = "__client_uat"
"""When somebody last signed in with the browser: 0 once nobody is."""
_DIGITS = 12


def credentials_of(cookies: Mapping[str, str]) -> Credentials:
    """The credentials in cookies; a time that is none is as good as none."""
    noted = cookies.get(SIGNED_IN_AT, "")
    known = noted.isascii() and noted.isdecimal() and len(noted) <= _DIGITS
    return Credentials(cookie=cookies.get(SESSION), signed_in_at=int(noted) if known else None)
