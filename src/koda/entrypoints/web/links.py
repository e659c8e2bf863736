"""Safe redirects: a visitor is sent to the site's own pages alone."""

import re
from functools import lru_cache
from itertools import chain, zip_longest
from typing import Any
from urllib.parse import quote, urlencode

from flask import current_app, request, url_for

from koda.entrypoints.web.mounting import mounted_as
from koda.entrypoints.wiring.cursors import Cursors

_OWN_PATH = re.compile(r"/(?![/\\])[\x21-\x5b\x5d-\x7e]*")
_LONGEST = 2000
_SAFE = "/:@!$&'()*+,;=~"
_PLACE = "PLACE"


def link_to(name: str, *values: str, **query: str) -> str:
    """Return the address of the page `name`, about `values` if it is about anything.

    What Flask's own `url_for` says, which is asked once for each page: a page of many links would
    otherwise spend most of its time there.
    """
    known = current_app.extensions.setdefault("koda_links", {})
    key = (request.root_path, mounted_as(), name)
    pattern: list[str] | None = known.get(key)
    if pattern is None:
        pattern = known[key] = _pattern(f"{mounted_as()}.{name}").split(_PLACE)
    place = "".join(chain(*zip_longest(pattern, map(_quoted, values), fillvalue="")))
    return f"{place}?{urlencode(query, safe='/', quote_via=quote)}" if query else place


@lru_cache(maxsize=4096)
def _quoted(value: str) -> str:
    return quote(value, safe="")


def asked_cursor(cursors: Cursors) -> str | None:
    """Return the cursor of the request at hand, if it has one; raises `InvalidValue`."""
    return cursors.read(request.args.get("cursor"))


def paging(name: str, cursors: Cursors, following: str | None, **query: str) -> dict[str, str]:
    """Return the links between the pages of the list `name`; empty where there is nothing.

    `query` is what the list was asked for.
    """
    cursor = cursors.signed(following)
    return {
        "first_url": link_to(name, **query) if request.args.get("cursor") else "",
        "next_url": link_to(name, **query, cursor=cursor) if cursor else "",
    }


def _pattern(endpoint: str) -> str:
    rule = next(current_app.url_map.iter_rules(endpoint))
    values: dict[str, Any] = dict.fromkeys(rule.arguments, _PLACE)
    return url_for(endpoint, **values)


def own_path(target: str, otherwise: str) -> str:
    """Return `target` if it is a path on this site, else `otherwise`.

    A path starts with exactly one slash and holds no backslash, space or control character, so
    that no browser reads a host or a header into it.
    """
    if len(target) <= _LONGEST and _OWN_PATH.fullmatch(target):
        return target
    return otherwise


def present_path() -> str:
    """Return the path and query of the request at hand, as a visitor would come back to it.

    They are quoted as in an address: no character of them ends it or changes its meaning.
    """
    path = quote(f"{request.root_path}{request.path}", safe=_SAFE)
    query = quote(request.query_string, safe=f"{_SAFE}?%")
    return f"{path}?{query}" if query else path
