"""The tables of the payment provider's messages, as `schema` takes them in."""

PAYMENT_INBOX: tuple[str, ...] = (
    """
    CREATE TABLE payment_inbox (
        id TEXT PRIMARY KEY NOT NULL,
        waiting INTEGER NOT NULL,
        state TEXT NOT NULL,
        subject TEXT NOT NULL,
        received INTEGER NOT NULL,
        document TEXT NOT NULL,
        payload BLOB
    ) STRICT
    """,
    "CREATE INDEX payment_inbox_newest ON payment_inbox (received, id)",
    "CREATE INDEX payment_inbox_of_state ON payment_inbox (state, received, id)",
    "CREATE INDEX payment_inbox_of_subject ON payment_inbox (subject, received, id)",
    """
    CREATE INDEX payment_inbox_payloads
    ON payment_inbox (received) WHERE NOT waiting AND payload IS NOT NULL
    """,
    "CREATE INDEX payment_inbox_waiting ON payment_inbox (received, id) WHERE waiting",
    "CREATE INDEX payment_inbox_done ON payment_inbox (received) WHERE NOT waiting",
)
