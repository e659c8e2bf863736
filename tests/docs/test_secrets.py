"""No text of the documents serves as a secret, since anybody may have read it."""

import re

from koda.entrypoints.settings.signing import fault_of
from tests.docs import blocks

ASSIGNED = re.compile(r"\bKODA_SECRET(?:_BEFORE)?=([^\s`]+)")
LIKE_SECRETS = re.compile(r"(?<![\w+/=-])[A-Za-z0-9+_=-]{32,}(?![\w+/=-])")
"""Words of hexadecimal digits or base64; a path or a setting is none."""
PAGES = [blocks.ROOT / "README.md", *sorted((blocks.ROOT / "docs").rglob("*.md"))]


def test_no_secret_of_the_documents_is_taken() -> None:
    """Neither what they set the variables to, nor anything else that looks like a secret."""
    texts = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
    samples, words = set(ASSIGNED.findall(texts)), set(LIKE_SECRETS.findall(texts))
    secrets = samples | {word for word in words if not word.startswith("KODA_")}

    assert samples == {"change-me"}
    assert [word for word in sorted(secrets) if not fault_of(word)] == []
