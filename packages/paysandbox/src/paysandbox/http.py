"""Requests and answers as the sandbox passes them inside."""

import json
from collections.abc import Mapping
from email.message import Message
from urllib.parse import parse_qsl

from attrs import evolve, field, frozen

from paysandbox.errors import Json


@frozen
class Request:
    """One HTTP request, read whole.

    Args:
        method: in capitals.
        path: decoded, without the query.
        query: as sent, without the question mark.
        headers: looked up without regard to case.
        body: the bytes of the body.
    """

    method: str
    path: str
    query: bytes = b""
    headers: Message = field(factory=Message)
    body: bytes = b""

    def header(self, name: str) -> str:
        """The header's value, or an empty text."""
        return str(self.headers.get(name, ""))

    def form(self) -> dict[str, str]:
        """The fields of a page's form, the last one of each name."""
        return dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))

    def arguments(self) -> dict[str, str]:
        """The parameters of the query, the last one of each name."""
        return dict(parse_qsl(self.query.decode("utf-8", "replace"), keep_blank_values=True))


@frozen
class Answer:
    """One HTTP answer; `hang_up` breaks the connection instead (`reset`) or closes it (`close`).

    `cookies` are the values of its `Set-Cookie` headers.
    """

    status: int = 200
    headers: Mapping[str, str] = field(factory=dict)
    body: bytes = b""
    hang_up: str | None = None
    cookies: tuple[str, ...] = ()

    def with_headers(self, **more: str) -> "Answer":
        """The same answer with further headers; `_` in a name stands for `-`."""
        named = {name.replace("_", "-"): value for name, value in more.items()}
        return evolve(self, headers={**self.headers, **named})


def json_answer(body: Json | list[Json], status: int = 200) -> Answer:
    """An answer with a JSON body."""
    text = json.dumps(body).encode()
    return Answer(status, {"Content-Type": "application/json"}, text)


def html_answer(text: str, status: int = 200) -> Answer:
    """An answer with a page."""
    headers = {"Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store"}
    return Answer(status, headers, text.encode())


def redirect(address: str) -> Answer:
    """An answer that sends the browser on (303: the next request is a GET)."""
    return Answer(303, {"Location": address, "Cache-Control": "no-store"})
