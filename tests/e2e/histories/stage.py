"""The two markets on which histories are played: in memory, and at the sandbox of Stripe."""

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from attrs import define, frozen

from koda.adapters.memory.notices import MemoryNotices
from koda.adapters.memory.people import MemoryPeople
from koda.adapters.memory.provider_accounts import HOME
from koda.adapters.stripe.payment_webhooks import StripePaymentWebhooks
from koda.adapters.stripe.provider_ledger import StripeLedger
from koda.domain.model.disputes import DisputeState
from koda.domain.model.errors import PaymentRefused, Undeliverable
from koda.domain.model.identifiers import AccountId, DisputeId
from koda.domain.model.notices import Notice
from koda.domain.model.people import Principal
from koda.domain.model.policy import Policy
from koda.domain.model.sellers import DETAILS, Restricted
from koda.domain.model.sentences import verbatim
from koda.ports.people import People
from koda.testing.contracts.payments_case import PaymentsWorld
from koda.testing.examples import NOON
from koda.testing.marketplace import Marketplace
from paysandbox import Sandbox
from paysandbox.errors import ApiError
from tests.contract.stripe_world import StripeWorld, accounts_of, client_of, payments_of
from tests.contract.test_payments import MemoryWorld

CHARGE_FEE, DISPUTE_FEE = 290, 15
"""What the provider takes: hundredths of a percent of a charge, minor units of a dispute."""
PLENTY = 10**7
"""Minor units that the marketplace has in its balance, so that no refund waits for money."""
MAXIMUM_PRICE = 10**8
MINIMUM_PRICE = 1
Message = tuple[bytes, Any]


class Stage(Protocol):
    """A marketplace on a provider, and the world around it."""

    market: Marketplace
    world: PaymentsWorld

    @abstractmethod
    def messages(self) -> Sequence[str | Message]:
        """All messages of the provider so far, oldest first, as `message` takes them."""

    @abstractmethod
    def message(self, told: Any) -> Message:
        """The body and the headers of one of the messages, as it is sent now."""

    @abstractmethod
    def escalate(self, dispute_id: DisputeId) -> None:
        """An inquiry becomes a dispute."""

    @abstractmethod
    def restrict(self, account_id: AccountId) -> None:
        """The provider holds a seller's account back."""

    @abstractmethod
    def pass_time(self, span: timedelta) -> None:
        """Time passes, at the provider, too."""

    @abstractmethod
    def lose_answers(self, times: int) -> None:
        """Do what the next calls ask, and lose the answers."""

    def seller(self, name: str) -> Principal:
        """Somebody who onboarded and can be paid."""
        principal = self.market.person(name)
        seller = self.market.onboard_seller(principal, HOME).seller
        self.world.complete_onboarding(seller.account_id)
        self.market.confirm_onboarding(principal.user_id)
        return principal


def policy_of(currency: str, fee: int) -> Policy:
    """A policy under which everything may be refunded, and cheap things are sold."""
    return Policy(
        currency=currency,
        fee_basis_points=fee,
        minimum_price=MINIMUM_PRICE,
        maximum_price=MAXIMUM_PRICE,
    )


class KnownNotices(MemoryNotices):
    """Notices that reach those whose address is known, as mail does."""

    def __init__(self, people: People) -> None:
        super().__init__()
        self._people = people

    def send(self, notice: Notice) -> None:
        """Raises `Undeliverable` if their user is not known."""
        if notice.user_id not in self._people.some([notice.user_id]):
            raise Undeliverable("no address is known")
        super().send(notice)


def _who() -> dict[str, Any]:
    """The ports of a marketplace that know its people."""
    people = MemoryPeople()
    return {"people": people, "notices": KnownNotices(people)}


