"""Listings: what a seller says of an automation, and its price."""

from collections.abc import Iterable
from enum import StrEnum
from typing import TYPE_CHECKING

from attrs import Attribute, field, frozen

from koda.domain.model.errors.roots import InvalidValue
from koda.domain.model.money import Money
from koda.domain.model.sentences import sentence
from koda.domain.model.validation import Problems, check_text, choice, text

if TYPE_CHECKING:
    from koda.domain.model.policy import Policy

MOST_TAGS = 10
TITLE_LENGTH = (3, 100)
DESCRIPTION_LENGTH = (20, 2000)
TAG_LENGTH = (1, 30)
"""The fewest and the most characters of each."""


class Platform(StrEnum):
    """What runs the workflow."""

    N8N = "n8n"
    MAKE = "Make"
    ZAPIER = "Zapier"
    PYTHON = "Python"
    OTHER = "Other"


class Category(StrEnum):
    """What the workflow is for."""

    SOCIAL_MEDIA = "Social Media"
    EMAIL_MARKETING = "Email Marketing"
    PRODUCTIVITY = "Productivity"
    SALES = "Sales"
    OTHER = "Other"


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


@frozen
class Listing:
    """What a seller says of an automation, and its price."""

    title: str = field(validator=text(*TITLE_LENGTH))
    description: str = field(validator=text(*DESCRIPTION_LENGTH))
    price: Money
    category: Category
    platform: Platform
    tags: tuple[str, ...] = field(default=())

    @tags.validator
    def _check_tags(self, _: "Attribute[object]", tags: object) -> None:
        check_tags(tags)

    @classmethod
    def propose(
        cls,
        policy: "Policy",
        *,
        title: str,
        description: str,
        price: Money | str,
        category: str,
        platform: str,
        tags: Iterable[str] = (),
    ) -> "Listing":
        """Build a listing from what a client sent, every fault of it told at once.

        A price may be typed text such as `"12.50"`. Titles lose outer spaces and tags are
        normalised; empty and repeated tags go.

        Raises:
            InvalidForm: at least one value is not allowed.
        """
        problems = Problems()
        title = " ".join(title.split())
        description = description.strip().replace("\r\n", "\n")
        distinct = tuple(dict.fromkeys(tag for tag in map(normal_tag, tags) if tag))
        problems.collect(check_text, "title", title, *TITLE_LENGTH)
        problems.collect(check_text, "description", description, *DESCRIPTION_LENGTH)
        amount = problems.collect(policy.read_price, price)
        chosen_category = problems.collect(choice, "category", Category, category)
        chosen_platform = problems.collect(choice, "platform", Platform, platform)
        problems.collect(check_tags, distinct)
        problems.check()
        return cls(title, description, amount, chosen_category, chosen_platform, distinct)
