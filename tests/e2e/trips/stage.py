"""A marketplace on watched servers, with listings of several sellers, and operations on it."""

from collections.abc import Callable
from itertools import count

from attrs import field, frozen

from koda.domain.model.automations import Automation
from koda.domain.model.identifiers import AutomationId
from koda.domain.model.orders import Order
from koda.domain.model.people import Credentials, Principal
from koda.domain.model.uploads import FileKind
from koda.domain.search.answers import Catalogue
from koda.domain.search.catalogue import Search
from koda.domain.usecases.buying.checkout import CheckoutRequest
from koda.domain.usecases.selling.request_upload import UploadRequest
from koda.domain.usecases.selling.submit_automation import Submission
from koda.testing.contracts.signed_messages import Message
from koda.testing.examples import WORKFLOW
from koda.testing.marketplace import DESCRIPTION, Marketplace
from tests.servers.traffic import Running, Watched

SELLERS = ("ada", "cyd", "eve", "fay", "gus")
EACH = 10
"""How many automations each seller lists."""

Act = Callable[[], object]
Prepare = Callable[["Stage"], Act]
"""Arranges an operation, and returns what does it."""


@frozen
class Stage:
    """Five sellers with ten listings each, and as many buyers as are asked for."""

    running: Running
    sellers: tuple[Principal, ...] = field(init=False)
    listed: tuple[tuple[Automation, ...], ...] = field(init=False)
    _numbers: "count[int]" = field(factory=count, init=False)

    @sellers.default
    def _onboarded(self) -> tuple[Principal, ...]:
        return tuple(map(self.running.seller, SELLERS))

    @listed.default
    def _on_sale(self) -> tuple[tuple[Automation, ...], ...]:
        return tuple(
            tuple(self.market.list_automation(seller, title=f"Number {n}") for n in range(EACH))
            for seller in self.sellers
        )

    @property
    def market(self) -> Marketplace:
        """The marketplace."""
        return self.running.market

    def buyer(self) -> Principal:
        """Somebody new."""
        return self.market.person(f"bea{next(self._numbers)}")

    def lines(self, number: int, sellers: int) -> tuple[Automation, ...]:
        """So many automations, of so many sellers in turn."""
        return tuple(self.listed[n % sellers][n // sellers] for n in range(number))

    def bought(self) -> tuple[Principal, Automation]:
        """A buyer, and what they own."""
        buyer, automation = self.buyer(), self.listed[0][0]
        self.handle(self.running.paid(buyer, automation))
        return buyer, automation

    def handle(self, order: Order) -> None:
        """Let the message that an order was paid arrive."""
        self.market.handle_payment_event(*self.running.message(order))


def written(_: Catalogue) -> bytes:
    """What an entry point would make of an answer."""
    return b"answer"


def browse_cached(stage: Stage) -> Act:
    """Somebody else has asked the same before."""
    stage.market.present_catalogue(Search(), "test", written)
    return lambda: stage.market.present_catalogue(Search(), "test", written)


def browse_uncached(stage: Stage) -> Act:
    """The catalogue has changed."""
    stage.market.present_catalogue(Search(), "test", written)
    stage.market.cache.invalidate()
    return lambda: stage.market.present_catalogue(Search(), "test", written)


def suggest(stage: Stage) -> Act:
    """Somebody types a search."""
    return lambda: stage.market.suggest_searches("number")


def view_as_visitor(stage: Stage) -> Act:
    """Nobody is signed in."""
    return lambda: stage.market.view_automation(None, stage.listed[0][0].id)


def view_as_buyer(stage: Stage) -> Act:
    """Whether it is bought is shown, too."""
    buyer = stage.buyer()
    return lambda: stage.market.view_automation(buyer, stage.listed[0][0].id)


def check_out(lines: int, sellers: int, times: int = 1) -> Prepare:
    """The last of so many checkouts of one basket."""

    def prepared(stage: Stage) -> Act:
        buyer = stage.buyer()
        ids = tuple(line.id for line in stage.lines(lines, sellers))
        request = CheckoutRequest(automation_ids=ids)
        for _ in range(times - 1):
            stage.market.checkout(buyer, request)
        return lambda: stage.market.checkout(buyer, request)

    return prepared


def receive(lines: int, sellers: int) -> Prepare:
    """The first message that an order is paid."""

    def prepared(stage: Stage) -> Act:
        order = stage.running.paid(stage.buyer(), *stage.lines(lines, sellers))
        message = stage.running.message(order)
        return lambda: stage.market.handle_payment_event(*message)

    return prepared


def receive_again(stage: Stage) -> Act:
    """The same message, which was handled."""
    order = stage.running.paid(stage.buyer(), *stage.lines(3, 2))
    stage.handle(order)
    message = stage.running.message(order)
    return lambda: stage.market.handle_payment_event(*message)


def receive_echo(stage: Stage) -> Act:
    """Another message about the same session, whose order is settled."""
    order = stage.running.paid(stage.buyer(), *stage.lines(3, 2))
    stage.handle(order)
    hooks = stage.running.sandbox.webhooks
    echo = hooks.echo(stage.running.event(order)["id"])
    message = hooks.message(echo["id"])
    return lambda: stage.market.handle_payment_event(*message)


def download(stage: Stage) -> Act:
    """Of what the buyer owns."""
    buyer, automation = stage.bought()
    return lambda: stage.market.authorize_download(buyer, automation.id)


def authenticate(stage: Stage) -> Act:
    """Somebody who is known by name."""
    credentials = Credentials(f"Bearer {stage.running.sandbox.sign_in(_known(stage))}")
    return lambda: stage.market.authenticate(credentials)


def rename(stage: Stage) -> Act:
    """Somebody who is known by another name."""
    stage.running.sandbox.change_person(_known(stage), first_name="Zoë")
    message = _last_message(stage)
    return lambda: stage.market.follow_people(*message)


def remove(stage: Stage) -> Act:
    """Somebody who is known."""
    stage.running.sandbox.remove_person(_known(stage))
    message = _last_message(stage)
    return lambda: stage.market.follow_people(*message)


def _known(stage: Stage) -> str:
    """A new user at the identity provider, of whom the marketplace was told."""
    person = stage.running.sandbox.add_person(first_name="Zoe")
    stage.market.follow_people(*_last_message(stage))
    return str(person["id"])


def _last_message(stage: Stage) -> Message:
    """The last message about users."""
    sandbox = stage.running.sandbox
    return sandbox.webhooks.message(sandbox.objects("clerk_event")[-1]["id"])


def view_library(stage: Stage) -> Act:
    """A page of it."""
    buyer, _ = stage.bought()
    return lambda: stage.market.view_library(buyer)


def view_basket(stage: Stage) -> Act:
    """Of three lines."""
    buyer, ids = stage.buyer(), [line.id for line in stage.lines(3, 2)]
    return lambda: stage.market.view_basket(buyer, tuple(map(AutomationId, ids)))


def view_sales(stage: Stage) -> Act:
    """The days and a page of what was sold."""
    return lambda: stage.market.view_sales(stage.sellers[0])


def request_upload(stage: Stage) -> Act:
    """Permission for one file."""
    announced = UploadRequest.of(FileKind.ARTIFACT, "flow.json", WORKFLOW)
    return lambda: stage.market.request_upload(stage.sellers[0], announced)


def submit(stage: Stage) -> Act:
    """Of a file that nobody has submitted before."""
    seller = stage.sellers[0]
    submission = Submission(
        title="Never seen before",
        description=DESCRIPTION,
        price="12.50",
        category="Sales",
        platform="n8n",
        artifact=stage.market.upload(seller, WORKFLOW + b" "),
    )
    return lambda: stage.market.submit_automation(seller, submission)


def deliver_nothing(stage: Stage) -> Callable[[], object]:
    """Ask for domain events and deliveries where all are told."""
    assert isinstance(stage.running, Watched)
    deliver: Callable[[], object] = stage.running.container.use_cases().deliver_events
    deliver()
    return deliver
