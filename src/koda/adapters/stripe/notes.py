"""Metadata that Koda leaves on objects at Stripe."""

from typing import Any

ORDER_NOTE, KEY_NOTE, USER_NOTE = "koda_order", "koda_key", "koda_user"
"""The metadata by which Koda knows its own objects at Stripe."""
BEARER_NOTE = "koda_bearer"
"""The metadata of a refund of a direct charge that the marketplace bears alone."""


def note(holder: Any, name: str) -> str | None:
    """The metadata `name` of one of Stripe's objects, if it has it."""
    return getattr(holder.metadata, name, None)
