"""The scenario that the demo tells: two sellers, one buyer, one order, two files."""

import hashlib
from collections.abc import Iterator, Mapping

from attrs import define, field, frozen

from koda.domain.model.automations import Automation
from koda.domain.model.checkouts import CheckoutSession
from koda.domain.model.errors import KodaError, NotBought, Unavailable
from koda.domain.model.identifiers import AccountId, UserId
from koda.domain.model.money import Money
from koda.domain.model.order_lines import Share
from koda.domain.model.orders import Order
from koda.domain.model.people import Principal
from koda.domain.model.uploads import FileKind
from koda.domain.search.catalogue import Search
from koda.domain.usecases.buying.checkout import CheckoutRequest
from koda.domain.usecases.selling.request_upload import UploadRequest
from koda.entrypoints.demo.stage import Stage
from koda.entrypoints.samples.catalogue import ADA, BUYER, MATEO, SAMPLES, Sample, SampleUser
from koda.entrypoints.samples.seeding import learn_people
from paysandbox import CAPTURE_DELAY

TIMEOUT = 10.0
"""Seconds that anything may take."""
_PLATFORM = "platform"
_FOR_SALE = {
    sample.seller: sample
    for sample in SAMPLES
    if sample.file in {"reviews-to-slack.json", "tidy-downloads.py"}
}
"""What each seller lists."""


@frozen
class Step:
    """What happened: its facts, and what was to hold and did or did not."""

    title: str
    facts: Mapping[str, str] = field(factory=dict)
    checks: Mapping[str, bool] = field(factory=dict)


@frozen
class Row:
    """A line of the money table; `held` is what the sandbox's ledger says, in minor units."""

    who: str
    gross: Money
    fee: Money
    net: Money
    held: int


def principal_of(person: SampleUser) -> Principal:
    """The person as somebody who is signed in."""
    return Principal(UserId(person.id), "sess_demo")


