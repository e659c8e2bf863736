"""Cookies of the site beside its session."""

from collections.abc import Mapping

from werkzeug.wrappers import Response


def with_site_cookies(response: Response, cookies: Mapping[str, str], *, https: bool) -> Response:
    """Return `response` with cookies of the whole site, which no script reads.

    The empty ones are deleted.
    """
    for name, value in cookies.items():
        if value:
            response.set_cookie(name, value, secure=https, httponly=True, samesite="Lax")
        else:
            response.delete_cookie(name, secure=https, httponly=True, samesite="Lax")
    return response
