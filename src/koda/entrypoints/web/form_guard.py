"""CSRF protection before every form of the pages."""

from flask import request
from werkzeug.exceptions import LengthRequired

from koda.entrypoints.settings.choices import WebhookEndpoint
from koda.entrypoints.web.csrf import check_form, check_origin
from koda.entrypoints.web.mounting import is_page, view_name

WEBHOOKS = {endpoint: f"{endpoint.value.replace('-', '_')}_webhook" for endpoint in WebhookEndpoint}
"""The views that take in signed messages."""
SESSIONLESS = frozenset({*WEBHOOKS.values(), "file_sent"})
"""Views that prove their caller otherwise: by a signature or a token in the address."""
_READING = frozenset({"GET", "HEAD", "OPTIONS"})


def guard_forms() -> None:
    """Refuse a form of another site, or without the token of the visitor's session.

    Only the marketplace's own pages are guarded: the API guards itself, and an application that
    the blueprint is mounted in guards its own views.

    Raises:
        ForgedForm, ForeignRequest: the form at hand.
        LengthRequired: its length is not told. Browsers do, and Werkzeug cuts a chunked form at the
            limit without a word.
    """
    if request.method in _READING or not is_page() or view_name() in SESSIONLESS:
        return
    check_origin()
    if view_name() == "sandbox_chosen" and request.is_json:
        return
    if not request.content_length and "wsgi.input_terminated" in request.environ:
        raise LengthRequired
    check_form()