def sha256(content: bytes) -> str:
    """The SHA-256 of `content` in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


@define
class Scenario:
    """Plays step by step; each method is a step and leaves behind what the next one needs."""

    stage: Stage
    accounts: dict[SampleUser, AccountId] = field(factory=dict, init=False)
    listings: dict[SampleUser, Automation] = field(factory=dict, init=False)
    money: list[Row] = field(factory=list, init=False)
    _order: Order | None = field(default=None, init=False)

    def play(self) -> Iterator[Step]:
        """Yield each step once it has happened.

        Raises:
            KodaError: something that the scenario needs did not work.
        """
        learn_people(self.stage.container)
        for seller in (ADA, MATEO):
            yield self._onboard(seller)
        for seller in (ADA, MATEO):
            yield self._list(seller, _FOR_SALE[seller])
        yield self._search()
        yield self._check_out()
        yield self._try_unpaid()
        yield self._pay()
        for seller in (ADA, MATEO):
            yield self._download(_FOR_SALE[seller], self.listings[seller])
        yield self._add_up()

    @property
    def order(self) -> Order:
        """The order as the store has it now."""
        if self._order is None:
            raise LookupError("there is no order before checkout")
        order: Order = self.stage.container.orders().get(self._order.id)
        return order

    @property
    def checkout(self) -> CheckoutSession:
        """Where the order is paid."""
        checkout = self.order.checkout
        if checkout is None:
            raise LookupError("the order has no checkout session")
        return checkout

    def _deliver(self) -> None:
        """Wait until the site has answered every message of the sandbox."""
        try:
            self.stage.sandbox.webhooks.drain(TIMEOUT)
        except TimeoutError as error:
            raise Unavailable("site") from error

    def _onboard(self, seller: SampleUser) -> Step:
        container, principal = self.stage.container, principal_of(seller)
        country = container.rooms().payments.home
        account_id = container.use_cases().onboard_seller(principal, country).seller.account_id
        self.accounts[seller] = account_id
        self.stage.sandbox.complete_onboarding(account_id)
        self._deliver()
        known = container.use_cases().view_seller(principal)
        return Step(
            f"{seller.name} opens a payout account",
            {"account": account_id, "country": country},
            {"the provider's message alone made the seller ready": bool(known and known.ready)},
        )

    def _list(self, seller: SampleUser, sample: Sample) -> Step:
        container, principal, content = self.stage.container, principal_of(seller), sample.content
        announced = UploadRequest.of(FileKind.ARTIFACT, sample.file, content)
        offer = container.use_cases().request_upload(principal, announced)
        sent = self.stage.browser.request(
            offer.method, offer.url, data=content, headers=dict(offer.headers), timeout=TIMEOUT
        )
        listed = container.use_cases().submit_automation(
            principal, sample.submission(container.policy(), offer.upload_id)
        )
        self.listings[seller] = listed
        return Step(
            f"{seller.name} uploads {sample.file} and lists it",
            {
                "upload": f"{offer.upload_id}, {len(content)} bytes, {offer.method} to storage",
                "listing": f"{listed.id}, {listed.listing.title!r}",
                "price": str(listed.listing.price),
            },
            {"storage took the file": sent.ok, "it is for sale": listed.for_sale},
        )

    def _search(self) -> Step:
        listed_ids = {}
        for seller, listed in self.listings.items():
            page = self.stage.container.use_cases().browse_catalogue(
                Search(q=listed.listing.tags[0])
            )
            listed_ids[seller] = [entry.automation.id for entry in page.entries]
        return Step(
            f"{BUYER.name} searches the catalogue",
            {
                listed.listing.tags[0]: ", ".join(listed_ids[who])
                for who, listed in self.listings.items()
            },
            {
                "both listings are found": all(
                    listed.id in listed_ids[seller] for seller, listed in self.listings.items()
                )
            },
        )

    def _check_out(self) -> Step:
        wanted = tuple(automation.id for automation in self.listings.values())
        request = CheckoutRequest(automation_ids=wanted)
        buyer = principal_of(BUYER)
        self._order = self.stage.container.use_cases().checkout(buyer, request)
        again = self.stage.container.use_cases().checkout(buyer, request)
        return Step(
            f"{BUYER.name} goes to pay for both",
            {
                "order": f"{self.order.id}, {self.order.total}",
                "session": self.checkout.id,
                "page": self.checkout.url,
            },
            {"asking again gives the same session": again.checkout == self.checkout},
        )

    def _try_unpaid(self) -> Step:
        refusal: KodaError | None = None
        try:
            self.stage.container.use_cases().authorize_download(
                principal_of(BUYER), self.listings[ADA].id
            )
        except NotBought as error:
            refusal = error
        return Step(
            f"{BUYER.name} tries to download before paying",
            {"answer": str(refusal)},
            {"it is refused": refusal is not None},
        )

    def _pay(self) -> Step:
        self.stage.sandbox.pay(self.checkout.id)
        self._deliver()
        buyer, order = principal_of(BUYER), self.order
        library = self.stage.container.use_cases().view_library(buyer)
        bought = {item.automation.id for item in library.items}
        return Step(
            f"{BUYER.name} pays, and the provider's message arrives",
            {
                "order": f"{order.id} is {order.state}",
                "payment": str(order.payment_id),
                "purchases": ", ".join(item.purchase.id for item in library.items),
            },
            {
                "the message alone settled the order": order.settled,
                "both are in the library": bought
                == {automation.id for automation in self.listings.values()},
            },
        )

    def _download(self, sample: Sample, listed: Automation) -> Step:
        link = self.stage.container.use_cases().authorize_download(principal_of(BUYER), listed.id)
        answer = self.stage.browser.get(link.url, timeout=TIMEOUT)
        name = answer.headers.get("Content-Disposition", "")
        return Step(
            f"{BUYER.name} downloads {link.file_name}",
            {
                "SHA-256 uploaded": sha256(sample.content),
                "SHA-256 received": sha256(answer.content),
                "link": f"opens until {link.expires_at:%H:%M:%S} UTC",
            },
            {
                "the bytes are identical": answer.content == sample.content,
                "the file has its name": f'filename="{sample.file}"' in name,
            },
        )

    def _add_up(self) -> Step:
        # The money of a charge comes a moment after it was paid.
        self.stage.sandbox.clock.advance(CAPTURE_DELAY)
        self._deliver()
        self.stage.sandbox.assert_balanced()
        order, held = self.order, self.stage.sandbox.balances()
        shares = {share.account_id: share for share in order.shares}
        for seller, account_id in self.accounts.items():
            self.money.append(self._row(seller.name, shares[account_id], held))
        left = held.get(_PLATFORM, {}).get(order.currency.lower(), 0)
        nothing = Money.zero(order.currency)
        self.money.append(Row("Koda", nothing, nothing, order.fee, left))
        gross = Money.total((row.gross for row in self.money), order.currency)
        nets = Money.total((row.net for row in self.money), order.currency)
        return Step(
            "The money adds up",
            {"paid": str(order.total)},
            {
                "the shares are the whole": gross == order.total == nets,
                "the provider's balances are the nets": all(
                    row.net.minor == row.held for row in self.money
                ),
            },
        )

    def _row(self, who: str, share: Share, held: Mapping[str, Mapping[str, int]]) -> Row:
        balance = held.get(share.account_id, {}).get(share.gross.currency.lower(), 0)
        return Row(who, share.gross, share.fee, share.net, balance)
