"""Somebody at a browser, who sees the pages and nothing else."""

import re
from pathlib import Path
from typing import Any

from attrs import field, frozen
from playwright.sync_api import Browser, Page, expect

from tests.e2e.flows.serving import Site


@frozen
class Visitor:
    """A browser of one's own, with its cookies.

    `faults` gathers what its console complains of, `asked` each request that leaves it: method
    and address.
    """

    site: Site
    page: Page
    faults: list[str] = field(factory=list)
    asked: list[str] = field(factory=list)

    @classmethod
    def arrive(cls, browser: Browser, site: Site, **context: Any) -> "Visitor":
        """Open a fresh browser window."""
        page = browser.new_context(accept_downloads=True, **context).new_page()
        page.set_default_timeout(20_000)
        visitor = cls(site, page)
        page.on("pageerror", lambda error: visitor.faults.append(str(error)))
        page.on("request", lambda sent: visitor.asked.append(f"{sent.method} {sent.url}"))
        page.on("console", lambda message: visitor.faults.extend(_complaints(message)))
        return visitor

    def go(self, path: str) -> None:
        """Open a page of the site."""
        self.page.goto(f"{self.site.url}{path}")

    def press(self, name: str) -> None:
        """Press the first button of that name."""
        self.page.get_by_role("button", name=name).first.click()

    def follow(self, name: str) -> None:
        """Follow the first link of that name in the main part of the page."""
        self.page.get_by_role("main").get_by_role("link", name=name).first.click()

    def sign_in(self, user: str) -> None:
        """Choose a person at the sandbox's sign-in page."""
        name = next(
            f"{person['first_name']} {person['last_name']}"
            for person in self.site.sandbox.objects("user")
            if person["id"] == user
        )
        self.go("/sandbox/sign-in")
        self.press(name)

    def onboard(self) -> None:
        """Become a seller at the provider's pages."""
        self.go("/selling")
        self.page.get_by_label("Your country").select_option("Germany")
        self.press("Set up payouts")
        self.press("Fill in everything")
        self.says("you can list and sell")

    def fill_in(self, title: str, price: str, **more: str) -> None:
        """Fill in the form of a listing, without its files."""
        page = self.page
        page.get_by_label("Title").fill(title)
        said = f"{title}, every day at the hour that you choose."
        page.get_by_label("Description").fill(more.get("description", said))
        page.get_by_label("Platform").select_option(more.get("platform", "n8n"))
        page.get_by_label("Category").select_option(more.get("category", "Sales"))
        page.get_by_label(re.compile("^Price in")).fill(price)
        page.get_by_label("Tags").fill(more.get("tags", "flows, browser"))

    def list_automation(self, title: str, price: str, file: Path, picture: Path) -> None:
        """List an automation with its file and picture."""
        self.begin_listing(file)
        self.fill_in(title, price)
        self.choose("preview", picture)
        self.press("Publish")
        expect(self.page.get_by_role("heading", name=title).first).to_be_visible()

    def begin_listing(self, file: Path) -> None:
        """Let the file of a new listing be looked into."""
        self.go("/selling/new")
        self.choose("artifact", file)
        self.press("Check the file")

    def choose(self, kind: str, file: Path) -> None:
        """Choose the file of a form's field."""
        self.page.locator(f"input[type=file][name={kind}]").set_input_files(file)

    def put_in_basket(self, title: str) -> None:
        """Search for a listing and put it in the basket."""
        self.go("/")
        self.page.get_by_label("Search automations").fill(title)
        self.page.keyboard.press("Enter")
        self.page.get_by_role("article").get_by_role("link", name=title).first.click()
        self.press("Add to basket")

    def check_out(self) -> None:
        """Go from the basket to the provider's page."""
        self.go("/basket")
        self.press("Pay")
        expect(self.page.get_by_role("heading", name="How does the payment go?")).to_be_visible()

    def download(self, title: str) -> tuple[str, bytes]:
        """Download a file from the library; return its name and content."""
        self.go("/library")
        row = self.page.get_by_role("main").get_by_role("listitem").filter(has_text=title)
        with self.page.expect_download() as download:
            row.get_by_role("button", name="Download").click()
        return download.value.suggested_filename, Path(download.value.path()).read_bytes()

    def says(self, text: str) -> None:
        """Expect the page to say something."""
        expect(self.page.get_by_role("main")).to_contain_text(text)


def _complaints(message: Any) -> list[str]:
    """What the console says of the page itself; an answer like 404 is no fault of it."""
    own = message.type == "error" and "Failed to load resource" not in message.text
    return [message.text] if own else []
