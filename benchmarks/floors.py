"""The least that an operation can do: bytes over plain sockets, and what must be computed."""

import hashlib
import hmac
import json
import socket
import struct
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlsplit

import bson

OP_MSG = 2013
HEADER = struct.Struct("<iiiiIB")
"""Length, request, response to, operation, flags, and the kind of the one section that follows."""
BLOCK = 65_536
PATIENCE = 10.0
"""Seconds; a floor that waits for longer asks something wrong."""


def _connected(url: str) -> socket.socket:
    parts = urlsplit(url)
    connection = socket.create_connection((parts.hostname or "", parts.port or 0))
    connection.settimeout(PATIENCE)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


class BareMongo:
    """MongoDB's wire protocol without a driver.

    https://www.mongodb.com/docs/manual/reference/mongodb-wire-protocol/
    """

    def __init__(self, uri: str) -> None:
        self._socket = _connected(uri)

    def ask(self, command: Mapping[str, Any]) -> dict[str, Any]:
        """One round trip."""
        body = bson.encode(command)
        head = HEADER.pack(HEADER.size + len(body), 1, 0, OP_MSG, 0, 0)
        self._socket.sendall(head + body)
        answer = self._socket.recv(BLOCK)
        (length,) = struct.unpack_from("<i", answer)
        while len(answer) < length:
            answer += self._socket.recv(BLOCK)
        reply = bson.decode(answer[HEADER.size :])
        if reply["ok"] != 1.0:
            raise AssertionError(reply)
        return reply


class BareRedis:
    """Redis's protocol without a client: https://redis.io/docs/latest/develop/reference/."""

    def __init__(self, url: str) -> None:
        self._socket = _connected(url)

    def ask(self, *words: bytes) -> bytes:
        """One round trip; returns the text of the answer, or its line if it is none."""
        parts = [b"*%d\r\n" % len(words)]
        parts += [b"$%d\r\n%b\r\n" % (len(word), word) for word in words]
        self._socket.sendall(b"".join(parts))
        answer = self._socket.recv(BLOCK)
        head, _, rest = answer.partition(b"\r\n")
        if not head.startswith(b"$") or head == b"$-1":
            return head
        length = int(head[1:])
        while len(rest) < length + 2:
            rest += self._socket.recv(BLOCK)
        return rest[:length]


class BareHttp:
    """HTTP/1.1 to Stripe, without a library."""

    def __init__(self, url: str, api_key: str) -> None:
        self._socket = _connected(url)
        host = urlsplit(url).netloc
        self._headers = f"Host: {host}\r\nAuthorization: Bearer {api_key}\r\n"

    def ask(self, method: str, path: str, form: str = "", key: str | None = None) -> Any:
        """One round trip; the answer is JSON."""
        kind = "Content-Type: application/x-www-form-urlencoded\r\n"
        keyed = f"Idempotency-Key: {key}\r\n" if key else ""
        length = f"Content-Length: {len(form)}\r\n"
        head = f"{method} {path} HTTP/1.1\r\n{self._headers}{kind}{keyed}{length}\r\n{form}"
        self._socket.sendall(head.encode())
        answer = self._socket.recv(BLOCK)
        while b"\r\n\r\n" not in answer:
            answer += self._socket.recv(BLOCK)
        head_of, _, body = answer.partition(b"\r\n\r\n")
        if not head_of.startswith(b"HTTP/1.1 200 "):
            raise AssertionError(answer)
        expected = int(head_of.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
        while len(body) < expected:
            body += self._socket.recv(BLOCK)
        return json.loads(body)


def bare_webhook(payload: bytes, header: str, secret: str) -> Any:
    """Compare the signature, and decode."""
    seconds, _, mark = header.removeprefix("t=").partition(",v1=")
    signed = hmac.new(secret.encode(), seconds.encode() + b"." + payload, hashlib.sha256)
    if not hmac.compare_digest(signed.hexdigest(), mark):
        raise AssertionError(header)
    return json.loads(payload)


def bare_link(
    url: str, parameters: Mapping[str, str], access_key: str, secret_key: str, region: str
) -> str:
    """Sign a link as S3 asks for.

    https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
    """
    parts = urlsplit(url)
    moment = parameters["X-Amz-Date"]
    scope = f"{moment[:8]}/{region}/s3/aws4_request"
    asked = {**parameters, "X-Amz-Credential": f"{access_key}/{scope}"}
    query = "&".join(f"{name}={quote(asked[name], safe='-_.~')}" for name in sorted(asked))
    canonical = f"GET\n{parts.path}\n{query}\nhost:{parts.netloc}\n\nhost\nUNSIGNED-PAYLOAD"
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    key = b"AWS4" + secret_key.encode()
    for word in (moment[:8], region, "s3", "aws4_request"):
        key = hmac.digest(key, word.encode(), "sha256")
    text = f"AWS4-HMAC-SHA256\n{moment}\n{scope}\n{digest}"
    return f"{url}?{query}&X-Amz-Signature={hmac.digest(key, text.encode(), 'sha256').hex()}"
