"""What the sandbox answers when it refuses a call, in the forms of the two vendors."""

from typing import Any

from attrs import define

Json = dict[str, Any]
"""A JSON object as Python reads it."""


@define
class ApiError(Exception):
    """A refusal in Stripe's shape: https://docs.stripe.com/api/errors.

    Args:
        message: a sentence for the developer.
        status: the HTTP status.
        type: `invalid_request_error`, `card_error`, `idempotency_error` or `api_error`.
        code: Stripe's short code, where there is one.
        param: the bracketed name of the parameter at fault.
        decline_code: why the card's bank refused.
    """

    message: str
    status: int = 400
    type: str = "invalid_request_error"
    code: str | None = None
    param: str | None = None
    decline_code: str | None = None

    def __str__(self) -> str:
        """The message and, where known, the code."""
        return self.message if self.code is None else f"{self.message} ({self.code})"

    def body(self) -> Json:
        """The JSON object that Stripe would send."""
        known = {
            "type": self.type,
            "message": self.message,
            "code": self.code,
            "param": self.param,
            "decline_code": self.decline_code,
        }
        return {"error": {name: value for name, value in known.items() if value is not None}}


@define
class ClerkError(Exception):
    """A refusal in Clerk's shape: a list of errors with a code and two messages."""

    message: str
    status: int = 422
    code: str = "form_param_invalid"
    param: str | None = None

    def __str__(self) -> str:
        """The message and the code."""
        return f"{self.message} ({self.code})"

    def body(self) -> Json:
        """The JSON object that Clerk would send."""
        meta = {} if self.param is None else {"param_name": self.param}
        error = {
            "message": self.message,
            "long_message": self.message,
            "code": self.code,
            "meta": meta,
        }
        return {"errors": [error]}


def missing(noun: str, identifier: str, *, status: int = 404, param: str = "id") -> ApiError:
    """The refusal of an id that belongs to nothing."""
    return ApiError(
        f"No such {noun}: '{identifier}'", status=status, code="resource_missing", param=param
    )


def no_such(kind: str, identifier: str) -> ClerkError:
    """Clerk's refusal of an id that belongs to nothing."""
    message = f"No {kind} was found with id {identifier}"
    return ClerkError(message, 404, "resource_not_found")


def unknown_parameter(name: str) -> ApiError:
    """The refusal of a parameter that the call does not have."""
    return ApiError(f"Received unknown parameter: {name}", code="parameter_unknown", param=name)


def missing_parameter(name: str) -> ApiError:
    """The refusal of a call that lacks a required parameter."""
    return ApiError(f"Missing required param: {name}.", code="parameter_missing", param=name)