@define
class MemoryStage(Stage):
    """Everything in memory."""

    market: Marketplace
    world: PaymentsWorld

    @classmethod
    def of(cls, policy: Policy) -> "MemoryStage":
        """A new one."""
        market = Marketplace(policy, **_who())
        market.provider.ledger.charge_fee = CHARGE_FEE
        market.provider.ledger.dispute_fee = DISPUTE_FEE
        return cls(market, MemoryWorld(market.provider, policy.currency))

    def messages(self) -> Sequence[Message]:
        """As the provider has them, signed now."""
        return self.market.provider.messages()

    def message(self, told: Message) -> Message:
        """The same."""
        return told

    def escalate(self, dispute_id: DisputeId) -> None:
        """The bank takes the money."""
        self.market.provider.move_dispute(dispute_id, DisputeState.OPEN)

    def restrict(self, account_id: AccountId) -> None:
        """The provider wants more."""
        self.market.provider.restrict(account_id, Restricted(verbatim("overdue"), (DETAILS,)))

    def pass_time(self, span: timedelta) -> None:
        """There is one clock."""
        self.market.clock.advance(span)

    def lose_answers(self, times: int) -> None:
        """Do what the next calls ask."""
        self.market.provider.lose_answers(times)


@frozen
class Refusing:
    """The sandbox's controls, which refuse as the provider in memory does."""

    controls: Any

    def __getattr__(self, name: str) -> Any:
        control = getattr(self.controls, name)

        def asked(*args: Any, **kwargs: Any) -> Any:
            try:
                return control(*args, **kwargs)
            except (ApiError, LookupError, ValueError) as error:
                raise PaymentRefused(verbatim(str(error))) from error

        return asked


@frozen
class SandboxTime:
    """A clock that the sandbox has."""

    sandbox: Sandbox

    def __call__(self) -> datetime:
        """The time, in UTC."""
        return datetime.fromtimestamp(self.sandbox.clock.now(), UTC)


@define
class SandboxStage(Stage):
    """Stores in memory, and the adapters of Stripe at a sandbox."""

    market: Marketplace
    world: PaymentsWorld
    sandbox: Sandbox

    @classmethod
    @contextmanager
    def of(cls, policy: Policy, seed: int) -> Iterator["SandboxStage"]:
        """A new one, whose identifiers follow from a seed."""
        with Sandbox.start(
            seed=seed,
            moment=NOON.timestamp(),
            fee_basis_points=CHARGE_FEE,
            dispute_fee=DISPUTE_FEE,
            currency=policy.currency.lower(),
        ) as sandbox:
            sandbox.top_up(PLENTY, policy.currency.lower())
            yield cls.at(sandbox, policy)

    @classmethod
    def at(cls, sandbox: Sandbox, policy: Policy) -> "SandboxStage":
        """A marketplace at a sandbox."""
        clock = SandboxTime(sandbox)
        secrets = sandbox.webhook_secret, sandbox.connect_webhook_secret
        market = Marketplace(
            policy,
            clock=clock,
            payments=payments_of(sandbox),
            payout_accounts=accounts_of(sandbox),
            provider_ledger=StripeLedger(client_of(sandbox)),
            payment_webhooks=StripePaymentWebhooks(secrets, clock),
            **_who(),
        )
        return cls(market, Refusing(StripeWorld(sandbox)), sandbox)

    def messages(self) -> Sequence[str]:
        """Their ids."""
        return [event["id"] for event in self.sandbox.events()]

    def message(self, told: str) -> Message:
        """Signed now."""
        return self.sandbox.webhooks.message(told)

    def escalate(self, dispute_id: DisputeId) -> None:
        """The bank takes the money."""
        Refusing(self.sandbox).escalate(dispute_id)

    def restrict(self, account_id: AccountId) -> None:
        """Stripe wants more."""
        self.sandbox.restrict(account_id)

    def pass_time(self, span: timedelta) -> None:
        """There is one clock."""
        self.sandbox.clock.advance(span.total_seconds())

    def lose_answers(self, times: int) -> None:
        """The connection breaks after the deed."""
        if times:
            self.sandbox.faults.next("* /v1/*", "reset", after_commit=True, times=times)
        else:
            self.sandbox.faults.clear()
