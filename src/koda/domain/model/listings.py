"""Listings: what a seller says of an automation, and its price."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, NotRequired, TypedDict, Unpack

from attrs import Attribute, field, frozen

from koda.domain.model.extras import Extra, ExtraValue, check_extras, read_extras
from koda.domain.model.money import Money
from koda.domain.model.tags import check_tags, normal_tag
from koda.domain.model.validation import Problems, check_name, check_text, chosen, text

if TYPE_CHECKING:
    from koda.domain.model.policy import Policy

TITLE_LENGTH = (3, 100)
DESCRIPTION_LENGTH = (20, 2000)
"""The fewest and the most characters of each."""


class Said(TypedDict):
    """What a client sends of a listing."""

    title: str
    description: str
    price: Money | str
    category: str
    platform: str
    tags: NotRequired[Iterable[str]]
    extras: NotRequired[Mapping[str, ExtraValue | None]]


@frozen
class Listing:
    """What a seller says of an automation, and its price.

    Its category and platform are names, of the policy that held when they were chosen.
    """

    title: str = field(validator=text(*TITLE_LENGTH))
    description: str = field(validator=text(*DESCRIPTION_LENGTH))
    price: Money
    category: str = field()
    platform: str = field()
    tags: tuple[str, ...] = field(default=())
    extras: tuple[Extra, ...] = field(default=(), validator=check_extras)

    @tags.validator
    def _check_tags(self, _: "Attribute[object]", tags: object) -> None:
        check_tags(tags)

    @category.validator
    @platform.validator
    def _check_name(self, attribute: "Attribute[object]", name: object) -> None:
        check_name(attribute.name, name)

    @classmethod
    def propose(
        cls, policy: "Policy", *, before: "Listing | None" = None, **said: Unpack[Said]
    ) -> "Listing":
        """Build a listing from what a client sent, every fault of it told at once.

        A price may be typed text such as `"12.50"`. Titles lose outer spaces and tags are
        normalised; empty and repeated tags go. A listing that was so `before` keeps the category
        and the platform that it had though the policy lists them no longer, and the extras that are
        not said again (see `read_extras`).

        Raises:
            InvalidForm: at least one value is not allowed.
        """
        problems = Problems()
        title = " ".join(said["title"].split())
        description = said["description"].strip().replace("\r\n", "\n")
        distinct = tuple(dict.fromkeys(tag for tag in map(normal_tag, said.get("tags", ())) if tag))
        problems.collect(check_text, "title", title, *TITLE_LENGTH)
        problems.collect(check_text, "description", description, *DESCRIPTION_LENGTH)
        amount = problems.collect(policy.read_price, said["price"])
        category, platform = said["category"], said["platform"]
        if before is None or category != before.category:
            category = problems.collect(chosen, "category", policy.categories, category)
        if before is None or platform != before.platform:
            platform = problems.collect(chosen, "platform", policy.platform_names, platform)
        problems.collect(check_tags, distinct)
        had = before.extras if before else ()
        extras = problems.collect(read_extras, policy.extras, said.get("extras", {}), had)
        problems.check()
        return cls(title, description, amount, category, platform, distinct, extras)
