"""Asking Clerk over HTTP."""

import json
from typing import Any
from urllib.parse import urlsplit

import requests

from koda.domain.model.errors import Refused, Unavailable

SERVICE = "identity provider"
TIMEOUT = (2.0, 5.0)
"""Seconds to connect, and to wait for each part of an answer."""
LARGEST = 4 * 1024 * 1024
"""Bytes of the largest answer that is read."""
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_FAILED = 500
_WRONG = range(400, _FAILED)
_BUSY = 429
_BLOCK = 65_536


def open_session(url: str, secret_key: str | None = None) -> requests.Session:
    """A session for the server at `url`, with `secret_key` as its bearer token if given.

    A server on this machine is asked directly, whatever proxies the environment names.
    """
    session = requests.Session()
    session.trust_env = urlsplit(url).hostname not in _LOOPBACK
    if secret_key is not None:
        session.auth = _Bearer(secret_key)
    return session


class _Bearer(requests.auth.AuthBase):
    """Shows a secret key; as an `auth` of the session no `.netrc` can take its place."""

    def __init__(self, secret_key: str) -> None:
        self._value = f"Bearer {secret_key}"

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Add the header to a request that is about to be sent."""
        request.headers["Authorization"] = self._value
        return request


def ask(
    session: requests.Session, method: str, url: str, body: dict[str, Any] | None = None
) -> tuple[int, Any]:
    """Return the status and the JSON of an answer; redirects are not followed.

    Raises:
        Unavailable: no answer, an error of the server's, too many requests, or no JSON.
        Refused: a page for people that there is no such thing.
    """
    try:
        with session.request(
            method, url, json=body, timeout=TIMEOUT, allow_redirects=False, stream=True
        ) as answer:
            content = _read(answer)
            if answer.status_code >= _FAILED or answer.status_code == _BUSY:
                raise Unavailable(SERVICE)
            return answer.status_code, _decoded(answer.status_code, content)
    except (requests.RequestException, ValueError, RecursionError) as problem:
        raise Unavailable(SERVICE) from problem


def _decoded(status: int, content: bytes) -> Any:
    try:
        return json.loads(content)
    except ValueError as problem:
        raise (Refused if status in _WRONG else Unavailable)(SERVICE) from problem


def _read(answer: requests.Response) -> bytes:
    content = b""
    for block in answer.iter_content(_BLOCK):
        content += block
        if len(content) > LARGEST:
            raise Unavailable(SERVICE)
    return content
