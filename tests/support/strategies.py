"""What Hypothesis draws the domain's values from."""

from hypothesis import strategies as st

from koda.domain.model.money import Money
from koda.domain.model.versions import LARGEST_VERSION_PART, Version

CURRENCIES = ("EUR", "USD", "JPY", "KWD")
"""Two currencies of two decimals, one of none and one of three."""

currencies = st.sampled_from(CURRENCIES)
minors = st.integers(0, 10**12 - 1)
monies = st.builds(Money, minors, currencies)
euros = st.builds(Money, minors, st.just("EUR"))
basis_points = st.integers(0, 10_000)
version_parts = st.integers(0, LARGEST_VERSION_PART - 1)
versions = st.builds(Version, version_parts, version_parts, version_parts)
identifiers = st.text("abcdefghijklmnopqrstuvwxyzABCXYZ0123456789_:.-", min_size=1, max_size=128)
