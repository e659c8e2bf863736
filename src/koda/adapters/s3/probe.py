"""Looking whether browsers can use the bucket: what only they do, done once from here."""

from urllib.parse import urlsplit

from botocore.awsrequest import AWSRequest, AWSResponse
from botocore.exceptions import BotoCoreError
from botocore.httpsession import URLLib3Session
from botocore.utils import get_environ_proxies

from koda.adapters.s3.client import LOOPBACK, TIMEOUT, Bucket
from koda.adapters.s3.errors import SERVICE, StoreRefused
from koda.adapters.s3.objects import PENDING_PREFIX
from koda.adapters.s3.rules import UPLOAD_HEADERS
from koda.domain.model.errors import Unavailable

OK = 200
FAILED = 500


def fetch(link: str) -> bytes:
    """Return what a download link gives to whoever holds it.

    Raises:
        StoreRefused: it gives nothing.
        Unavailable: no answer.
    """
    answer = _ask("GET", link, {})
    if answer.status_code != OK:
        raise StoreRefused(f"a signed link was answered with {answer.status_code}")
    return bytes(answer.content)


def admits(bucket: Bucket, site: str) -> bool:
    """Tell whether pages of the origin `site` may send uploads, by asking as a browser would.

    Raises:
        Unavailable: no answer.
    """
    asked = {
        "Origin": site,
        "Access-Control-Request-Method": "PUT",
        "Access-Control-Request-Headers": ", ".join(UPLOAD_HEADERS),
    }
    answer = _ask("OPTIONS", f"{bucket.url}/{PENDING_PREFIX}probe", asked)
    allowed = answer.headers.get("Access-Control-Allow-Origin")
    return answer.status_code in range(200, 300) and allowed in {site, "*"}


def _ask(method: str, url: str, headers: dict[str, str]) -> AWSResponse:
    """Ask without a signature of the request's own; redirects are not followed."""
    direct = urlsplit(url).hostname in LOOPBACK
    session = URLLib3Session(timeout=TIMEOUT, proxies={} if direct else get_environ_proxies(url))
    try:
        answer = session.send(AWSRequest(method, url, headers).prepare())
        content = answer.content
    except BotoCoreError as error:
        raise Unavailable(SERVICE) from error
    finally:
        session.close()
    if answer.status_code >= FAILED:
        raise Unavailable(SERVICE) from RuntimeError(content[:200])
    return answer
