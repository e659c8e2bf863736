"""Metadata that Koda leaves on objects at Stripe."""

from typing import Any

ORDER_NOTE, KEY_NOTE, USER_NOTE = "koda_order", "koda_key", "koda_user"
"""The metadata by which Koda knows its own objects at Stripe."""
BUYER_NOTE = "koda_buyer"
"""The metadata of a session that names who pays."""
NUMBER_NOTE, AUTOMATION_NOTE, VERSION_NOTE = "koda_line", "koda_automation", "koda_version"
SELLER_NOTE, ACCOUNT_NOTE, FEE_NOTE = "koda_seller", "koda_account", "koda_fee"
"""The metadata of a session's line: what it sells, and what of its price the marketplace keeps."""
BEARER_NOTE = "koda_bearer"
"""The metadata of a refund of a direct charge that the marketplace bears alone."""


def note(holder: Any, name: str) -> str | None:
    """The metadata `name` of one of Stripe's objects, if it has it."""
    return getattr(holder.metadata, name, None)
