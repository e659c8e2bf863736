"""Logging of requests in somebody else's name."""

import logging

from flask import request

from koda.domain.model.people import Principal
from koda.entrypoints.logs import request_id

_logger: logging.Logger = logging.getLogger("koda.web")


def note_impersonation(principal: Principal) -> None:
    """Log a request in somebody else's name: whose session, and who acts in it."""
    if principal.impersonator is not None:
        _logger.warning(
            "Impersonated request",
            extra={
                "request_id": request_id.get(),
                "method": request.method,
                "view": request.endpoint or "",
                "user_id": principal.user_id,
                "impersonator": principal.impersonator,
            },
        )
