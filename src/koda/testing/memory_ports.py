"""The ports of a marketplace in memory."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import cast

from koda.adapters.memory.audit_log import MemoryAuditLog
from koda.adapters.memory.automations import MemoryAutomations
from koda.adapters.memory.browser_sessions import MemoryBrowserSessions
from koda.adapters.memory.catalogue_cache import MemoryCatalogueCache
from koda.adapters.memory.catalogue_index import MemoryCatalogueIndex
from koda.adapters.memory.clock import FixedClock
from koda.adapters.memory.files import MemoryFiles
from koda.adapters.memory.grants import MemoryGrants
from koda.adapters.memory.identity import MemoryIdentity
from koda.adapters.memory.ids import CountingIds
from koda.adapters.memory.index_builder import MemoryIndexBuilder
from koda.adapters.memory.journal import MemoryJournal
from koda.adapters.memory.notices import MemoryNotices
from koda.adapters.memory.orders import MemoryOrders
from koda.adapters.memory.outbox import MemoryOutbox
from koda.adapters.memory.payment_inbox import MemoryPaymentInbox
from koda.adapters.memory.payment_webhooks import MemoryPaymentWebhooks
from koda.adapters.memory.payments import MemoryPayments
from koda.adapters.memory.payout_accounts import MemoryPayoutAccounts
from koda.adapters.memory.people import MemoryPeople
from koda.adapters.memory.people_webhooks import MemoryPeopleWebhooks
from koda.adapters.memory.pictures import MemoryPictures
from koda.adapters.memory.provider import MemoryProvider
from koda.adapters.memory.provider_ledger import MemoryLedger
from koda.adapters.memory.purchases import MemoryPurchases
from koda.adapters.memory.rate_limiter import MemoryRateLimiter
from koda.adapters.memory.roles import MemoryRoles
from koda.adapters.memory.secret_scanner import MemorySecretScanner
from koda.adapters.memory.sellers import MemorySellers
from koda.adapters.memory.uploads import MemoryUploads
from koda.adapters.memory.webhook_health import MemoryWebhookHealth
from koda.domain.model.policy import Policy
from koda.domain.model.sizes import MEBIBYTE
from koda.ports.clock import Clock
from koda.testing.examples import LIMITS, SITE_URL

TELLING = frozenset({"automations", "orders", "purchases", "sellers"})
"""The stores that tell what happened, each to the outbox of its own technology."""
INDEXED = frozenset({"automations", "catalogue_index", "index_builder"})
"""Those that write and read the same index."""


def _outbox_of_memory(given: Mapping[str, object]) -> MemoryOutbox:
    """Where stores in memory leave what happened."""
    outbox = given.get("outbox") or MemoryOutbox()
    if isinstance(outbox, MemoryOutbox):
        return outbox
    missing = sorted(TELLING - given.keys())
    if missing:
        raise TypeError(f"a marketplace with an outbox of its own needs {', '.join(missing)}")
    return MemoryOutbox()


def in_memory(policy: Policy, now: datetime, given: Mapping[str, object]) -> dict[str, object]:
    """Each port that is given, or else in memory."""
    clock = cast("Clock", given.get("clock") or FixedClock(now))
    provider = cast("MemoryProvider", given.get("provider") or MemoryProvider(clock))
    if len(INDEXED & given.keys()) not in {0, len(INDEXED)}:
        raise TypeError(f"these come together, or not at all: {', '.join(sorted(INDEXED))}")
    outbox, index = _outbox_of_memory(given), MemoryCatalogueIndex()
    automations = MemoryAutomations(outbox, index)
    makers: Mapping[str, Callable[[], object]] = {
        "ids": CountingIds,
        "automations": lambda: automations,
        "catalogue_index": lambda: index,
        "index_builder": partial(MemoryIndexBuilder, automations),
        "sellers": partial(MemorySellers, outbox),
        "orders": partial(MemoryOrders, outbox),
        "purchases": partial(MemoryPurchases, outbox),
        "payment_inbox": MemoryPaymentInbox,
        "grants": MemoryGrants,
        "journal": MemoryJournal,
        "uploads": MemoryUploads,
        "people": MemoryPeople,
        "files": partial(MemoryFiles, clock, base_url=SITE_URL),
        "pictures": MemoryPictures,
        "scanner": MemorySecretScanner,
        "cache": partial(_cache, policy, clock),
        "rate_limiter": partial(MemoryRateLimiter, LIMITS.rates),
        "notices": MemoryNotices,
        "identity": MemoryIdentity,
        "browser_sessions": MemoryBrowserSessions,
        "payments": partial(MemoryPayments, provider),
        "provider_ledger": partial(MemoryLedger, provider),
        "payout_accounts": partial(MemoryPayoutAccounts, provider),
        "payment_webhooks": partial(MemoryPaymentWebhooks, provider),
        "people_webhooks": partial(MemoryPeopleWebhooks, clock),
        "webhook_health": MemoryWebhookHealth,
        "roles": MemoryRoles,
        "audit_log": MemoryAuditLog,
    }
    made = {name: make() for name, make in makers.items() if name not in given}
    return {"clock": clock, "provider": provider, "outbox": outbox, **made, **given}


def _cache(policy: Policy, clock: Clock) -> MemoryCatalogueCache:
    return MemoryCatalogueCache(
        policy.catalogue_lifetime,
        room=MEBIBYTE,
        monotonic=lambda: clock().timestamp(),
        chance=lambda: 0.5,
    )
