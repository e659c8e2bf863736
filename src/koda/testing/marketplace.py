"""The whole marketplace in memory, with a clock that stands still, in one line."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from koda.adapters.memory.automations import MemoryAutomations
from koda.adapters.memory.browser_sessions import MemoryBrowserSessions
from koda.adapters.memory.catalogue_cache import MemoryCatalogueCache
from koda.adapters.memory.clock import FixedClock
from koda.adapters.memory.files import MemoryFiles
from koda.adapters.memory.grants import MemoryGrants
from koda.adapters.memory.identity import MemoryIdentity
from koda.adapters.memory.ids import CountingIds
from koda.adapters.memory.notices import MemoryNotices
from koda.adapters.memory.orders import MemoryOrders
from koda.adapters.memory.payment_inbox import MemoryPaymentInbox
from koda.adapters.memory.payment_webhooks import MemoryPaymentWebhooks
from koda.adapters.memory.payments import MemoryPayments
from koda.adapters.memory.payout_accounts import MemoryPayoutAccounts
from koda.adapters.memory.people import MemoryPeople
from koda.adapters.memory.people_webhooks import MemoryPeopleWebhooks
from koda.adapters.memory.pictures import MemoryPictures
from koda.adapters.memory.provider import HOME, MemoryProvider
from koda.adapters.memory.purchases import MemoryPurchases
from koda.adapters.memory.rate_limiter import MemoryRateLimiter
from koda.adapters.memory.sellers import MemorySellers
from koda.adapters.memory.uploads import MemoryUploads
from koda.adapters.memory.webhook_health import MemoryWebhookHealth
from koda.domain.model.automations import Automation
from koda.domain.model.errors import KodaError, WrongState
from koda.domain.model.identifiers import CheckoutSessionId, UploadId, UserId
from koda.domain.model.orders import Order
from koda.domain.model.people import Person, Principal
from koda.domain.model.policy import Policy
from koda.domain.model.sizes import MEBIBYTE
from koda.domain.model.uploads import PREVIEW_TYPES, FileKind
from koda.domain.usecases.buying.checkout import CheckoutRequest
from koda.domain.usecases.selling.request_upload import UploadRequest
from koda.domain.usecases.selling.submit_automation import Submission
from koda.entrypoints.backends.libraries import EMBEDDED, needing
from koda.entrypoints.wiring.backends import Backends
from koda.entrypoints.wiring.compose import UseCases
from koda.ports.automations import Automations
from koda.ports.browser_sessions import BrowserSessions
from koda.ports.catalogue_cache import CatalogueCache
from koda.ports.clock import Clock
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
from koda.testing.examples import LIMITS, NOON, SITE_URL, WORKFLOW, changed
from koda.testing.failing import Failing

if TYPE_CHECKING:
    from koda.entrypoints.wiring.container import Container

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
    browser_sessions: BrowserSessions
    provider: MemoryProvider
    payments: Payments
    payout_accounts: PayoutAccounts
    payment_webhooks: PaymentWebhooks
    people_webhooks: MemoryPeopleWebhooks
    webhook_health: WebhookHealth


PORTS = tuple(name for name in Ports.__annotations__ if name != "policy")
"""The names of the ports: attributes of a marketplace, and what may be replaced in one."""


class Marketplace(Ports, UseCases):
    """Koda in memory: every use case to call, every port to look into, no time passing by itself.

    Its use cases are composed as production's are. `ports` replaces ports by name, so that
    an adapter of your own can be tried in the middle of a whole marketplace:
    `Marketplace(files=MyFiles())`. Preview pictures are refused unless there is something to make
    them with, as in `Marketplace(pictures=PillowPictures())`.
    """

    def __init__(
        self, policy: Policy | None = None, *, now: datetime = NOON, **ports: object
    ) -> None:
        self.policy: Policy = policy or Policy()
        for name in ports:
            if name not in PORTS:
                raise TypeError(f"a marketplace has no port {name!r}")
        for name, port in _in_memory(self.policy, now, ports).items():
            setattr(self, name, port)
        own = {name: getattr(self, name) for name in PORTS if name != "provider"}
        connect = self.payment_webhooks
        UseCases.__init__(self, Backends(policy=self.policy, connect_webhooks=connect, **own))

    @cached_property
    def container(self) -> "Container":
        """A container that holds these ports, for an entry point to stand on.

        Raises:
            MissingLibrary: what entry points need is not installed; it is no part of `testing`.
        """
        with needing(EMBEDDED):
            from koda.testing.containers import container_of

        return container_of(self.policy, self._ports(), self.provider)

    def but(self, **ports: object) -> "Marketplace":
        """The same marketplace, seen through other `ports`: all that is kept is shared."""
        return Marketplace(self.policy, **(self._ports() | ports))

    def fail(
        self, call: str, nth: int = 1, *, after: bool = False, error: KodaError | None = None
    ) -> "Marketplace":
        """The same marketplace, in which the `nth` `call` fails, such as `orders.save` or `orders`.

        It fails before it has an effect, or `after`; with `Unavailable` unless an `error` is given.
        """
        port, _, method = call.partition(".")
        if port not in PORTS:
            raise TypeError(f"a marketplace has no port {port!r}")
        failing = Failing(getattr(self, port), nth, method=method, after=after, error=error)
        return self.but(**{port: failing})

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
        ticket = self.request_upload.ticket(seller, UploadRequest.of(kind, file_name, content))
        self.files.receive(ticket, content)
        return ticket.id

    def list_automation(
        self,
        seller: Principal,
        *,
        title: str = "Post to every network",
        price: str = "12.50",
        content: bytes = WORKFLOW,
        **said: object,
    ) -> Automation:
        """Put an automation up for sale; `said` are further fields of a `Submission`."""
        submission = Submission(
            title=title,
            description=DESCRIPTION,
            price=price,
            category="Social Media",
            platform="n8n",
            artifact=self.upload(seller, content),
        )
        return self.submit_automation(seller, changed(submission, **said))

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


def _in_memory(policy: Policy, now: datetime, given: Mapping[str, Any]) -> dict[str, Any]:
    """Each port that is given, or else in memory."""
    clock = given.get("clock") or FixedClock(now)
    provider = given.get("provider") or MemoryProvider(clock)
    makers: Mapping[str, Callable[[], object]] = {
        "ids": CountingIds,
        "automations": MemoryAutomations,
        "sellers": MemorySellers,
        "orders": MemoryOrders,
        "purchases": MemoryPurchases,
        "payment_inbox": MemoryPaymentInbox,
        "grants": MemoryGrants,
        "uploads": MemoryUploads,
        "people": MemoryPeople,
        "files": partial(MemoryFiles, clock, base_url=SITE_URL),
        "pictures": MemoryPictures,
        "cache": partial(_cache, policy, clock),
        "rate_limiter": partial(MemoryRateLimiter, LIMITS.rates),
        "notices": MemoryNotices,
        "identity": MemoryIdentity,
        "browser_sessions": MemoryBrowserSessions,
        "payments": partial(MemoryPayments, provider),
        "payout_accounts": partial(MemoryPayoutAccounts, provider),
        "payment_webhooks": partial(MemoryPaymentWebhooks, provider),
        "people_webhooks": partial(MemoryPeopleWebhooks, clock),
        "webhook_health": MemoryWebhookHealth,
    }
    made = {name: make() for name, make in makers.items() if name not in given}
    return {"clock": clock, "provider": provider, **made, **given}


def _cache(policy: Policy, clock: Clock) -> MemoryCatalogueCache:
    return MemoryCatalogueCache(
        policy.catalogue_lifetime,
        room=MEBIBYTE,
        monotonic=lambda: clock().timestamp(),
        chance=lambda: 0.5,
    )


def _session_of(order: Order) -> CheckoutSessionId:
    if order.checkout is None:
        raise WrongState("order", order.id, "without a checkout session", "pay")
    return order.checkout.id
