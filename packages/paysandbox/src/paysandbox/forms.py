"""Form bodies with brackets, as Stripe takes them: `a[b][0][c]=v`."""

from urllib.parse import parse_qsl

from paysandbox.errors import ApiError

Tree = dict[str, "str | Tree"]
"""A decoded form: texts, or further trees by key. Lists are trees with keys `0`, `1`, …"""

MAX_FIELDS = 5_000
MAX_DEPTH = 8


def decode_form(text: bytes) -> Tree:
    """Decode a URL-encoded body or query string into a tree.

    Raises:
        ApiError: not UTF-8, too many fields, too deep, or one name used both as a text and as a
            tree.
    """
    try:
        pairs = parse_qsl(
            text.decode("ascii"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=MAX_FIELDS,
        )
    except (UnicodeDecodeError, ValueError) as error:
        raise ApiError("The form is not URL-encoded UTF-8, or has too many fields.") from error
    tree: Tree = {}
    for name, value in pairs:
        _plant(tree, name, value)
    return tree


def _plant(tree: Tree, name: str, value: str) -> None:
    *branches, leaf = _keys(name)
    for key in branches:
        below = tree.setdefault(_index(tree, key), {})
        if isinstance(below, str):
            raise ApiError(f"Invalid form: {name} is used both as a text and as an object.")
        tree = below
    key = _index(tree, leaf)
    if isinstance(tree.get(key), dict):
        raise ApiError(f"Invalid form: {name} is used both as a text and as an object.")
    tree[key] = value


def _index(tree: Tree, key: str) -> str:
    return key or str(len(tree))


def _keys(name: str) -> list[str]:
    head, bracket, rest = name.partition("[")
    keys = [head, *rest.removesuffix("]").split("][")] if bracket else [head]
    if len(keys) > MAX_DEPTH or (bracket and not rest.endswith("]")) or not head:
        raise ApiError(f"Invalid form: cannot read the parameter name '{name[:100]}'.")
    return keys
