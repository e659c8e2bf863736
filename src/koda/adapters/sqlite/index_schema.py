"""What the file holds of the catalogue's index.

An entry's row is at its place by newest, and has its place by price (`places`). Each order has a
text index of the labels whose rows are at these places, so that what it finds comes in the order of
the page and is read no further than the page goes. They hold no text of their own (`content = ''`):
what is to be taken out of them is told by the labels of the entry's row.
"""

_TEXT = "content = '', detail = none, columnsize = 0, tokenize = \"ascii tokenchars '='\""

INDEX = (
    """
    CREATE TABLE index_entries (
        newest INTEGER PRIMARY KEY,
        price INTEGER NOT NULL UNIQUE,
        number INTEGER NOT NULL UNIQUE,
        id TEXT NOT NULL,
        published INTEGER NOT NULL,
        amount INTEGER NOT NULL,
        platform TEXT NOT NULL,
        category TEXT NOT NULL,
        labels BLOB NOT NULL
    ) STRICT
    """,
    "CREATE UNIQUE INDEX index_entries_newest ON index_entries (published, id)",
    "CREATE UNIQUE INDEX index_entries_price ON index_entries (amount, id)",
    # A beginning of a title's word has one character more, which says so.
    f"""
    CREATE VIRTUAL TABLE index_newest
    USING fts5(labels, prefix = '1 2 3 4 5', {_TEXT})
    """,
    f"CREATE VIRTUAL TABLE index_price USING fts5(labels, prefix = '1 2 3', {_TEXT})",
    """
    CREATE TABLE index_labels (
        number INTEGER PRIMARY KEY,
        label TEXT NOT NULL UNIQUE,
        entries INTEGER NOT NULL
    ) STRICT
    """,
    # The words that may be meant by a mistyped one, by the forms that they have in common.
    """
    CREATE TABLE index_forms (
        form INTEGER NOT NULL,
        word INTEGER NOT NULL,
        PRIMARY KEY (form, word)
    ) WITHOUT ROWID, STRICT
    """,
    # How far the index was written anew: one row at most.
    """
    CREATE TABLE index_build (
        version INTEGER NOT NULL,
        target INTEGER,
        place TEXT NOT NULL,
        listings INTEGER NOT NULL
    ) STRICT
    """,
)
