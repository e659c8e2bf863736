"""How bytes leave a file store."""

from collections.abc import Callable
from datetime import datetime

from attrs import evolve

from koda.domain.model.uploads import (
    UploadTicket,
)
from koda.ports.files import Files
from koda.testing.contracts.files_case import FilesCase, FilesClient
from koda.testing.examples import WORKFLOW, a_file


class LinkChecks(FilesCase):
    """Links that download."""

    def test_link_downloads_the_kept_file(
        self, files: Files, client: FilesClient, ticket: UploadTicket, now: datetime
    ) -> None:
        """A link gives the bytes, as an attachment under the file's name, as often as wanted."""
        files.receive(ticket, WORKFLOW)
        file = evolve(files.keep(ticket), name="Mein Ablauf.json")

        link = files.link(file, now + self.lifetime)

        assert (link.file_name, link.expires_at) == ("Mein Ablauf.json", now + self.lifetime)
        for _ in range(2):
            fetched = client.fetch(link)
            assert (fetched.status, fetched.content) == (200, WORKFLOW)
            assert fetched.headers["content-type"] == "application/json"
            assert fetched.headers["content-disposition"].startswith("attachment")
            assert "Ablauf.json" in fetched.headers["content-disposition"]

    def test_link_ends(
        self,
        files: Files,
        client: FilesClient,
        ticket: UploadTicket,
        now: datetime,
        pass_until: Callable[[datetime], None],
    ) -> None:
        """After its time a link opens nothing."""
        files.receive(ticket, WORKFLOW)
        link = files.link(files.keep(ticket), now + self.lifetime)

        pass_until(now + self.lifetime)

        assert 400 <= client.fetch(link).status < 500

    def test_altered_link_opens_nothing(
        self, files: Files, client: FilesClient, ticket: UploadTicket, now: datetime
    ) -> None:
        """A link is refused when any part of its proof is changed."""
        files.receive(ticket, WORKFLOW)
        link = files.link(files.keep(ticket), now + self.lifetime)

        for url in (link.url[:-1] + "~", link.url[:-5], link.url + "0"):
            assert 400 <= client.fetch(evolve(link, url=url)).status < 500

    def test_link_to_what_was_never_kept_opens_nothing(
        self, files: Files, client: FilesClient, now: datetime
    ) -> None:
        """A link may be minted for any file, and leads nowhere when there is none."""
        link = files.link(a_file(), now + self.lifetime)

        assert 400 <= client.fetch(link).status < 500

    def test_link_cannot_send_and_offer_cannot_fetch(
        self, files: Files, client: FilesClient, ticket: UploadTicket, now: datetime
    ) -> None:
        """A link is for reading, an offer for writing, and neither is for the other."""
        files.receive(ticket, WORKFLOW)
        offer = files.offer(ticket)
        link = files.link(files.keep(ticket), now + self.lifetime)

        sent = client.send(evolve(offer, url=link.url), WORKFLOW)
        fetched = client.fetch(evolve(link, url=offer.url))

        assert 400 <= sent < 500
        assert 400 <= fetched.status < 500
        assert WORKFLOW not in fetched.content
