"""The world outside the marketplace: buyers at the checkout page, messages, and the money."""

from abc import abstractmethod
from typing import Protocol

from attrs import frozen

from koda.adapters.memory.provider import PLATFORM
from koda.adapters.memory.provider_messages import Headers, sign_payload
from koda.domain.model.identifiers import AccountId
from koda.domain.model.orders import Order
from koda.testing.marketplace import Marketplace
from tests.support.sessions import session


class Outside(Protocol):
    """What a test of the ledger does and sees outside. Amounts in minor units of EUR."""

    @abstractmethod
    def pay(self, order: Order) -> None:
        """The buyer pays."""

    @abstractmethod
    def decline(self, order: Order) -> None:
        """The buyer's card is refused."""

    @abstractmethod
    def pay_later(self, order: Order) -> None:
        """The buyer pays by a slow method."""

    @abstractmethod
    def settle(self, order: Order, *, succeed: bool) -> None:
        """The slow payment arrives or does not."""

    @abstractmethod
    def expire(self, order: Order) -> None:
        """Nobody paid in time."""

    @abstractmethod
    def balance(self, account: str) -> int:
        """What an account, or the `platform`, holds."""

    @abstractmethod
    def under_way(self) -> int:
        """What buyers paid and no account holds yet, less the refunds that have not left yet."""

    @abstractmethod
    def transferred(self, order: Order) -> dict[str, int]:
        """What was passed on of the order's payment, by account."""

    @abstractmethod
    def refunded(self, order: Order) -> list[int]:
        """The refunds of the order's payment."""


@frozen
class MemoryOutside(Outside):
    """The payment provider in memory."""

    market: Marketplace

    def pay(self, order: Order) -> None:
        """Pay by card."""
        self.market.provider.pay(session(order))

    def decline(self, order: Order) -> None:
        """Be refused."""
        self.market.provider.decline(session(order))

    def pay_later(self, order: Order) -> None:
        """Choose a slow method."""
        self.market.provider.pay_later(session(order))

    def settle(self, order: Order, *, succeed: bool) -> None:
        """Let it arrive, or not."""
        self.market.provider.settle(session(order), succeed=succeed)

    def expire(self, order: Order) -> None:
        """Let the time run out."""
        self.market.provider.expire(session(order))

    def balance(self, account: str) -> int:
        """Ask the provider's ledger."""
        holder = PLATFORM if account == "platform" else AccountId(account)
        return self.market.provider.balance(holder)

    def under_way(self) -> int:
        """Nothing: this provider's money moves at once."""
        return 0

    def transferred(self, order: Order) -> dict[str, int]:
        """Ask the provider."""
        made = self.market.provider.transfers.values()
        return {
            transfer.account_id: transfer.amount.minor
            for transfer in made
            if transfer.order_id == order.id
        }

    def refunded(self, order: Order) -> list[int]:
        """Ask the provider."""
        made = [kept.request for kept in self.market.provider.refunds.values()]
        return [refund.amount.minor for refund in made if refund.order_id == order.id]

    def message(self, order: Order, copy: int) -> bytes:
        """The message about what last happened to the order's session; each copy has its own id."""
        payload, _ = self.market.provider.event_of(session(order), copy)
        return payload

    def sign(self, payload: bytes) -> Headers:
        """The headers under which a message is sent, or sent again, now."""
        provider = self.market.provider
        return sign_payload(payload, provider.secret, self.market.clock())
