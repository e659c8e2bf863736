"""What the file holds of the journal: entries, the lists they stand in, and totals of days."""

JOURNAL: tuple[str, ...] = (
    """
    CREATE TABLE journal (
        id TEXT PRIMARY KEY NOT NULL,
        occurred INTEGER NOT NULL,
        document TEXT NOT NULL
    ) STRICT
    """,
    # The lists that each entry stands in, in the order in which they are read.
    """
    CREATE TABLE journal_labels (
        label TEXT NOT NULL,
        occurred INTEGER NOT NULL,
        id TEXT NOT NULL,
        PRIMARY KEY (label, occurred, id)
    ) WITHOUT ROWID, STRICT
    """,
    # Derived from the entries: what each account was debited and credited on each day (UTC).
    """
    CREATE TABLE journal_totals (
        account TEXT NOT NULL,
        currency TEXT NOT NULL,
        day TEXT NOT NULL,
        debit INTEGER NOT NULL,
        credit INTEGER NOT NULL,
        PRIMARY KEY (account, currency, day)
    ) WITHOUT ROWID, STRICT
    """,
)
"""Statements of the first version of the schema; `schema` has the others."""
