"""What the catalogue's index has of a listing."""

from collections.abc import Iterator
from itertools import chain

from koda.domain.model.automations import Automation
from koda.domain.model.timestamps import to_milliseconds
from koda.domain.search.entries import IndexEntry
from koda.domain.search.labels import (
    category_label,
    currency_label,
    extra_labels,
    kind_label,
    length_label,
    platform_label,
    seller_label,
    title_label,
)
from koda.domain.search.names import APPS, TAGS, normal_app
from koda.domain.search.need_labels import need_labels
from koda.domain.search.words import words_of

_MOST_APPS = 20
"""Apps of a listing that it is found by: those with the most steps."""


def entry_of(automation: Automation) -> IndexEntry:
    """The entry of an automation, if it is for sale."""
    listing = automation.listing
    return IndexEntry(
        automation.id,
        to_milliseconds(automation.published_at or automation.created_at),
        listing.price.minor,
        listing.platform,
        listing.category,
        labels_of(automation),
    )


def labels_of(automation: Automation) -> frozenset[str]:
    """All labels of a listing; whoever changes them raises `LABELS_VERSION`."""
    listing = automation.listing
    in_title = words_of(listing.title)
    apps = tuple(_apps(automation))
    names = (*listing.tags, *apps, listing.platform, listing.category)
    return frozenset(
        (
            *in_title,
            *words_of(listing.description),
            *(word for name in names for word in words_of(name)),
            *map(title_label, in_title),
            *chain.from_iterable(map(TAGS.labels, listing.tags)),
            *chain.from_iterable(map(APPS.labels, apps)),
            *need_labels(automation.latest.report),
            *chain.from_iterable(extra_labels(extra.name, extra.text) for extra in listing.extras),
            length_label(listing.title),
            platform_label(listing.platform),
            category_label(listing.category),
            kind_label(listing.platform, listing.category),
            seller_label(automation.seller_id),
            currency_label(listing.price.currency),
        )
    )


def _apps(automation: Automation) -> Iterator[str]:
    """The apps with which the newest release works, by their normal names."""
    workflow = automation.latest.report.workflow
    used = workflow.apps[:_MOST_APPS] if workflow else ()
    return filter(None, (normal_app(use.name) for use in used))
