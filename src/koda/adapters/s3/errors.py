"""S3's errors in Koda's words."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import ClassVar, Protocol

from attrs import define
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    NoCredentialsError,
    PartialCredentialsError,
)
from botocore.parsers import ResponseParserError

from koda.domain.model.errors import NotFound, Refused, Unavailable
from koda.domain.model.sentences import translatable

SERVICE = "file store"
_MUCH_LATER = 300
"""Seconds after which to try again what an operator must set right."""
_NOT_FOUND = 404
FIRST_REFUSAL, FIRST_FAILURE = 300, 500
"""A redirect means that the bucket is in another region."""
LOST_RACE = frozenset({409, 412})
"""A condition did not hold, or somebody else is writing at the same moment."""
_PASSING = frozenset({408, 409, 412, 429})
_PASSING_CODES = frozenset(
    {"RequestTimeout", "RequestTimeTooSkewed", "SlowDown", "ThrottlingException"}
)


@define(slots=False)
class StoreRefused(Refused):
    """S3 does not take the marketplace's keys, or not for this, or there is no such bucket.

    `reason` is S3's own code, such as `AccessDenied`.
    """

    code: ClassVar[str] = "file_store_refused"
    template: ClassVar[str] = translatable(
        "The file store refuses the marketplace ({reason}); its operator must check it."
    )
    reason: str = ""
    service: str = SERVICE
    retry_after: int = _MUCH_LATER


@contextmanager
def translated(missing: NotFound | None = None) -> Iterator[None]:
    """Raise Koda's errors for those of the calls inside; `missing` where there is no such object.

    Raises:
        Unavailable: no answer in time, no sense in it, or a request to come later.
        StoreRefused: the keys or the bucket are wrong, or may not be used for this.
        NotFound: `missing`, if given.
    """
    try:
        yield
    except ClientError as error:
        raise _translate(error, missing) from error
    except (NoCredentialsError, PartialCredentialsError) as error:
        raise StoreRefused("no credentials") from error
    except (BotoCoreError, ResponseParserError) as error:
        raise Unavailable(SERVICE) from error


def _translate(error: ClientError, missing: NotFound | None) -> Unavailable | NotFound:
    status, code = status_of(error), code_of(error)
    # HEAD answers have no body and thus no code: there `NoSuchBucket` cannot be told apart.
    if missing is not None and status == _NOT_FOUND and code != "NoSuchBucket":
        return missing
    passing = status in _PASSING or code in _PASSING_CODES
    if FIRST_REFUSAL <= status < FIRST_FAILURE and not passing:
        return StoreRefused(code)
    return Unavailable(SERVICE)


class _Answered(Protocol):
    """What an error of botocore's brings of S3's answer; that library tells no types."""

    response: Mapping[str, Mapping[str, str | int]]


def status_of(error: _Answered) -> int:
    """The HTTP status of an answer."""
    return int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))


def code_of(error: _Answered) -> str:
    """S3's code for what was wrong."""
    return str(error.response.get("Error", {}).get("Code", ""))
