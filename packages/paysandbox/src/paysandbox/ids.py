"""Identifiers that look like the vendors' own."""

import secrets
import string

ALPHABET = string.ascii_letters + string.digits

LENGTHS = {
    "acct_": 16,
    "cs_test_": 58,
    "evt_": 24,
    "user_": 27,
    "sess_": 27,
    "whsec_": 32,
    "sk_test_": 48,
}
"""Characters after the prefix, where they are not 24."""


def new_id(prefix: str) -> str:
    """A fresh random identifier that starts with `prefix`, as in `acct_1Ab…`."""
    length = LENGTHS.get(prefix, 24)
    return prefix + "".join(secrets.choice(ALPHABET) for _ in range(length))
