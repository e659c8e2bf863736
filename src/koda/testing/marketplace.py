"""The whole marketplace in memory, with a clock that stands still, in one line."""

from datetime import datetime, timedelta
from functools import cached_property
from threading import Lock
from typing import Any

from dependency_injector.providers import Object

from koda.adapters.memory.catalogue_cache import MemoryCatalogueCache
from koda.adapters.memory.clock import FixedClock
from koda.adapters.memory.files import MemoryFiles
from koda.adapters.memory.identity import MemoryIdentity
from koda.adapters.memory.ids import CountingIds
from koda.adapters.memory.notices import MemoryNotices
from koda.adapters.memory.people_webhooks import MemoryPeopleWebhooks
from koda.adapters.memory.provider import HOME, MemoryProvider
from koda.domain.model.automations import Automation
from koda.domain.model.errors import WrongState
from koda.domain.model.identifiers import CheckoutSessionId, UploadId, UserId
from koda.domain.model.orders import Order
from koda.domain.model.people import Person, Principal
from koda.domain.model.policy import Policy
from koda.domain.model.sizes import MEBIBYTE
from koda.domain.model.uploads import PREVIEW_TYPES, FileKind
from koda.domain.usecases.account.authenticate import Authenticate
from koda.domain.usecases.account.follow_people import FollowPeople
from koda.domain.usecases.buying.authorize_download import AuthorizeDownload
from koda.domain.usecases.buying.checkout import Checkout, CheckoutRequest
from koda.domain.usecases.buying.record_purchase import RecordPurchase
from koda.domain.usecases.buying.view_basket import ViewBasket
from koda.domain.usecases.buying.view_library import ViewLibrary
from koda.domain.usecases.buying.view_open_orders import ViewOpenOrders
from koda.domain.usecases.buying.view_order import ViewOrder
from koda.domain.usecases.catalogue.browse_catalogue import BrowseCatalogue
from koda.domain.usecases.catalogue.present_catalogue import PresentCatalogue
from koda.domain.usecases.catalogue.view_automation import ViewAutomation
from koda.domain.usecases.catalogue.view_picture import ViewPicture
from koda.domain.usecases.moderation.moderate_automation import ModerateAutomation
from koda.domain.usecases.money.handle_payment_event import HandlePaymentEvent
from koda.domain.usecases.operations.tidy import Tidy
from koda.domain.usecases.selling.accept_upload import AcceptUpload
from koda.domain.usecases.selling.confirm_onboarding import ConfirmOnboarding
from koda.domain.usecases.selling.onboard_seller import OnboardSeller
from koda.domain.usecases.selling.open_dashboard import OpenDashboard
from koda.domain.usecases.selling.release_version import ReleaseVersion
from koda.domain.usecases.selling.request_upload import Announcement, RequestUpload
from koda.domain.usecases.selling.revise_automation import ReviseAutomation
from koda.domain.usecases.selling.submit_automation import Submission, SubmitAutomation
from koda.domain.usecases.selling.view_listings import ViewListings
from koda.domain.usecases.selling.view_sales import ViewSales
from koda.domain.usecases.selling.view_seller import ViewSeller
from koda.domain.usecases.selling.withdraw_automation import WithdrawAutomation
from koda.entrypoints.choices import (
    Cache,
    FileStore,
    IdentityProvider,
    NoticeChannel,
    PaymentProvider,
    PictureMaker,
    Store,
)
from koda.entrypoints.container import Container
from koda.entrypoints.service_settings import LimitSettings
from koda.entrypoints.settings import Settings
from koda.ports.automations import Automations
from koda.ports.catalogue_cache import CatalogueCache
from koda.ports.grants import Grants
from koda.ports.orders import Orders
from koda.ports.payment_inbox import PaymentInbox
from koda.ports.payment_webhooks import PaymentWebhooks
from koda.ports.payments import Payments
from koda.ports.payout_accounts import PayoutAccounts
from koda.ports.people import People
from koda.ports.pictures import Pictures
from koda.ports.purchases import Purchases
from koda.ports.rate_limiter import RateLimiter
from koda.ports.sellers import Sellers
from koda.ports.uploads import Uploads
from koda.ports.webhook_health import WebhookHealth
from koda.testing.examples import NOON, WORKFLOW

