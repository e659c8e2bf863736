"""What is in the sample catalogue, and whose it is."""

from importlib.resources import files

from attrs import frozen

from koda.domain.model.identifiers import UploadId, UserId
from koda.domain.model.platforms import PLATFORMS
from koda.domain.model.policy import Policy
from koda.domain.model.validation import spelled
from koda.domain.usecases.selling.submit_automation import Submission


@frozen
class SampleUser:
    """Somebody whom the sandbox knows; those with an address are made by the seeding."""

    id: UserId
    name: str
    email: str = ""

    @property
    def account(self) -> dict[str, object]:
        """The person as the sandbox takes one."""
        first, last = self.name.split()
        names = {"first_name": first, "last_name": last, "username": first.lower()}
        return {"id": self.id, "email_address": [self.email], **names}


ADA = SampleUser(UserId("user_2SandboxAdaSeller"), "Ada Okafor")
MATEO = SampleUser(UserId("user_2SandboxMateoSeller"), "Mateo Silva")
LINA = SampleUser(UserId("user_2SandboxLinaSeller"), "Lina Haddad", "lina@example.com")
BUYER = SampleUser(UserId("user_2SandboxNoraBuyer"), "Nora Lind")
ADMIN = SampleUser(UserId("user_2SandboxInesAdmin"), "Ines Moreau")
SELLERS = (ADA, MATEO, LINA)


@frozen(kw_only=True)
class Sample:
    """A listing; `file` is what its workflow file is called, `price` an amount in any currency."""

    seller: SampleUser
    file: str
    title: str
    description: str
    price: str
    category: str
    platform: str
    tags: tuple[str, ...]

    @property
    def content(self) -> bytes:
        """The workflow file; scripts are kept as text, since they are no part of Koda."""
        name = f"{self.file}.txt" if self.file.endswith(".py") else self.file
        return files(__package__).joinpath("files", name).read_bytes()

    def submission(
        self, policy: Policy, artifact: UploadId, preview: UploadId | None = None
    ) -> Submission:
        """What puts it up for sale, given the uploads of its file and its picture.

        Where the marketplace lacks its platform, it is of one that files of the same format belong
        to, or else of the last one, as it is of the last category.
        """
        return Submission(
            title=self.title,
            description=self.description,
            price=self.price,
            category=spelled(self.category, policy.categories) or policy.categories[-1],
            platform=self._platform_of(policy),
            tags=self.tags,
            artifact=artifact,
            preview=preview,
        )

    def _platform_of(self, policy: Policy) -> str:
        formats = {platform.name: platform.file_format for platform in PLATFORMS}
        alike = (p.name for p in policy.platforms if p.file_format is formats[self.platform])
        same = spelled(self.platform, policy.platform_names)
        return same or next(alike, policy.platform_names[-1])


