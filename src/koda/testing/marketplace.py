"""The whole marketplace in memory, with a clock that stands still, in one line."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from koda.adapters.memory.provider_accounts import HOME
from koda.domain.model.announcements import PREVIEW_TYPES
from koda.domain.model.automations import Automation
from koda.domain.model.errors import KodaError, WrongState
from koda.domain.model.identifiers import CheckoutSessionId, UploadId, UserId
from koda.domain.model.orders import Order
from koda.domain.model.payments import PaymentEvent
from koda.domain.model.people import Person, Principal
from koda.domain.model.policy import Policy
from koda.domain.model.roles import Role
from koda.domain.model.subscribers import Subscribers, Told
from koda.domain.model.uploads import DownloadLink, FileKind
from koda.domain.usecases.buying.checkout import CheckoutRequest
from koda.domain.usecases.selling.request_upload import UploadRequest
from koda.domain.usecases.selling.submit_automation import Submission
from koda.entrypoints.backends.libraries import EMBEDDED, needing
from koda.entrypoints.wiring.backends import Backends
from koda.entrypoints.wiring.compose import UseCases
from koda.testing.delivering import WatchedSubscribers, delivering
from koda.testing.examples import NOON, OTHER_FILES, WORKFLOW, changed
from koda.testing.failing import Failing
from koda.testing.fetching import FetchedFile, fetch
from koda.testing.memory_ports import in_memory
from koda.testing.open_ports import PORTS, Ports
from koda.testing.replaying import scrambled

if TYPE_CHECKING:
    from flask.testing import FlaskClient

    from koda.entrypoints.wiring.container import Container

DESCRIPTION = "Takes one text and posts it to every network at the hour you choose."


class Marketplace(Ports, UseCases):
    """Koda in memory: every use case to call, every port to look into, no time passing by itself.

    Its use cases are composed as production's are. `ports` replaces ports by name, so that an
    adapter of your own can be tried in a whole marketplace: `Marketplace(files=MyFiles())`. Preview
    pictures are refused unless something makes them: `Marketplace(pictures=PillowPictures())`.
    Domain events are delivered after each use case, so that nobody need wait for a notice. A store
    of your own comes with its `outbox`, and with the other stores that tell anything.
    """

    def __init__(
        self,
        policy: Policy | None = None,
        *,
        now: datetime = NOON,
        subscribers: Subscribers | None = None,
        **ports: object,
    ) -> None:
        self.policy: Policy = policy or Policy()
        self.subscribers: Subscribers = subscribers or WatchedSubscribers()
        for name in ports:
            if name not in PORTS:
                raise TypeError(f"a marketplace has no port {name!r}")
        for name, port in in_memory(self.policy, now, ports).items():
            setattr(self, name, port)
        own = {name: getattr(self, name) for name in PORTS if name != "provider"}
        connect = self.payment_webhooks
        backends = Backends(policy=self.policy, connect_webhooks=connect, **own)
        vars(self).update(vars(delivering(backends, self.subscribers)))

    @cached_property
    def container(self) -> "Container":
        """A container that holds these ports, for an entry point to stand on.

        Raises:
            MissingLibrary: what entry points need is not installed; it is no part of `testing`.
        """
        with needing(EMBEDDED):
            from koda.testing.containers import container_of

        return container_of(self.policy, self._ports(), self.provider, self.subscribers)

    def client(self, person: Principal | None = None) -> "FlaskClient":
        """A client of the pages and the API, as which `person` is signed in, or nobody.

        Raises:
            MissingLibrary: what the site needs is not installed; it is no part of `testing`.
        """
        with needing(EMBEDDED):
            from koda.testing.clients import client_of

        return client_of(self.container, self.identity, person)

    def but(self, policy: Policy | None = None, /, **ports: object) -> "Marketplace":
        """The same marketplace with another policy or `ports`: all that is kept is shared."""
        kept = {"subscribers": self.subscribers, **self._ports(), **ports}
        return Marketplace(policy or self.policy, **kept)

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

    def on(
        self, *kinds: type[Told], name: str = ""
    ) -> Callable[[Callable[[Told], None]], Callable[[Told], None]]:
        """Let the decorated function be told of events of some kinds, as `Subscribers.on` does.

        It is called before the use case that made them happen returns to its caller, where an
        assertion of it is raised.
        """
        return self.subscribers.on(*kinds, name=name)

    def _ports(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in PORTS}

    # --- people -------------------------------------------------------------------------------

    def person(self, name: str, *roles: Role) -> Principal:
        """Someone who is signed in and known, perhaps by `roles`: `user_ada` of `ada`."""
        user_id = UserId(f"user_{name}")
        address = f"{name}@example.com"
        self.people.put(Person(user_id, name.title(), address, None, self.clock()))
        return Principal(user_id, f"sess_{name}", frozenset(roles))

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
        content: bytes | None = None,
        platform: str | None = None,
        **said: object,
    ) -> Automation:
        """Put an automation up for sale; `said` are further fields of a `Submission`.

        Without `content` its file is a small one that the platform runs.
        """
        chosen = self.policy.platform_names[0] if platform is None else platform
        file_format = self.policy.format_of(chosen)
        file_name, small = OTHER_FILES.get(file_format, ("flow.json", WORKFLOW))
        submission = Submission(
            title=title,
            description=DESCRIPTION,
            price=price,
            category=self.policy.categories[0],
            platform=chosen,
            artifact=self.upload(seller, small if content is None else content, file_name),
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

    def deliver_charge(self, order: Order, copy: int = 1) -> Order:
        """Let the provider's message about what last happened to the order's charge arrive."""
        self.handle_payment_event(*self.provider.charge_event_of(_session_of(order), copy))
        return self.orders.get(order.id)

    def capture(self, order: Order) -> Order:
        """Let a second pass, in which the provider captures the order's charge and tells of it."""
        self.pass_time(seconds=1)
        return self.deliver_charge(order)

    def buy(self, buyer: Principal, *automations: Automation) -> Order:
        """Check out and pay; return the settled order."""
        return self.pay(self.order(buyer, *automations))

    def fetch(self, link: DownloadLink) -> FetchedFile:
        """Follow a download link as a browser would; return the file that comes.

        Raises:
            NotFound: no such link, or the file is gone.
            Expired: the link is over.
        """
        return fetch(self.files, link)

    def replay(self, seed: int) -> tuple[PaymentEvent, ...]:
        """Let all messages of the provider so far arrive as over a bad network; return them so.

        They come in any order, some twice and some not at all, as the seed decides: the same seed
        is the same each time. Whatever came, a marketplace must stand it.
        """
        messages = scrambled(self.provider.messages(), seed)
        return tuple(self.handle_payment_event(*message) for message in messages)

    def pass_time(self, **span: float) -> datetime:
        """Let time pass, such as `minutes=5`; return what it is then."""
        self.clock.advance(timedelta(**span))
        return self.clock()


def _session_of(order: Order) -> CheckoutSessionId:
    if order.checkout is None:
        raise WrongState("order", order.id, "without a checkout session", "pay")
    return order.checkout.id
