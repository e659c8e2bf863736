"""Double-entry ledger: every movement of money is an entry whose postings sum to zero.

Three sorts of accounts: the platform, each connected account by its id, and the outside world
(cards, banks). All money is in whole minor units of one currency per entry. It can be pending until
a moment: then it counts in the balance, and cannot be spent yet.
"""

from collections import defaultdict

from attrs import define, frozen

from paysandbox.clock import SandboxClock
from paysandbox.errors import Json
from paysandbox.ids import new_id
from paysandbox.state import State

PLATFORM = "platform"
WORLD = "world"

CATEGORIES = {
    "charge": "charge",
    "payment": "charge",
    "transfer": "transfer",
    "transfer_refund": "transfer_reversal",
    "payment_refund": "refund",
    "application_fee": "platform_earning",
    "application_fee_refund": "platform_earning_refund",
    "refund": "refund",
    "refund_failure": "refund_failure",
    "topup": "topup",
    "payout": "payout",
}
"""Reporting categories by type: https://docs.stripe.com/reports/reporting-categories."""


class UnbalancedError(Exception):
    """Postings that do not sum to zero, or a balance that is not the sum of its postings."""


@frozen
class Posting:
    """What one entry does to one account.

    Args:
        account: `platform`, `world` or a connected account's id.
        net: minor units that the account gains (or, negative, loses).
        type: the balance transaction's type.
        source: the id of the object that is the reason.
        fee: minor units kept back from a gross of `net + fee`.
        category: the reporting category, where the type does not tell it.
        rate: at which the gross was exchanged, if it was.
    """

    account: str
    net: int
    type: str = ""
    source: str | None = None
    fee: int = 0
    category: str | None = None
    rate: float | None = None


@define
class Ledger:
    """Balances in the state, changed only by balanced entries."""

    state: State
    clock: SandboxClock

    def post(self, currency: str, *postings: Posting, available_on: int | None = None) -> list[str]:
        """Record one entry; return the balance transactions' ids, the world's postings left out.

        Args:
            currency: of all postings, in three small letters.
            postings: what the entry does to each account.
            available_on: when the money can be spent, in seconds since the epoch; at once unless
                given.

        Raises:
            UnbalancedError: the postings do not sum to zero; nothing is recorded.
        """
        if sum(posting.net for posting in postings):
            raise UnbalancedError(f"These postings do not sum to zero: {postings}")
        entry = new_id("entry_")
        with self.state.transaction():
            return [
                recorded
                for posting in postings
                if (recorded := self._record(entry, currency, posting, available_on)) is not None
            ]

    def _record(
        self, entry: str, currency: str, posting: Posting, available_on: int | None
    ) -> str | None:
        account = posting.account
        self._keep_posting(entry, currency, posting)
        balance = self._balance(account, currency)
        self.state.put("balance", balance | {"amount": balance["amount"] + posting.net})
        if account == WORLD:
            return None
        transaction = self._transaction(currency, posting, available_on)
        return str(self.state.put("balance_transaction", transaction)["id"])

    def _keep_posting(self, entry: str, currency: str, posting: Posting) -> None:
        kept = {"id": new_id("pst_"), "entry": entry, "account": posting.account}
        self.state.put("posting", kept | {"currency": currency, "net": posting.net})

    def _balance(self, account: str, currency: str) -> Json:
        identifier = f"{account}:{currency}"
        fresh = {"id": identifier, "account": account, "currency": currency, "amount": 0}
        return self.state.get("balance", identifier) or fresh

    def _transaction(self, currency: str, posting: Posting, available_on: int | None) -> Json:
        now = self.clock.now()
        moment = now if available_on is None else available_on
        details = {
            "amount": posting.fee,
            "application": None,
            "currency": currency,
            "description": "Fee",
            "type": "stripe_fee" if posting.account == PLATFORM else "application_fee",
        }
        return {
            "id": new_id("txn_"),
            "object": "balance_transaction",
            "amount": posting.net + posting.fee,
            "available_on": moment,
            "balance_type": "payments",
            "created": now,
            "currency": currency,
            "description": None,
            "exchange_rate": posting.rate,
            "fee": posting.fee,
            "fee_details": [details] if posting.fee else [],
            "net": posting.net,
            "reporting_category": posting.category or CATEGORIES[posting.type],
            "source": posting.source,
            "status": "pending" if moment > now else "available",
            "type": posting.type,
            "_account": posting.account,
        }

    def balance_of(self, account: str, currency: str) -> int:
        """Minor units that the account has of a currency; negative when it owes."""
        return int(self._balance(account, currency)["amount"])

    def pending_of(self, account: str, currency: str) -> int:
        """Minor units of the balance that cannot be spent yet."""
        equal = {"status": "pending", "_account": account, "currency": currency}
        return sum(row["net"] for row in self.state.find("balance_transaction", **equal))

    def available_to(self, account: str, currency: str) -> int:
        """Minor units that the account can spend."""
        return self.balance_of(account, currency) - self.pending_of(account, currency)

    def mature(self) -> None:
        """Make available what was pending until now."""
        kind, now = "balance_transaction", self.clock.now()
        for row in self.state.past(kind, "available_on", now, status="pending"):
            self.state.put(kind, row | {"status": "available"})

    def balances(self) -> dict[str, dict[str, int]]:
        """Minor units by account (`world` among them) and currency."""
        table: dict[str, dict[str, int]] = defaultdict(dict)
        for balance in self.state.find("balance"):
            table[balance["account"]][balance["currency"]] = balance["amount"]
        return dict(table)

    def assert_balanced(self) -> None:
        """Recompute everything from the postings.

        Raises:
            UnbalancedError: an entry does not sum to zero, or a balance or the transactions of an
                account differ from its postings.
        """
        entries: dict[str, int] = defaultdict(int)
        posted: dict[tuple[str, str], int] = defaultdict(int)
        for posting in self.state.find("posting"):
            entries[posting["entry"]] += posting["net"]
            posted[posting["account"], posting["currency"]] += posting["net"]
        if crooked := [entry for entry, total in entries.items() if total]:
            raise UnbalancedError(f"Entries that do not sum to zero: {crooked}")
        self._compare("balances", posted, self._kept_balances())
        inside = {key: total for key, total in posted.items() if key[0] != WORLD}
        self._compare("balance transactions", inside, self._summed_transactions())

    def _kept_balances(self) -> dict[tuple[str, str], int]:
        kept = self.state.find("balance")
        return {(row["account"], row["currency"]): row["amount"] for row in kept}

    def _summed_transactions(self) -> dict[tuple[str, str], int]:
        sums: dict[tuple[str, str], int] = defaultdict(int)
        for row in self.state.find("balance_transaction"):
            sums[row["_account"], row["currency"]] += row["net"]
        return sums

    @staticmethod
    def _compare(
        what: str, posted: dict[tuple[str, str], int], kept: dict[tuple[str, str], int]
    ) -> None:
        if dict(posted) != dict(kept):
            raise UnbalancedError(f"The {what} are {dict(kept)}, the postings say {dict(posted)}")
