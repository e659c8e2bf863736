"""A marketplace of either family, and a sandbox whose messages come over HTTP."""

import socket
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from attrs import define, evolve, field

from koda.adapters.memory.provider_accounts import HOME
from koda.domain.model.automations import Automation
from koda.domain.model.orders import Order
from koda.entrypoints.backends.chosen import check
from koda.entrypoints.demo.stage import HOST, served
from koda.entrypoints.embedded.sandbox import leading_to
from koda.entrypoints.environment.loading import load_settings
from koda.entrypoints.wiring.container import Container, make_container
from koda.entrypoints.wiring.lifecycle import close
from koda.testing.marketplace import Marketplace
from paysandbox import SandboxControl
from tests.ledger.outside import Outside
from tests.servers.families import Family
from tests.support.markets import market_of
from tests.support.sandboxes import late_sandbox
from tests.support.sessions import session


@define
class SandboxOutside(Outside):
    """The sandbox. What it held before `begin` is not counted."""

    sandbox: SandboxControl
    _before: Counter[str] = field(factory=Counter)

    def begin(self, accounts: list[str]) -> None:
        """Count money from now on."""
        self._before = Counter({account: self.sandbox.balance_of(account) for account in accounts})

    def pay(self, order: Order) -> None:
        """Pay by card."""
        self.sandbox.pay(session(order))

    def decline(self, order: Order) -> None:
        """Be refused."""
        self.sandbox.decline(session(order))

    def pay_later(self, order: Order) -> None:
        """Choose a debit."""
        self.sandbox.pay_later(session(order))

    def settle(self, order: Order, *, succeed: bool) -> None:
        """Let it be collected, or bounce."""
        self.sandbox.settle(session(order), succeed=succeed)

    def expire(self, order: Order) -> None:
        """Let the time run out."""
        self.sandbox.expire(session(order))

    def balance(self, account: str) -> int:
        """Ask the sandbox's ledger."""
        return self.sandbox.balance_of(account) - self._before[account]

    def uncaptured(self) -> list[dict[str, Any]]:
        """The buyers' charges whose money has not arrived."""
        return [
            charge
            for charge in self.sandbox.objects("charge")
            if charge["payment_intent"] and charge["paid"] and not charge["balance_transaction"]
        ]

    def under_way(self) -> int:
        """What waits for its capture."""
        pending = [made for made in self.sandbox.objects("refund") if made["status"] == "pending"]
        arriving: int = sum(charge["amount"] for charge in self.uncaptured())
        leaving: int = sum(refund["amount"] for refund in pending)
        return arriving - leaving

    def capture(self, charge: dict[str, Any]) -> None:
        """Let the money of a charge arrive."""
        self.sandbox.capture(charge["id"])

    def transferred(self, order: Order) -> dict[str, int]:
        """Those that Koda made: each bears its key."""
        key = f"koda:transfer:{order.id}:"
        return {
            transfer["destination"]: transfer["amount"] for transfer in self._noted("transfer", key)
        }

    def refunded(self, order: Order) -> list[int]:
        """Those that Koda made: each bears its key."""
        return [refund["amount"] for refund in self._noted("refund", f"koda:refund:{order.id}:")]

    def _noted(self, kind: str, key: str) -> list[dict[str, Any]]:
        made = self.sandbox.objects(kind)
        movements = [
            movement
            for movement in made
            if movement["metadata"].get("koda_key", "").startswith(key)
        ]
        assert len(movements) == len({movement["metadata"]["koda_key"] for movement in movements})
        return movements


@define
class World:
    """A marketplace in use, what it stands on, and what is for sale in it."""

    market: Marketplace
    outside: SandboxOutside
    listed: list[Automation] = field(factory=list)

    @classmethod
    def of(cls, container: Container, sandbox: SandboxControl) -> "World":
        """The marketplace that `container` holds, whose Stripe and Clerk are the sandbox's."""
        return cls(market_of(container), SandboxOutside(sandbox))

    @property
    def sandbox(self) -> SandboxControl:
        """The provider."""
        return self.outside.sandbox

    @property
    def accounts(self) -> list[str]:
        """The payout accounts of all sellers."""
        sellers = self.market.sellers.some(automation.seller_id for automation in self.listed)
        return [seller.account_id for seller in sellers.values()]

    def seller(self, name: str, *prices: str) -> None:
        """Let somebody onboard and list a thing at each price."""
        principal = self.market.person(name)
        seller = self.market.onboard_seller(principal, HOME).seller
        self.sandbox.complete_onboarding(seller.account_id)
        self.market.confirm_onboarding(principal.user_id)
        for price in prices:
            self.listed.append(self.market.list_automation(principal, title=name, price=price))


@contextmanager
def world_of(family: Family, folder: Path) -> Iterator[World]:
    """Run a marketplace of a family, its web application included; `folder` is its own."""
    with socket.create_server((HOST, 0)) as listener:
        url = f"http://{HOST}:{listener.getsockname()[1]}"
        with (
            late_sandbox(webhook=f"{url}/webhooks/stripe") as sandbox,
            family.ground(folder, url) as ground,
        ):
            told = evolve(load_settings(ground.variables), notices="memory")
            container = make_container(check(leading_to(told, sandbox)))
            with served(container, listener):
                yield World.of(container, sandbox)
            close(container)
