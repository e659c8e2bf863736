"""Errors of HTTP that say in a sentence of ours what is wrong with a request."""

from werkzeug.exceptions import (
    BadRequest,
    HTTPException,
    NotFound,
    RequestEntityTooLarge,
    UnsupportedMediaType,
)

from koda.domain.model.sentences import Sentence


class ToldError(HTTPException):
    """An error of HTTP with a sentence of ours."""

    def __init__(self, said: Sentence) -> None:
        super().__init__(str(said))
        self.said = said


class UnreadableBody(ToldError, BadRequest):
    """A body that is not what it should be."""


class UnsupportedBody(ToldError, UnsupportedMediaType):
    """A body of a kind that is not taken."""


class OversizedBody(ToldError, RequestEntityTooLarge):
    """A body of more bytes than are taken."""


class NoSuchAddress(ToldError, NotFound):
    """An address at which there is nothing."""
