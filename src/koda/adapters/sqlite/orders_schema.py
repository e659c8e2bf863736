"""What the file holds of orders: by what they are found, and the lists that they stand in."""

ORDERS: tuple[str, ...] = (
    """
    CREATE TABLE orders (
        id TEXT PRIMARY KEY NOT NULL,
        buyer_id TEXT NOT NULL,
        state TEXT NOT NULL,
        under_way INTEGER NOT NULL,
        basket TEXT NOT NULL,
        checkout_id TEXT UNIQUE,
        created INTEGER NOT NULL,
        revision INTEGER NOT NULL,
        document TEXT NOT NULL
    ) STRICT
    """,
    "CREATE INDEX orders_open_of ON orders (buyer_id, created, id) WHERE state = 'open'",
    "CREATE INDEX orders_unpaid ON orders (created, id) WHERE state <> 'paid'",
    "CREATE INDEX orders_under_way ON orders (created, id) WHERE under_way",
    "CREATE UNIQUE INDEX orders_open ON orders (buyer_id, basket) WHERE state = 'open'",
    # The idempotency keys of buyers, and the order that answers each.
    """
    CREATE TABLE order_requests (
        buyer_id TEXT NOT NULL,
        key TEXT NOT NULL,
        order_id TEXT NOT NULL,
        PRIMARY KEY (buyer_id, key)
    ) WITHOUT ROWID, STRICT
    """,
    "CREATE INDEX order_requests_of ON order_requests (order_id)",
    # What open orders are about: `automation/…` and `seller/…`.
    """
    CREATE TABLE open_order_subjects (
        subject TEXT NOT NULL,
        created INTEGER NOT NULL,
        order_id TEXT NOT NULL,
        PRIMARY KEY (subject, created, order_id)
    ) WITHOUT ROWID, STRICT
    """,
    "CREATE INDEX open_order_subjects_of ON open_order_subjects (order_id)",
    # The lists that each order stands in, in the order in which they are read.
    """
    CREATE TABLE order_lists (
        label TEXT NOT NULL,
        dated INTEGER NOT NULL,
        order_id TEXT NOT NULL,
        PRIMARY KEY (label, dated, order_id)
    ) WITHOUT ROWID, STRICT
    """,
    "CREATE INDEX order_lists_of ON order_lists (order_id)",
)
"""Statements of the first version of the schema; `schema` has the others."""
