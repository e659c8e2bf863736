"""How the labels of an entry are packed in its row."""

import zlib

from koda.domain.search.label_sets import Labels, as_labels

_BARE = -15
"""For zlib: without a header and a sum, which would be a tenth of so short a text."""
_KNOWN = b"""
C:social media
M:EUR
N:7
P:zapier
P:make
P:n8n
R:ai=with
R:ai=without
R:code=with
R:code=without
R:n8n=1
R:n8n=1-with-changes
R:n8n=2
R:n8n=2-with-changes
R:n8n=3
R:n8n=3-with-changes
R:setup=0
R:setup=10
R:setup=2
R:setup=5
S:user_
T:"""
"""What zlib may refer to, since many entries have it. Whatever was packed with it is read with it:
it never changes."""


def packed(labels: Labels) -> bytes:
    """The labels of an entry as they are kept."""
    packing = zlib.compressobj(wbits=_BARE, zdict=_KNOWN)
    return packing.compress(labels.text.encode()) + packing.flush()


def unpacked(kept: bytes) -> Labels:
    """The labels of an entry as they are kept; none if they are damaged.

    `koda doctor` then tells that the entry is not its automation's.
    """
    unpacking = zlib.decompressobj(_BARE, _KNOWN)
    try:
        text = unpacking.decompress(kept).decode()
    except (zlib.error, UnicodeDecodeError):
        return as_labels(())
    return Labels(text) if unpacking.eof else as_labels(())
