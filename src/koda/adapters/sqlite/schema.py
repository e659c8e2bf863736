"""What the file holds. Each step of `MIGRATIONS` takes it from one version to the next.

A step that was released is never changed; a change is a new step. Times are whole milliseconds
since 1970 (UTC), amounts minor units, entities JSON documents (`documents`) beside the columns
that queries need. Columns hold values of their type alone (`STRICT`).
"""

from koda.adapters.sqlite.inbox_schema import PAYMENT_INBOX
from koda.adapters.sqlite.index_schema import INDEX
from koda.adapters.sqlite.journal_schema import JOURNAL
from koda.adapters.sqlite.orders_schema import ORDERS

Migration = tuple[str, ...]

_AUTOMATIONS: Migration = (
    """
    CREATE TABLE automations (
        number INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        seller_id TEXT NOT NULL,
        created INTEGER NOT NULL,
        held INTEGER,
        revision INTEGER NOT NULL,
        document TEXT NOT NULL
    ) STRICT
    """,
    "CREATE INDEX automations_of_seller ON automations (seller_id, created, id)",
    "CREATE INDEX automations_held ON automations (held, id) WHERE held IS NOT NULL",
    # The files that each automation refers to, so that no document is read to find them.
    """
    CREATE TABLE automation_files (
        key TEXT NOT NULL,
        number INTEGER NOT NULL,
        PRIMARY KEY (key, number)
    ) WITHOUT ROWID, STRICT
    """,
    "CREATE INDEX automation_files_of ON automation_files (number)",
    # What copies of their files share, so that no document is read to find one.
    """
    CREATE TABLE automation_fingerprints (
        fingerprint TEXT NOT NULL,
        number INTEGER NOT NULL,
        PRIMARY KEY (fingerprint, number)
    ) WITHOUT ROWID, STRICT
    """,
    "CREATE INDEX automation_fingerprints_of ON automation_fingerprints (number)",
)

_SELLERS: Migration = (
    """
    CREATE TABLE sellers (
        id TEXT PRIMARY KEY NOT NULL,
        account_id TEXT NOT NULL UNIQUE,
        revision INTEGER NOT NULL,
        document TEXT NOT NULL
    ) STRICT
    """,
)

_PURCHASES: Migration = (
    """
    CREATE TABLE purchases (
        id TEXT PRIMARY KEY NOT NULL,
        order_id TEXT NOT NULL,
        line INTEGER NOT NULL,
        buyer_id TEXT NOT NULL,
        seller_id TEXT NOT NULL,
        automation_id TEXT NOT NULL,
        bought INTEGER NOT NULL,
        day TEXT NOT NULL,
        currency TEXT NOT NULL,
        gross INTEGER NOT NULL,
        fee INTEGER NOT NULL,
        live INTEGER NOT NULL,
        double INTEGER NOT NULL,
        revision INTEGER NOT NULL,
        document TEXT NOT NULL,
        UNIQUE (order_id, line)
    ) STRICT
    """,
    "CREATE UNIQUE INDEX purchases_live ON purchases (buyer_id, automation_id) WHERE live",
    """
    CREATE INDEX purchases_of_automation
    ON purchases (buyer_id, automation_id, live, bought, id) WHERE NOT double
    """,
    "CREATE INDEX purchases_bought ON purchases (buyer_id, bought, id) WHERE NOT double",
    "CREATE INDEX purchases_sold ON purchases (seller_id, bought, id) WHERE NOT double",
    "CREATE INDEX purchases_days ON purchases (seller_id, day, currency, gross, fee) WHERE live",
)

_OTHERS: Migration = (
    """
    CREATE TABLE grants (
        id TEXT PRIMARY KEY NOT NULL,
        purchase_id TEXT,
        granted INTEGER NOT NULL,
        document TEXT NOT NULL
    ) STRICT
    """,
    "CREATE INDEX grants_of_purchase ON grants (purchase_id, granted, id)",
    """
    CREATE TABLE uploads (
        id TEXT PRIMARY KEY NOT NULL,
        expires INTEGER NOT NULL,
        revision INTEGER NOT NULL,
        document TEXT NOT NULL
    ) STRICT
    """,
    "CREATE INDEX uploads_expiring ON uploads (expires)",
    # The last update of each user, and the last removal; a removed user has no document.
    """
    CREATE TABLE people (
        id TEXT PRIMARY KEY NOT NULL,
        updated INTEGER,
        removed INTEGER,
        document TEXT
    ) STRICT
    """,
    # What became of the messages at each endpoint since the last accepted one.
    """
    CREATE TABLE webhook_health (
        endpoint TEXT PRIMARY KEY NOT NULL,
        clock INTEGER NOT NULL,
        secret INTEGER NOT NULL,
        garbage INTEGER NOT NULL,
        accepted INTEGER
    ) STRICT
    """,
    # What writes left to be told, in order; `relay` turns it into deliveries.
    """
    CREATE TABLE domain_events (
        number INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        unreadable INTEGER NOT NULL DEFAULT 0,
        document TEXT NOT NULL
    ) STRICT
    """,
    "CREATE INDEX domain_events_left ON domain_events (number) WHERE unreadable = 0",
    """
    CREATE TABLE subscriptions (
        id TEXT PRIMARY KEY NOT NULL,
        document TEXT NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE deliveries (
        id TEXT PRIMARY KEY NOT NULL,
        subscriber TEXT NOT NULL,
        subject TEXT NOT NULL,
        revision INTEGER NOT NULL,
        number INTEGER NOT NULL,
        occurred INTEGER NOT NULL,
        due INTEGER NOT NULL,
        attempts INTEGER NOT NULL,
        state TEXT NOT NULL,
        document TEXT NOT NULL
    ) STRICT
    """,
    "CREATE INDEX deliveries_due ON deliveries (subscriber, due, id) WHERE state = 'waiting'",
    """
    CREATE INDEX deliveries_of_subject
    ON deliveries (subscriber, subject, revision, number) WHERE state = 'waiting'
    """,
    "CREATE INDEX deliveries_over ON deliveries (due) WHERE state = 'done'",
    """
    CREATE INDEX deliveries_given_up
    ON deliveries (subscriber) WHERE state IN ('given_up', 'unreadable')
    """,
    # The one roster of who was given which role.
    """
    CREATE TABLE roles (
        id TEXT PRIMARY KEY NOT NULL,
        revision INTEGER NOT NULL,
        document TEXT NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE audit_log (
        id TEXT PRIMARY KEY NOT NULL,
        at INTEGER NOT NULL,
        actor TEXT NOT NULL,
        subject TEXT NOT NULL,
        begun INTEGER NOT NULL,
        document TEXT NOT NULL
    ) STRICT
    """,
    "CREATE INDEX audit_log_newest ON audit_log (at, id)",
    "CREATE INDEX audit_log_of_actor ON audit_log (actor, at, id)",
    "CREATE INDEX audit_log_of_subject ON audit_log (subject, at, id)",
    # Numbers that only grow, by which processes tell each other that something is outdated.
    "CREATE TABLE generations (name TEXT PRIMARY KEY NOT NULL, number INTEGER NOT NULL) STRICT",
)

MIGRATIONS: tuple[Migration, ...] = (
    _AUTOMATIONS + INDEX + _SELLERS + ORDERS + _PURCHASES + JOURNAL + PAYMENT_INBOX + _OTHERS,
)
