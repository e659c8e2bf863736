"""Countries, by their two letters (ISO 3166-1 alpha-2)."""

from collections.abc import Collection
from typing import NewType

from koda.domain.model.errors.roots import InvalidValue
from koda.domain.model.sentences import sentence

Country = NewType("Country", str)
"""Two upper-case letters, such as `DE`."""


def read_country(text: str | None, taken: Collection[Country]) -> Country:
    """Return the country that `text` names if it is one of `taken`.

    Raises:
        InvalidValue: it is not, or nothing is named; says which are.
    """
    country = Country(text or "")
    if country not in taken:
        raise InvalidValue(
            "country", sentence("must be one of {choices}", choices=tuple(sorted(taken)))
        )
    return country
