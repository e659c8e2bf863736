"""Trying each service as Koda uses it, before a site starts."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

from koda.domain.model.errors import NotFound, RefusalCause, Refused
from koda.domain.model.identifiers import AccountId
from koda.domain.model.periods import Period
from koda.entrypoints.backends.chosen import signing_secrets, webhook_endpoints
from koda.entrypoints.backends.probe import SET_CLOCK, Check, Probe, Warned
from koda.entrypoints.backends.room import SLOTS
from koda.entrypoints.health.store_probes import try_currency, try_files, try_store
from koda.entrypoints.settings.choices import WebhookEndpoint

if TYPE_CHECKING:
    from koda.entrypoints.wiring.container import Container

_DAY = timedelta(days=1)
CAUSES = {
    RefusalCause.CLOCK: SET_CLOCK,
    RefusalCause.SECRET: "see that {variable} holds the signing secret of the endpoint "
    "/webhooks/{endpoint}, as the sender's dashboard shows it",
}
"""What to do about refused messages; what is no such message at all may come from anybody."""
CURRENCY = (
    "set KODA_POLICY_CURRENCY back, or name the currencies of these listings in "
    "KODA_CURRENCIES_BEFORE: nobody can buy them then until their sellers set a new price"
)
_LEDGER = (
    "let the key read the provider's ledger (docs/how-to/go-live.md has what a key needs); the "
    "provider's own fees are not in the books until then"
)


def early_checks(container: "Container") -> Iterator[Check]:
    """Yield what tries each service without which visitors would miss something."""
    rooms = container.rooms()
    early = {check.service: check for check in rooms.checks() if check.early}
    early["store"] = _check(container, "store", lambda: try_store(container))
    early["files"] = _check(container, "files", lambda: try_files(container))
    early["payments"] = _check(container, "payments", lambda: try_payments(container))
    if rooms.store.shared:
        currency = Check("currency", lambda: try_currency(container), CURRENCY, needs="store")
        early["currency"] = currency
    yield from in_order(early.values())


def in_order(checks: Iterable[Check]) -> list[Check]:
    """Return checks as doctor shows them: by the settings that choose, and then all others."""
    order = list(dict.fromkeys(("store", "files", "currency", *SLOTS)))
    known = {service: place for place, service in enumerate(order)}
    return sorted(checks, key=lambda check: known.get(check.service, len(known)))


def _check(container: "Container", slot: str, probe: Probe) -> Check:
    return Check(slot, probe, container.rooms().chosen(slot).remedy)


def try_payments(container: "Container") -> str | Warned:
    """Read the balance and its ledger, payments, and accounts: one of them does not exist."""
    room = container.rooms().payments
    live, doubts = room.moves_money(), {**room.doubts(), **_ledger_doubts(container)}
    now = container.clock()()
    next(container.payments().opened(Period(now, now)), None)
    with suppress(NotFound):
        container.payout_accounts().status(AccountId("acct_doctor"))
    money = "real money moves" if live else "no money moves"
    said = f"{container.settings().payments} accepts the key; {money}"
    return Warned("; ".join([said, *doubts]), "; ".join(doubts.values())) if doubts else said


def _ledger_doubts(container: "Container") -> Mapping[str, str]:
    """What the books lack if the provider's ledger may not be read; all else goes on without."""
    now = container.clock()()
    try:
        next(container.provider_ledger().lines(Period(now - _DAY, now)), None)
    except Refused as refusal:
        return {f"its ledger cannot be read: {refusal}": _LEDGER}
    return {}


def try_messages(container: "Container") -> str | Warned:
    """Tell what became of messages since the last one that was accepted, at each endpoint."""
    settings, health = container.settings(), container.webhook_health()
    endpoints = [health.of(endpoint) for endpoint in webhook_endpoints(settings)]
    secrets = signing_secrets(settings)
    said = "; ".join(f"{health.endpoint}: {health}" for health in endpoints)
    remedies = [
        remedy.format(
            endpoint=health.endpoint, variable=secrets[WebhookEndpoint(health.endpoint)].variable
        )
        for health in endpoints
        for cause, remedy in CAUSES.items()
        if cause in health.by_cause
    ]
    return Warned(said, "; ".join(remedies)) if remedies else said
