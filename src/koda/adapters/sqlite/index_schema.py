"""What the file holds of the catalogue's index.

An entry's row is at its place by newest, and has its place by price (`places`). Each order has a
text index of the labels whose rows are at these places, so that what it finds comes in the order of
the page and is read no further than the page goes. They hold no text of their own (`content = ''`):
what is to be taken out of them is told by the labels of the entry's row.

What a search looks at of many entries, their other place and their kind (a platform and a
category), is in small rows of its own that triggers keep in step, so that it reads few pages.
"""

from koda.domain.search.entries import Order

INDEXED_LETTERS = {Order.NEWEST: 4, Order.PRICE: 2}
"""How long beginnings are that a text index has by themselves; the longer ones have few words."""
ADD_TEXT = "INSERT INTO index_{0} (rowid, labels) VALUES (?, ?)"
"""Adds the labels of an entry, at its place, to the text index of an order."""
_TEXT = "content = '', detail = none, columnsize = 0, tokenize = \"ascii tokenchars '='\""


def _text_index(order: Order) -> str:
    # A beginning of a title's word has one character more, which says so.
    lengths = " ".join(map(str, range(1, INDEXED_LETTERS[order] + 1)))
    return f"""
    CREATE VIRTUAL TABLE index_{order.value} USING fts5(labels, prefix = '{lengths}', {_TEXT})
    """


def _merged_early(order: Order) -> str:
    # By itself FTS5 lets four segments of a size gather, each of which is read by a search:
    # https://sqlite.org/fts5.html#the_automerge_configuration_option
    name = f"index_{order.value}"
    return f"INSERT INTO {name} ({name}, rank) VALUES ('automerge', 2)"  # noqa: S608 - names of ours


INDEX = (
    """
    CREATE TABLE index_entries (
        newest INTEGER PRIMARY KEY,
        price INTEGER NOT NULL,
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
    """
    CREATE TABLE index_kinds (
        number INTEGER PRIMARY KEY,
        platform TEXT NOT NULL,
        category TEXT NOT NULL,
        UNIQUE (platform, category)
    ) STRICT
    """,
    """
    CREATE TABLE index_places (
        newest INTEGER PRIMARY KEY,
        price INTEGER NOT NULL,
        kind INTEGER NOT NULL
    ) STRICT
    """,
    "CREATE UNIQUE INDEX index_places_price ON index_places (price, kind)",
    """
    CREATE TRIGGER index_entries_added AFTER INSERT ON index_entries BEGIN
        INSERT OR IGNORE INTO index_kinds (platform, category) VALUES (NEW.platform, NEW.category);
        INSERT INTO index_places (newest, price, kind) SELECT NEW.newest, NEW.price, number
        FROM index_kinds WHERE platform = NEW.platform AND category = NEW.category;
    END
    """,
    """
    CREATE TRIGGER index_entries_dropped AFTER DELETE ON index_entries BEGIN
        DELETE FROM index_places WHERE newest = OLD.newest;
    END
    """,
    """
    CREATE TRIGGER index_entries_moved AFTER UPDATE OF newest, price ON index_entries BEGIN
        UPDATE index_places SET newest = NEW.newest, price = NEW.price WHERE newest = OLD.newest;
    END
    """,
    *map(_text_index, Order),
    *map(_merged_early, Order),
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
