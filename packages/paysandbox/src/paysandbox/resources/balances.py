"""Balances and balance transactions, of the platform or of a connected account."""

from paysandbox.errors import Json
from paysandbox.formats import Currency
from paysandbox.ids import new_id
from paysandbox.ledger import PLATFORM, WORLD, Posting
from paysandbox.params import Text, body, filters
from paysandbox.routing import Call, Routes
from paysandbox.world import World

routes = Routes()


@routes.add("GET /v1/balance", body(), accounts=True)
def retrieve_balance(call: Call) -> Json:
    """What the account has, available and pending."""
    ledger, account = call.world.ledger, call.account
    currencies = sorted({_own_currency(call), *ledger.balances().get(account, {})})
    rows = [_amount(currency, ledger.available_to(account, currency)) for currency in currencies]
    pending = [_amount(currency, ledger.pending_of(account, currency)) for currency in currencies]
    reserved = [{"amount": 0, "currency": currency} for currency in currencies]
    return {
        "object": "balance",
        "available": rows,
        "connect_reserved": reserved,
        "livemode": False,
        "pending": pending,
    }


def _own_currency(call: Call) -> str:
    if call.account == PLATFORM:
        return call.world.currency
    return str(call.world.load("account", call.account)["default_currency"])


def _amount(currency: str, amount: int) -> Json:
    return {"amount": amount, "currency": currency, "source_types": {"card": amount}}


@routes.add(
    "GET /v1/balance_transactions",
    filters(currency=Currency(), payout=Text(), source=Text(), type=Text()),
    accounts=True,
)
def list_transactions(call: Call) -> Json:
    """What changed the account's balance, newest first."""
    return call.list("balance_transaction")


@routes.add("GET /v1/balance_transactions/{id}", body(), accounts=True)
def retrieve_transaction(call: Call) -> Json:
    """One change of the account's balance."""
    return call.show(call.load("balance_transaction"))


_BLANK: Json = {
    "description": None,
    "failure_code": None,
    "failure_message": None,
    "livemode": False,
    "metadata": {},
    "statement_descriptor": None,
}
"""What every top-up and payout starts with."""
_TOPUP: Json = {
    "expected_availability_date": None,
    "source": None,
    "status": "succeeded",
    "transfer_group": None,
}
_PAYOUT: Json = {
    "application_fee": None,
    "application_fee_amount": None,
    "automatic": False,
    "destination": None,
    "failure_balance_transaction": None,
    "method": "standard",
    "original_payout": None,
    "reconciliation_status": "not_applicable",
    "reversed_by": None,
    "source_type": "card",
    "status": "paid",
    "type": "bank_account",
}


def top_up(world: World, amount: int, currency: str) -> None:
    """Send the platform's own money from its bank to its balance: `amount` minor units."""
    identifier = new_id("tu_")
    with world.state.transaction():
        [transaction] = world.ledger.post(
            currency,
            Posting(WORLD, -amount),
            Posting(PLATFORM, amount, "topup", identifier),
        )
        details = {"id": identifier, "amount": amount, "currency": currency}
        _keep(world, "topup", PLATFORM, {**_TOPUP, **details, "balance_transaction": transaction})


def pay_out(world: World, account_id: str, amount: int | None, currency: str) -> int:
    """Send an account's money to its bank: all that is available unless an amount is given.

    Returns:
        The minor units that left.
    """
    leaving = world.ledger.available_to(account_id, currency) if amount is None else amount
    identifier = new_id("po_")
    with world.state.transaction():
        [transaction] = world.ledger.post(
            currency,
            Posting(account_id, -leaving, "payout", identifier),
            Posting(WORLD, leaving),
        )
        details = {"id": identifier, "amount": leaving, "currency": currency}
        paid = {**_PAYOUT, **details, "arrival_date": world.clock.now()}
        _keep(world, "payout", account_id, {**paid, "balance_transaction": transaction})
    return leaving


def _keep(world: World, kind: str, account_id: str, details: Json) -> None:
    made = {**_BLANK, **details, "object": kind, "created": world.clock.now()}
    world.save(made, account=account_id)
