"""The words of listings as FTS5 keeps them.

A term is written as its UTF-8 bytes in hexadecimal. FTS5 then compares whole words and their
beginnings byte by byte, exactly as the domain does, and never folds a letter by itself.
"""

from collections.abc import Iterable, Sequence


def token(term: str) -> str:
    """A term as FTS5 keeps it; the beginning of a term gives the beginning of its token."""
    return f"x{term.encode('utf-8', 'surrogatepass').hex()}"


def indexed(terms: Iterable[str]) -> str:
    """The text to index for a listing of these terms."""
    return " ".join(map(token, sorted(terms)))


def matching(words: Sequence[str]) -> str:
    """The FTS5 query for listings with all of `words`, the last one as a beginning."""
    return f"{' AND '.join(map(token, words))}*"
