"""Messages of the payment provider and of the identity provider."""

from collections.abc import Callable, Mapping

from attrs import frozen
from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound, UnsupportedMediaType

from koda.entrypoints.settings.choices import WebhookEndpoint
from koda.entrypoints.web.bodies import read_bytes
from koda.entrypoints.web.form_guard import WEBHOOKS

LONGEST_MESSAGE = 256 * 1024
"""Bytes; anything larger is refused before it is even verified."""
_PLAIN = ("", "identity")

Handler = Callable[[bytes, Mapping[str, str]], object]
"""Takes in a message: its bytes and headers."""


@frozen
class Webhook:
    """One address to which a provider sends signed messages; without a handler, none."""

    endpoint: WebhookEndpoint
    handle: Handler | None

    def route(self, blueprint: Blueprint) -> None:
        """Add the route."""
        path, name = f"/webhooks/{self.endpoint}", WEBHOOKS[self.endpoint]
        blueprint.add_url_rule(path, name, self.receive, methods=["POST"])

    def receive(self) -> ResponseReturnValue:
        """Hand the raw bytes on; any other answer than 200 makes the provider send them again."""
        if self.handle is None:
            raise NotFound
        if request.headers.get("Content-Encoding", "").strip().lower() not in _PLAIN:
            raise UnsupportedMediaType
        self.handle(read_bytes(LONGEST_MESSAGE), dict(request.headers))
        return {"received": True}