WHENEVER = "1000000/second"
"""A limit for what is to be seen at once, while no time passes."""
DESCRIPTION = "Takes one text and posts it to every network at the hour you choose."


class Ports:
    """Every port of a marketplace in memory, open to look into.

    `provider` is the payment provider's own side, where buyers pay and sellers onboard.
    """

    clock: FixedClock
    ids: CountingIds
    policy: Policy
    automations: Automations
    sellers: Sellers
    orders: Orders
    purchases: Purchases
    payment_inbox: PaymentInbox
    grants: Grants
    uploads: Uploads
    people: People
    files: MemoryFiles
    pictures: Pictures
    cache: CatalogueCache
    rate_limiter: RateLimiter
    notices: MemoryNotices
    identity: MemoryIdentity
    provider: MemoryProvider
    payments: Payments
    payout_accounts: PayoutAccounts
    payment_webhooks: PaymentWebhooks
    people_webhooks: MemoryPeopleWebhooks
    webhook_health: WebhookHealth


class UseCases:
    """Every use case of a marketplace, ready to call."""

    onboard_seller: OnboardSeller
    confirm_onboarding: ConfirmOnboarding
    view_seller: ViewSeller
    open_dashboard: OpenDashboard
    request_upload: RequestUpload
    accept_upload: AcceptUpload
    submit_automation: SubmitAutomation
    revise_automation: ReviseAutomation
    release_version: ReleaseVersion
    withdraw_automation: WithdrawAutomation
    moderate_automation: ModerateAutomation
    view_listings: ViewListings
    view_sales: ViewSales
    browse_catalogue: BrowseCatalogue
    present_catalogue: PresentCatalogue
    view_automation: ViewAutomation
    view_picture: ViewPicture
    view_basket: ViewBasket
    checkout: Checkout
    record_purchase: RecordPurchase
    view_order: ViewOrder
    view_library: ViewLibrary
    view_open_orders: ViewOpenOrders
    authorize_download: AuthorizeDownload
    handle_payment_event: HandlePaymentEvent
    authenticate: Authenticate
    follow_people: FollowPeople
    tidy: Tidy


PORTS = tuple(name for name in Ports.__annotations__ if name != "policy")
"""The names of the ports: attributes of a marketplace, and what may be replaced in one."""
USE_CASES = tuple(UseCases.__annotations__)


