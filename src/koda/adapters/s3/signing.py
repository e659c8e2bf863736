"""Presigned links: signed here, without asking S3."""

from collections.abc import Mapping
from datetime import datetime

from botocore.auth import S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest

from koda.adapters.s3.client import Bucket
from koda.adapters.s3.errors import translated

LONGEST = 604_800
"""Seconds for which S3 takes any link
(https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-presigned-url.html)."""


def sign(
    bucket: Bucket,
    method: str,
    key: str,
    seconds: int,
    *,
    parameters: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
) -> str:
    """Return an address that lets its holder do one thing with one object for some seconds.

    Method, key, `parameters` and `headers` are all part of the signature: S3 refuses a request in
    which one of them differs. The library's own signer is used, which costs a third of what its
    clients spend on the same link.

    Raises:
        Unavailable: temporary credentials have run out and are not renewed.
    """
    request = AWSRequest(method, f"{bucket.url}/{key}", dict(headers or {}), params=parameters)
    with translated():
        keys = bucket.credentials.get_frozen_credentials()
        S3SigV4QueryAuth(keys, "s3", bucket.region, seconds).add_auth(request)
    return str(request.url)


def seconds_until(moment: datetime, now: datetime, most: int = LONGEST) -> int:
    """The whole seconds from `now` to `moment`, counted as S3 does, from full second to second."""
    seconds = int(moment.timestamp()) - int(now.timestamp())
    return max(0, min(seconds, most))
