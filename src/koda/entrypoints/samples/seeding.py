"""Putting the samples into a sandboxed marketplace, through its own use cases."""

from pathlib import PurePosixPath

from attrs import frozen

from koda.domain.model.identifiers import UploadId, UserId
from koda.domain.model.people import Principal
from koda.domain.model.sellers import Pending
from koda.domain.model.uploads import FileKind
from koda.domain.usecases.selling.request_upload import UploadRequest
from koda.entrypoints.samples.catalogue import SAMPLES, SELLERS, Sample, SampleUser
from koda.entrypoints.wiring.container import Container
from paysandbox.control import SandboxControl


def acting(user_id: UserId) -> Principal:
    """The user as somebody who is signed in."""
    return Principal(user_id, "sess_samples")


def learn_people(container: Container) -> None:
    """Let a sandboxed marketplace know everybody whom its identity provider knows."""
    for person in container.sandbox_users().people():
        container.people().put(person)


@frozen
class Seeding:
    """Makes what is missing of the samples; what was made earlier stays as it is now."""

    container: Container
    control: SandboxControl

    def __call__(self) -> int:
        """Seed, and return how many listings were made.

        Raises:
            Unavailable: the store or the sandbox does not answer; calling again goes on.
        """
        self._know_people()
        return sum(self._seed(person) for person in SELLERS)

    def _know_people(self) -> None:
        known = {somebody.id for somebody in self.container.sandbox_users().people()}
        for person in SELLERS:
            if person.id not in known:
                self.control.add_person(**person.account)
        learn_people(self.container)

    def _seed(self, person: SampleUser) -> int:
        self._make_ready(person.id)
        listings = self.container.use_cases().view_listings(acting(person.id), limit=100)
        titles = {automation.listing.title for automation in listings.items}
        missing = [
            sample for sample in SAMPLES if sample.seller == person and sample.title not in titles
        ]
        for sample in missing:
            self._list(sample)
        return len(missing)

    def _make_ready(self, user_id: UserId) -> None:
        """Onboard a seller, unless somebody has changed what their account allows."""
        seller = self.container.use_cases().view_seller(acting(user_id))
        if seller is None:
            home = self.container.rooms().payments.home
            seller = self.container.use_cases().onboard_seller(acting(user_id), home).seller
        if isinstance(seller.status, Pending):
            self.control.complete_onboarding(seller.account_id)
            self.container.use_cases().confirm_onboarding(user_id)

    def _list(self, sample: Sample) -> None:
        from koda.entrypoints.samples.drawing import draw

        owner = acting(sample.seller.id)
        picture = f"{PurePosixPath(sample.file).stem}.png"
        artifact = self._upload(owner, FileKind.ARTIFACT, sample.file, sample.content)
        preview = self._upload(owner, FileKind.PREVIEW, picture, draw(sample.title))
        submission = sample.submission(self.container.policy(), artifact, preview)
        self.container.use_cases().submit_automation(owner, submission)

    def _upload(self, owner: Principal, kind: FileKind, name: str, content: bytes) -> UploadId:
        announced = UploadRequest.of(kind, name, content)
        ticket = self.container.use_cases().request_upload.ticket(owner, announced)
        self.container.files().receive(ticket, content)
        return ticket.id
