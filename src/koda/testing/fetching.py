"""What a download link leads to."""

from attrs import frozen

from koda.domain.model.uploads import DownloadLink
from koda.ports.files import LocalFiles


@frozen
class FetchedFile:
    """A file as a browser saves it."""

    name: str
    content: bytes


def fetch(files: LocalFiles, link: DownloadLink) -> FetchedFile:
    """Read what lies behind a link of a file store without a server of its own.

    Raises:
        NotFound: no such link, or the file is gone.
        Expired: the link is over.
    """
    opened = files.open(link.url.rpartition("/")[2])
    with opened.part(0, opened.size) as file:
        return FetchedFile(opened.name, file.read())
