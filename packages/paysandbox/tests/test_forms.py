from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paysandbox.errors import ApiError
from paysandbox.forms import MAX_FIELDS, Tree, decode_form

KEYS = st.text(st.characters(exclude_characters="[]", exclude_categories=["Cs"]), min_size=1)
TREES = st.dictionaries(
    KEYS,
    st.recursive(
        st.text(st.characters(exclude_categories=["Cs"])),
        lambda inner: st.dictionaries(KEYS, inner, min_size=1, max_size=3),
        max_leaves=8,
    ),
    max_size=4,
)


def encode(tree: Tree, prefix: str = "") -> list[tuple[str, str]]:
    """The bracketed pairs of a tree."""
    pairs: list[tuple[str, str]] = []
    for key, value in tree.items():
        name = f"{prefix}[{key}]" if prefix else key
        pairs += encode(value, name) if isinstance(value, dict) else [(name, value)]
    return pairs


def depth(tree: Tree) -> int:
    """How many brackets deep a tree goes."""
    return 1 + max((depth(part) for part in tree.values() if isinstance(part, dict)), default=0)


@given(TREES.filter(lambda tree: depth(tree) <= 8))
def test_what_is_encoded_with_brackets_is_decoded_again(tree: Tree) -> None:
    """Decoding undoes encoding for every tree of texts."""
    assert decode_form(urlencode(encode(tree)).encode()) == tree


def test_empty_brackets_append() -> None:
    """`a[]=1&a[]=2` is a list of two."""
    assert decode_form(b"expand[]=a&expand[]=b") == {"expand": {"0": "a", "1": "b"}}


@pytest.mark.parametrize(
    "body",
    [
        b"a=%ff",
        b"\xff=1",
        b"a=1&a[b]=2",
        b"a[b]=1&a=2",
        b"a[b=1",
        b"[b]=1",
        b"a" + b"[b]" * 9 + b"=1",
        b"&".join(b"a=1" for _ in range(MAX_FIELDS + 1)),
    ],
)
def test_malformed_forms_are_refused(body: bytes) -> None:
    """What cannot be read in one way only is a refusal, never a guess."""
    with pytest.raises(ApiError):
        decode_form(body)
