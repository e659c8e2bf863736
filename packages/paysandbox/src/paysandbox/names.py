"""Names that Stripe knows: versions of its API, types of events, languages of Checkout."""

from importlib.resources import files


def _lines(name: str) -> frozenset[str]:
    text = (files("paysandbox") / "data" / name).read_text(encoding="utf-8")
    return frozenset(text.split())


API_VERSIONS = _lines("versions.txt")
"""Those of stripe-python 16.1, and the one after: https://docs.stripe.com/changelog."""

EVENT_TYPES = _lines("events.txt")
"""Those of stripe-python 16.1: https://docs.stripe.com/api/events/types."""

LOCALES = frozenset(
    {"auto", "bg", "cs", "da", "de", "el", "en", "en-GB", "es", "es-419", "et", "fi", "fil", "fr"}
    | {"fr-CA", "hi-IN", "hr", "hu", "id", "it", "ja", "ko", "lt", "lv", "ms", "mt", "nb", "nl"}
    | {"pl", "pt", "pt-BR", "ro", "ru", "sk", "sl", "sv", "th", "tr", "vi", "zh", "zh-HK", "zh-TW"}
)
"""https://docs.stripe.com/api/checkout/sessions/create#create_checkout_session-locale."""
