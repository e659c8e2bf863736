"""The beginning of a text, for a card or a description."""

EXCERPT = 160
"""Characters."""


def excerpt(text: str) -> str:
    """The beginning of `text` on one line, cut between words, at most `EXCERPT` characters."""
    line = " ".join(text.split())
    if len(line) <= EXCERPT:
        return line
    return line[: EXCERPT - 1].rsplit(" ", 1)[0].rstrip(" ,;:.") + "…"
