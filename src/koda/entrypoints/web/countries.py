"""What countries are called on a page."""

from collections.abc import Iterable, Mapping

from koda.domain.model.countries import Country
from koda.entrypoints.languages.language import ENGLISH
from koda.entrypoints.web.language import language

NAMES: Mapping[str, str] = {
    "AE": "United Arab Emirates",
    "AT": "Austria",
    "AU": "Australia",
    "BE": "Belgium",
    "BG": "Bulgaria",
    "BR": "Brazil",
    "CA": "Canada",
    "CH": "Switzerland",
    "CY": "Cyprus",
    "CZ": "Czechia",
    "DE": "Germany",
    "DK": "Denmark",
    "EE": "Estonia",
    "ES": "Spain",
    "FI": "Finland",
    "FR": "France",
    "GB": "United Kingdom",
    "GI": "Gibraltar",
    "GR": "Greece",
    "HK": "Hong Kong",
    "HR": "Croatia",
    "HU": "Hungary",
    "IE": "Ireland",
    "IN": "India",
    "IS": "Iceland",
    "IT": "Italy",
    "JP": "Japan",
    "LI": "Liechtenstein",
    "LT": "Lithuania",
    "LU": "Luxembourg",
    "LV": "Latvia",
    "MT": "Malta",
    "MX": "Mexico",
    "MY": "Malaysia",
    "NL": "Netherlands",
    "NO": "Norway",
    "NZ": "New Zealand",
    "PL": "Poland",
    "PT": "Portugal",
    "RO": "Romania",
    "SE": "Sweden",
    "SG": "Singapore",
    "SI": "Slovenia",
    "SK": "Slovakia",
    "TH": "Thailand",
    "US": "United States",
}
"""In English: where payment providers commonly open accounts; others go by their letters."""


def choices(countries: Iterable[Country]) -> list[tuple[str, str]]:
    """The letters and the name of each country, in the order of the names."""
    names = NAMES if language() is ENGLISH else language().locale.territories
    named = ((country, names.get(country, country)) for country in countries)
    return sorted(named, key=lambda pair: pair[1])
