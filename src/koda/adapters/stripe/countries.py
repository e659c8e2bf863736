"""Where Stripe pays sellers without being asked first.

Source: https://docs.stripe.com/connect/cross-border-payouts, which names regions; the members of
the European Economic Area are those of https://www.efta.int/eea.
"""

from koda.domain.model.countries import Country

EEA = frozenset(
    {"AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE"}
    | {"IS", "IT", "LI", "LT", "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK"}
)
SELF_SERVE = frozenset(map(Country, EEA | {"CA", "CH", "GB", "US"}))
"""A platform in one of these can pay sellers in all of them, whatever the currency."""


def paid_from(platform: str) -> frozenset[Country]:
    """The countries whose sellers a platform of the country `platform` can pay."""
    home = Country(platform)
    return SELF_SERVE if home in SELF_SERVE else frozenset({home})
