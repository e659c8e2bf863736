"""The world around the S3 adapter: a browser's part in uploads and downloads, and real time."""

from datetime import datetime
from threading import Event

import requests
from attrs import frozen

from koda.adapters.system.clock import now
from koda.domain.model.uploads import DownloadLink, UploadOffer
from koda.testing.contracts.files_case import Fetched, FilesClient

TIMEOUT = 10


@frozen
class HttpClient(FilesClient):
    """Sends and fetches over HTTP, as a browser would."""

    def send(self, offer: UploadOffer, content: bytes, content_type: str | None = None) -> int:
        """Send bytes with the headers of the offer."""
        headers = dict(offer.headers)
        if content_type is not None:
            headers["Content-Type"] = content_type
        answer = requests.request(
            offer.method, offer.url, data=content, headers=headers, timeout=TIMEOUT
        )
        return answer.status_code

    def fetch(self, link: DownloadLink) -> Fetched:
        """Fetch a link."""
        answer = requests.get(link.url, timeout=TIMEOUT)
        headers = {name.lower(): value for name, value in answer.headers.items()}
        return Fetched(answer.status_code, headers, answer.content)


def let_pass(moment: datetime) -> None:
    """Let real time go on until then."""
    passing = Event()
    while (left := (moment - now()).total_seconds()) >= 0:
        passing.wait(left + 0.001)