class Marketplace(Ports, UseCases):
    """Koda in memory: every use case to call, every port to look into, no time passing by itself.

    It is wired as production is, by the same container. `ports` replaces ports by name, so that
    an adapter of your own can be tried in the middle of a whole marketplace:
    `Marketplace(files=MyFiles())`. Preview pictures are refused unless there is something to make
    them with, as in `Marketplace(pictures=PillowPictures())`.
    """

    def __init__(self, policy: Policy | None = None, *, now: datetime = NOON, **ports: Any) -> None:
        self.policy = policy or Policy()
        clock = ports.get("clock", FixedClock(now))
        cache = MemoryCatalogueCache(
            self.policy.catalogue_lifetime,
            room=MEBIBYTE,
            monotonic=lambda: clock().timestamp(),
            chance=lambda: 0.5,
        )
        own = {"clock": clock, "ids": CountingIds(), "cache": cache} | ports
        for name, part in _built(_in_memory(self.policy), own).items():
            setattr(self, name, part)

    @cached_property
    def container(self) -> Container:
        """A container that holds these ports, for an entry point to stand on."""
        container = Container(settings=Object(_in_memory(self.policy)))
        _put(container, self._ports())
        return container

    def but(self, **ports: Any) -> "Marketplace":
        """The same marketplace, seen through other `ports`: all that is kept is shared."""
        return Marketplace(self.policy, **(self._ports() | ports))

    def _ports(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in PORTS}

    # --- people -------------------------------------------------------------------------------

    def person(self, name: str, *, admin: bool = False) -> Principal:
        """Someone who is signed in and known: `user_ada` of `ada`."""
        user_id = UserId(f"user_{name}")
        address = f"{name}@example.com"
        self.people.put(Person(user_id, name.title(), address, None, self.clock()))
        return Principal(user_id, f"sess_{name}", admin)

    def ready_seller(self, name: str) -> Principal:
        """Someone who onboarded as a seller and can be paid: `acct_ada` of `ada`."""
        principal = self.person(name)
        seller = self.onboard_seller(principal, HOME).seller
        self.provider.complete_onboarding(seller.account_id)
        self.confirm_onboarding(principal.user_id)
        return principal

    # --- selling ------------------------------------------------------------------------------

    def upload(
        self, seller: Principal, content: bytes = WORKFLOW, file_name: str = "flow.json"
    ) -> UploadId:
        """Announce `content` under `file_name` and put it in storage; return its ticket's id."""
        extension = f".{file_name.rpartition('.')[2].lower()}"
        kind = FileKind.PREVIEW if extension in PREVIEW_TYPES else FileKind.ARTIFACT
        ticket = self.request_upload.ticket(seller, Announcement.of(kind, file_name, content))
        self.files.receive(ticket, content)
        return ticket.id

    def list_automation(
        self,
        seller: Principal,
        *,
        title: str = "Post to every network",
        price: str = "12.50",
        content: bytes = WORKFLOW,
        **said: Any,
    ) -> Automation:
        """Put an automation up for sale; `said` are further fields of a `Submission`."""
        fields = {"description": DESCRIPTION, "category": "Social Media", "platform": "n8n"} | said
        artifact = self.upload(seller, content)
        submission = Submission(title=title, price=price, artifact=artifact, **fields)
        return self.submit_automation(seller, submission)

    # --- buying -------------------------------------------------------------------------------

    def order(self, buyer: Principal, *automations: Automation) -> Order:
        """Check out a basket of `automations`."""
        ids = tuple(automation.id for automation in automations)
        return self.checkout(buyer, CheckoutRequest(automation_ids=ids))

    def pay(self, order: Order) -> Order:
        """Pay at the provider's page and let its message arrive; return the order as it is then."""
        self.provider.pay(_session_of(order))
        return self.deliver(order)

    def deliver(self, order: Order, copy: int = 1) -> Order:
        """Let the provider's message about what last happened to the order's session arrive."""
        self.handle_payment_event(*self.provider.event_of(_session_of(order), copy))
        return self.orders.get(order.id)

    def buy(self, buyer: Principal, *automations: Automation) -> Order:
        """Check out and pay; return the settled order."""
        return self.pay(self.order(buyer, *automations))

    def pass_time(self, **span: float) -> datetime:
        """Let time pass, such as `minutes=5`; return what it is then."""
        self.clock.advance(timedelta(**span))
        return self.clock()


def _put(container: Container, ports: dict[str, Any]) -> None:
    for name, port in ports.items():
        if name not in PORTS:
            raise TypeError(f"a marketplace has no port {name!r}")
        getattr(container, name).override(Object(port))


_template = Container()
_building = Lock()


def _built(settings: Settings, ports: dict[str, Any]) -> dict[str, Any]:
    """Every port and use case, wired by the container as `settings` say, around `ports`.

    One container builds all marketplaces, one after another: making a container takes longer than
    making all that it wires.
    """
    with _building:
        try:
            _template.settings.override(Object(settings))
            _put(_template, ports)
            return {name: getattr(_template, name)() for name in (*PORTS, *USE_CASES)}
        finally:
            for name in ("settings", *PORTS):
                getattr(_template, name).reset_override()
            _template.reset_singletons()


def _in_memory(policy: Policy) -> Settings:
    return Settings(
        store=Store.MEMORY,
        files=FileStore.MEMORY,
        pictures=PictureMaker.MEMORY,
        cache=Cache.MEMORY,
        payments=PaymentProvider.MEMORY,
        identity=IdentityProvider.MEMORY,
        notices=NoticeChannel.MEMORY,
        policy=policy,
        limits=LimitSettings(payment_look=WHENEVER),
    )


def _session_of(order: Order) -> CheckoutSessionId:
    if order.checkout is None:
        raise WrongState("order", order.id, "without a checkout session", "pay")
    return order.checkout.id