SAMPLES = (
    Sample(
        seller=MATEO,
        file="form-backup.json",
        title="Nightly backup of a form's answers",
        description=(
            "Fetches every answer of a form once a day, leaves out addresses and browsers, and "
            "writes one CSV a day; the last thirty are kept.\n\nA plain description of the steps "
            "that any small runner can follow. Fill in the form's id and token."
        ),
        price="3.00",
        category="Other",
        platform="Other",
        tags=("backup", "forms", "csv"),
    ),
    Sample(
        seller=LINA,
        file="dead-links.py",
        title="Find the dead links of a website",
        description=(
            "Walks through every page of a site and tells which links lead nowhere, and on which "
            "page they stand. Nothing to install beyond Python 3.11.\n\nEnds with an error if it "
            "found any, so that it fits into a nightly job."
        ),
        price="9.00",
        category="Other",
        platform="Python",
        tags=("website", "links", "check"),
    ),
    Sample(
        seller=MATEO,
        file="tidy-downloads.py",
        title="Tidy a folder of downloads",
        description=(
            "Sorts pictures, papers, tables and archives into folders of their own and never "
            "overwrites anything: a second file of the same name gets a number.\n\nTry it with "
            "--dry-run, which only says what would be done."
        ),
        price="6.50",
        category="Productivity",
        platform="Python",
        tags=("files", "desktop"),
    ),
    Sample(
        seller=LINA,
        file="morning-digest.json",
        title="Calendar digest every morning",
        description=(
            "At seven on workdays, one short mail with everything that is in your calendar today, "
            "in order, with the time in front.\n\nNeeds Google Calendar and an address to send to."
        ),
        price="4.00",
        category="Productivity",
        platform="Zapier",
        tags=("calendar", "digest", "mail"),
    ),
    Sample(
        seller=ADA,
        file="quote-to-invoice.json",
        title="Signed quote to invoice",
        description=(
            "When a customer signs a quote in PandaDoc, the invoice is drafted in Xero with the "
            "same amount and text, due in fourteen days, and the billing channel is told.\n\n"
            "Quotes without an amount are left alone."
        ),
        price="12.00",
        category="Sales",
        platform="Zapier",
        tags=("invoices", "quotes", "slack"),
    ),
    Sample(
        seller=LINA,
        file="welcome-series.json",
        title="Welcome series for new subscribers",
        description=(
            "Greets each new Mailchimp subscriber with a first letter, waits, and remembers whom "
            "it has greeted, so that nobody is welcomed twice.\n\nThe letters are yours to write; "
            "three are outlined."
        ),
        price="22.00",
        category="Email Marketing",
        platform="Make",
        tags=("newsletter", "onboarding"),
    ),
    Sample(
        seller=LINA,
        file="post-everywhere.json",
        title="Post once, publish everywhere",
        description=(
            "Write your posts as rows of a sheet. A row that is marked ready goes out to LinkedIn, "
            "Mastodon and a Facebook page, cut to what each network takes."
        ),
        price="17.50",
        category="Social Media",
        platform="Make",
        tags=("posting", "sheets", "linkedin", "mastodon"),
    ),
    Sample(
        seller=MATEO,
        file="lead-form-to-crm.json",
        title="Lead form to CRM, no duplicates",
        description=(
            "Takes what your contact form sends, tidies the address, looks whether HubSpot knows "
            "the person, and creates or updates them. Sales hears of new people only.\n\nThe form "
            "gets its answer at once."
        ),
        price="29.00",
        category="Sales",
        platform="Make",
        tags=("leads", "crm", "hubspot", "forms"),
    ),
    Sample(
        seller=MATEO,
        file="meeting-notes-to-tasks.json",
        title="Meeting notes to tasks",
        description=(
            "Every open checkbox in a meeting note becomes a task in Todoist, with its owner and "
            "date if the line names them. Editing the note again makes no doubles.\n\nWorks on "
            "plain text and Google documents."
        ),
        price="14.00",
        category="Productivity",
        platform="n8n",
        tags=("meetings", "tasks", "todoist"),
    ),
    Sample(
        seller=ADA,
        file="newsletter-from-rss.json",
        title="Weekly newsletter from an RSS feed",
        description=(
            "Gathers what a blog published during the week, newest first and eight at most, makes "
            "a letter of it and sends it to your list on Friday morning.\n\nAny RSS or Atom feed, "
            "any mail server."
        ),
        price="24.50",
        category="Email Marketing",
        platform="n8n",
        tags=("newsletter", "rss", "blog"),
    ),
    Sample(
        seller=ADA,
        file="reviews-to-slack.json",
        title="New reviews to Slack, sorted by mood",
        description=(
            "Looks for new reviews every quarter of an hour. Cross ones go to support with a link "
            "to answer, the others to the channel where praise is shared.\n\nBring your review "
            "site's API key and a Slack workspace."
        ),
        price="19.00",
        category="Social Media",
        platform="n8n",
        tags=("reviews", "slack", "support"),
    ),
)
"""The listings, the oldest first."""
