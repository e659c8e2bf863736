"""Labels: everything by which a listing is found is one.

A word of its text is a label as it is (`invoice`), one of its title a second time (`T:invoice`).
Whatever it can be filtered by is a label with a capital letter and a colon before it, too. No word
has either, so that neither a label nor its beginning can be taken for another one.
"""

from koda.domain.model.identifiers import UserId
from koda.domain.search.words import name_spellings, tokens_of

TITLE = "T:"


def title_label(word: str) -> str:
    """The label of a listing that has the word in its title."""
    return f"{TITLE}{word}"


def whole_title(text: str) -> frozenset[str]:
    """The labels of a listing whose title is these words in whatever order, and no other."""
    readings = _first_readings(text)
    words = (word for reading in readings for word in reading)
    return frozenset((*map(title_label, words), length_label(text)))


def length_label(title: str) -> str:
    """The label of a listing whose title has as many different words."""
    return f"N:{len(_first_readings(title))}"


def _first_readings(text: str) -> set[tuple[str, ...]]:
    return {token.readings[0] for token in tokens_of(text)}


def platform_label(platform: str) -> str:
    """The label of a listing for this platform."""
    return f"P:{platform.casefold()}"


def category_label(category: str) -> str:
    """The label of a listing of this category."""
    return f"C:{category.casefold()}"


def kind_label(platform: str, category: str) -> str:
    """The label of a listing of this platform and category, whose number counts them together."""
    folded = platform.casefold()
    return f"K:{len(folded)}:{folded}:{category.casefold()}"


def seller_label(seller_id: UserId) -> str:
    """The label of a seller's listings."""
    return f"S:{seller_id}"


def currency_label(currency: str) -> str:
    """The label of a listing whose price is in this currency."""
    return f"M:{currency}"


def extra_label(name: str, value: str) -> str:
    """The label of a listing with this value, as text, in a field of the marketplace's own."""
    return f"X:{name}={name_spellings(value)[0]}"


def extra_labels(name: str, value: str) -> frozenset[str]:
    """All labels of a listing with this value in a field of the marketplace's own."""
    return frozenset(f"X:{name}={spelling}" for spelling in name_spellings(value))


def is_word(label: str) -> bool:
    """Whether a label is a word of the text."""
    return ":" not in label
