"""Where accounts can be opened, and in which currency each is paid: https://stripe.com/global."""

from paysandbox.errors import ApiError

EURO = frozenset(
    {"AT", "BE", "BG", "CY", "DE", "EE", "ES", "FI", "FR", "GR", "HR", "IE"}
    | {"IT", "LT", "LU", "LV", "MT", "NL", "PT", "SI", "SK"}
)
CURRENCIES = dict.fromkeys(EURO, "eur") | {
    "AE": "aed",
    "AU": "aud",
    "BR": "brl",
    "CA": "cad",
    "CH": "chf",
    "CZ": "czk",
    "DK": "dkk",
    "GB": "gbp",
    "GI": "gbp",
    "HK": "hkd",
    "HU": "huf",
    "IN": "inr",
    "IS": "eur",
    "JP": "jpy",
    "LI": "chf",
    "MX": "mxn",
    "MY": "myr",
    "NO": "nok",
    "NZ": "nzd",
    "PL": "pln",
    "RO": "ron",
    "SE": "sek",
    "SG": "sgd",
    "TH": "thb",
    "US": "usd",
}
"""The currency by the country's two letters."""

HOME = "US"
"""Where an account is opened that names no country: the platform's own."""


def currency_of(country: str) -> str:
    """The currency of a country's accounts.

    Raises:
        ApiError: no accounts are opened there.
    """
    found = CURRENCIES.get(country)
    if found is None:
        message = f"Country '{country}' is unknown or not supported."
        raise ApiError(message, code="country_unsupported", param="country")
    return found
