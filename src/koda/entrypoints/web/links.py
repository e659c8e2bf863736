"""Where a visitor may be sent: only to the site's own pages."""

import re

from flask import request

_OWN_PATH = re.compile(r"/(?![/\\])[\x21-\x5b\x5d-\x7e]*")
_LONGEST = 2000


def own_path(target: str, otherwise: str) -> str:
    """Return `target` if it is a path on this site, else `otherwise`.

    A path starts with exactly one slash and holds no backslash, space or control character, so
    that no browser reads a host or a header into it.
    """
    if len(target) <= _LONGEST and _OWN_PATH.fullmatch(target):
        return target
    return otherwise


def present_path() -> str:
    """Return the path and query of the request at hand, as a visitor would come back to it."""
    path = request.full_path if request.query_string else request.path
    return f"{request.root_path}{path}"
