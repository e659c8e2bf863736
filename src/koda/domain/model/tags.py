"""Tags: words of a seller's own under which a listing is found."""

from koda.domain.model.errors.roots import InvalidValue
from koda.domain.model.sentences import sentence
from koda.domain.model.validation import check_text

MOST_TAGS = 10
TAG_LENGTH = (1, 30)
"""The fewest and the most characters of a tag."""


def check_tags(tags: object) -> None:
    """Refuse tags that are too many, repeated, too long or not normal (see `normal_tag`)."""
    if type(tags) is not tuple or len(tags) > MOST_TAGS:
        raise InvalidValue("tags", sentence("must be at most {most_tags}", most_tags=MOST_TAGS))
    if len(set(tags)) != len(tags):
        raise InvalidValue("tags", sentence("must be different from one another"))
    for tag in tags:
        check_text("tags", tag, *TAG_LENGTH)
        if tag != normal_tag(tag):
            raise InvalidValue("tags", sentence("must be in lower case and without commas"))


def normal_tag(tag: str) -> str:
    """A tag as it is stored: lower case, no commas, single spaces."""
    return " ".join(tag.replace(",", " ").split()).lower()
