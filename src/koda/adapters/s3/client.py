"""The client through which every call to S3 goes, and the bucket that holds Koda's files."""

from functools import cache
from typing import Any
from urllib.parse import parse_qs, urlsplit

from attrs import field, frozen
from boto3.session import Session
from botocore.config import Config
from botocore.exceptions import BotoCoreError
from botocore.loaders import Loader
from botocore.session import Session as BotocoreSession

from koda import __version__
from koda.domain.model.errors import InvalidValue
from koda.domain.model.sentences import verbatim

TIMEOUT = (2.0, 5.0)
"""Seconds to connect, and to wait for each part of an answer."""
_ATTEMPTS = 2
"""How often a call is sent at most when no answer comes, or one that says to try again."""
_CONNECTIONS = 32
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_SIGNATURE = "AWS4-HMAC-SHA256"
_PROBE = "pending/probe"
"""A key that tells how addresses are made."""
_NO_KEYS = (
    "must be set together with the secret key, or boto3 must find credentials by itself: a role of "
    "this machine, AWS_ACCESS_KEY_ID or a profile"
)


@frozen
class Bucket:
    """A bucket, reached by `client`; `url` is its address without a slash at the end.

    `credentials` are botocore's, refreshed by themselves where they are temporary.
    """

    name: str
    region: str
    url: str
    client: Any = field(repr=False)
    credentials: Any = field(repr=False)

    @property
    def origin(self) -> str:
        """Scheme, host and port of what browsers ask for its files."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}"


def open_bucket(
    name: str,
    region: str,
    *,
    endpoint: str = "",
    access_key: str = "",
    secret_key: str = "",
    timeout: tuple[float, float] = TIMEOUT,
    attempts: int = _ATTEMPTS,
) -> Bucket:
    """Return the bucket `name`; S3 is not asked whether there is one.

    Without keys, boto3 looks for credentials in its own places, which may ask the machine's
    metadata service.

    Args:
        name: the bucket.
        region: where it is, such as `eu-central-1`; signatures are made for it.
        endpoint: another address than Amazon's, of a server that speaks the same protocol.
        access_key: goes with `secret_key`.
        secret_key: goes with `access_key`.
        timeout: seconds to connect, and to wait for each part of an answer.
        attempts: how often a call is sent at most.

    Raises:
        InvalidValue: no credentials, or a `name`, `region` or `endpoint` that cannot be.
    """
    config = _configured(endpoint, timeout, attempts)
    try:
        session = Session(access_key or None, secret_key or None, botocore_session=_session())
        credentials = session.get_credentials()
        client = session.client("s3", region, endpoint_url=endpoint or None, config=config)
    except (BotoCoreError, ValueError) as error:
        raise InvalidValue("bucket", verbatim(f"cannot be used: {error}")) from error
    if credentials is None:
        raise InvalidValue("access_key", verbatim(_NO_KEYS))
    return Bucket(name, region, _address(client, name, region, endpoint), client, credentials)


def _session() -> BotocoreSession:
    """A session of its own, with settings and credentials as they are now."""
    session = BotocoreSession()
    session.register_component("data_loader", _descriptions())
    return session


@cache
def _descriptions() -> Loader:
    """What the library knows of Amazon's services: reading it takes longer than using it."""
    loader: Loader = BotocoreSession().get_component("data_loader")
    return loader


def _configured(endpoint: str, timeout: tuple[float, float], attempts: int) -> Config:
    """The client's configuration; a server on this machine is asked directly."""
    # Without `s3v4` the library signs links by the old scheme in the older regions; without
    # `virtual` it sends browsers to an address that redirects them, which CORS does not survive.
    return Config(
        signature_version="s3v4",
        s3={
            "addressing_style": "path" if endpoint else "virtual",
            "us_east_1_regional_endpoint": "regional",
        },
        connect_timeout=timeout[0],
        read_timeout=timeout[1],
        retries={"total_max_attempts": attempts, "mode": "standard"},
        max_pool_connections=_CONNECTIONS,
        proxies={} if urlsplit(endpoint).hostname in LOOPBACK else None,
        user_agent_extra=f"Koda/{__version__}",
    )


def _address(client: Any, name: str, region: str, endpoint: str) -> str:
    """The bucket's address, read off a link of the library's own.

    Raises:
        InvalidValue: no bucket's name, or links that are not signed for this region and scheme.
    """
    try:
        asked_for = {"Bucket": name, "Key": _PROBE}
        link = str(client.generate_presigned_url("get_object", Params=asked_for))
    except BotoCoreError as error:
        raise InvalidValue("bucket", verbatim("must be the name of a bucket")) from error
    parts = urlsplit(link)
    asked = parse_qs(parts.query)
    scope = asked.get("X-Amz-Credential", [""])[0].split("/")
    regional = bool(endpoint) or f".{region}." in parts.netloc
    if asked.get("X-Amz-Algorithm") != [_SIGNATURE] or region not in scope or not regional:
        raise InvalidValue("region", verbatim(f"does not sign links as {_SIGNATURE} for {region}"))
    return link.partition("?")[0].removesuffix(f"/{_PROBE}")
