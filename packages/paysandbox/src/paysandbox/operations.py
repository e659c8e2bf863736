"""What a test or an operator can tell the sandbox, by name: the server's half of the control."""

from collections.abc import Callable
from typing import Any

import attrs
from attrs import define

from paysandbox.clerk.keys import SigningKey
from paysandbox.clerk.sessions import Tokens, open_session
from paysandbox.clerk.users import add_user, delete_user, update_user
from paysandbox.errors import Json
from paysandbox.faults import Fault
from paysandbox.message_operations import MessageOperations
from paysandbox.money_operations import MoneyOperations
from paysandbox.resources import account_status, balances
from paysandbox.strict import check_installed
from paysandbox.sweeping import sweep


@define
class Operations(MoneyOperations, MessageOperations):
    """Each public method is one operation; parameters and results are JSON values."""

    key: SigningKey
    tokens: Tokens

    def perform(self, name: str, arguments: Json) -> Any:
        """Run the operation of that name.

        Raises:
            LookupError: no such operation, or something it needs is not there.
            ApiError: the provider would refuse.
            TypeError: wrong arguments.
        """
        operation: Callable[..., Any] | None = getattr(self, name, None)
        if name.startswith("_") or name in {"perform", "world", "key", "tokens"}:
            operation = None
        if operation is None:
            raise LookupError(f"The sandbox has no operation {name!r}")
        result = operation(**arguments)
        sweep(self.world)
        return result

    def info(self) -> Json:
        """Addresses and secrets."""
        world = self.world
        secret_of = world.deliveries.sender.endpoints.secret_of
        return {
            "url": world.url,
            "stripe_url": world.url,
            "clerk_url": world.clerk_url,
            "secret_key": world.keys.stripe,
            "clerk_secret_key": world.keys.clerk,
            "clerk_publishable_key": world.clerk_publishable_key,
            "webhook_secret": secret_of("account"),
            "connect_webhook_secret": secret_of("connect"),
            "clerk_webhook_secret": secret_of("clerk"),
        }

    # --- accounts -------------------------------------------------------

    def complete_onboarding(self, account: str) -> Json:
        """The owner completes everything."""
        return self._change(account_status.complete_onboarding, account)

    def require(self, account: str, items: list[str], deadline: int | None = None) -> Json:
        """The provider asks for more."""
        return self._change(account_status.require, account, items, deadline)

    def restrict(self, account: str, reason: str, deadline: int | None = None) -> Json:
        """The provider disables the account."""
        return self._change(account_status.restrict, account, reason, deadline)

    def deauthorize(self, account: str) -> Json:
        """The owner cuts the connection."""
        return self._change(account_status.deauthorize, account)

    def pay_out(self, account: str, amount: int | None = None, currency: str = "eur") -> int:
        """The account's money goes to its bank."""
        return balances.pay_out(self.world, account, amount, currency)

    def top_up(self, amount: int, currency: str = "eur") -> None:
        """The platform's own money comes from its bank."""
        balances.top_up(self.world, amount, currency)

    def _change(self, action: Callable[..., Json], *arguments: Any) -> Json:
        with self.world.state.transaction():
            return self.world.public(action(self.world, *arguments))

    # --- looking --------------------------------------------------------

    def objects(self, kind: str) -> list[Json]:
        """Every object of a kind, oldest first."""
        return [self.world.public(body) for body in self.world.state.find(kind)]

    def events(self, type: str | None = None) -> list[Json]:
        """Every event, oldest first, of one type if given."""
        wanted = {} if type is None else {"type": type}
        return [self.world.public(body) for body in self.world.state.find("event", **wanted)]

    def balances(self) -> dict[str, dict[str, int]]:
        """Minor units by account and currency."""
        return self.world.ledger.balances()

    def assert_balanced(self) -> None:
        """Recompute the ledger."""
        self.world.ledger.assert_balanced()

    def requests(self) -> list[Json]:
        """The requests seen, oldest first."""
        return [attrs.asdict(seen) for seen in list(self.world.seen)]

    def forget_requests(self) -> None:
        """Start the log of requests anew."""
        self.world.seen.clear()

    # --- time and trouble -----------------------------------------------

    def now(self) -> int:
        """Business time."""
        return self.world.clock.now()

    def signing_time(self) -> int:
        """The time that signatures carry."""
        return self.world.clock.signing()

    def advance(self, seconds: float) -> int:
        """Move business time, and let expire what then has expired."""
        moved = self.world.clock.advance(seconds)
        sweep(self.world)
        self.world.deliveries.wake()
        return moved

    def fix(self, moment: float | None) -> int:
        """Stand still at a moment, or follow real time again."""
        fixed = self.world.clock.fix(moment)
        sweep(self.world)
        self.world.deliveries.wake()
        return fixed

    def be_strict(self) -> None:
        """Hold requests against the library's types.

        Raises:
            ValueError: a library that this needs is missing.
        """
        check_installed()
        self.world.strict = True

    def forget_idempotency_keys(self) -> None:
        """Forget all idempotency keys."""
        self.world.state.clear("idempotency")

    def plan_fault(self, **fault: Any) -> None:
        """Plan a trouble for requests."""
        self.world.faults.plan(Fault(**fault))

    def clear_faults(self) -> None:
        """Forget planned troubles."""
        self.world.faults.clear()

    # --- people ---------------------------------------------------------

    def add_person(self, **given: Any) -> Json:
        """Create a person."""
        return add_user(self.world, given)

    def change_person(self, person: str, **given: Any) -> Json:
        """Change a person."""
        return update_user(self.world, self.world.load("user", person), given)

    def remove_person(self, person: str) -> Json:
        """Delete a person."""
        return delete_user(self.world, self.world.load("user", person))

    def sign_in(self, person: str, lifetime: int, origin: str | None, claims: Json) -> str:
        """Open a session and make a token of it."""
        session = open_session(self.world, person)
        named = {} if origin is None else {"azp": origin}
        usual = {"sub": person, "sid": session["id"]} | named
        return self.tokens.mint(usual | claims, lifetime=lifetime)

    def token(
        self,
        claims: Json,
        headers: Json,
        lifetime: int,
        key: str | None = None,
        algorithm: str = "RS256",
    ) -> str:
        """Make any token."""
        return self.tokens.mint(
            claims, lifetime=lifetime, headers=headers, key=key, algorithm=algorithm
        )

    def public_key(self) -> str:
        """The public key that verifies tokens, as PEM."""
        return self.key.public_pem
