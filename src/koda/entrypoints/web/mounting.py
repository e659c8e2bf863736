"""Which marketplace of an application the request at hand is for."""

from typing import Any

from attrs import frozen
from flask import Blueprint, current_app, g, request

from koda.domain.model.policy import Policy
from koda.entrypoints.web.form_limits import FORM_BYTES, FORM_PARTS, bound_fields, most_bytes

NAME = "koda"
"""The blueprint's name, unless an application registers it under another or inside its own."""

_WITH_FILES = frozenset({"submit_sent", "edit_sent", "release_sent"})


def mounted_as() -> str:
    """Return the name under which the marketplace of the request at hand is registered."""
    name: str = g.get("koda_mounted_as", NAME)
    return name


def view_name() -> str:
    """Return the name of the view at hand within the marketplace; empty if it is none of ours."""
    own, name = f"{mounted_as()}.", request.endpoint or ""
    return name.removeprefix(own) if name.startswith(own) else ""


def opens_page() -> bool:
    """Whether the request at hand is a person's who opens a page of the marketplace."""
    if request.method != "GET" or not is_page():
        return False
    destination = request.headers.get("Sec-Fetch-Dest")
    if destination is None:
        return request.headers.get("Accept", "").startswith("text/html")
    return destination == "document"


def is_page() -> bool:
    """Whether the view at hand is one of the pages, rather than of the API or the application."""
    return view_name() != "" and "." not in view_name()


@frozen
class Entrance:
    """The first thing that a request of the blueprint meets.

    It runs as a URL value preprocessor, which Flask calls before every `before_request` function,
    the application's own included. So an application that guards all of its forms by Flask-WTF,
    initialised at any time, leaves these ones to the blueprint's guard, and no limit of sizes
    depends on the application's configuration.
    """

    blueprint: Blueprint
    api: Blueprint
    policy: Policy

    def __call__(self, _: str | None, __: object) -> None:
        """Note the name, limit the body, and claim the forms."""
        known = current_app.blueprints
        g.koda_mounted_as = next(
            name for name in request.blueprints if known[name] is self.blueprint
        )
        streams = view_name() == "file_sent"
        with_files = view_name() in _WITH_FILES and request.mimetype == "multipart/form-data"
        large = streams or with_files
        request.max_content_length = most_bytes(self.policy) if large else FORM_BYTES
        request.max_form_memory_size = FORM_BYTES
        request.max_form_parts = FORM_PARTS
        if request.mimetype == "application/x-www-form-urlencoded" and not streams:
            bound_fields()
        guard: Any = current_app.extensions.get("csrf")
        if hasattr(guard, "exempt"):
            guard.exempt(self.blueprint)
            guard.exempt(self.api)
