"""`koda listings`."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

import click
from attrs import evolve

from koda.domain.model.errors import InvalidValue
from koda.domain.model.money import Money
from koda.domain.model.sentences import sentence
from koda.domain.model.validation import one_line
from koda.domain.search.answers import Catalogue, CatalogueEntry
from koda.domain.search.catalogue import Search, Sort, as_typed
from koda.domain.search.needs import NEEDS, Need
from koda.domain.usecases.catalogue.browse_catalogue import BrowseCatalogue
from koda.entrypoints.cli.administration import administered
from koda.entrypoints.cli.exit_codes import json_option


def _one_of(need: Need) -> click.Choice[str]:
    return click.Choice(NEEDS[need])


@click.group(name="listings")
def command() -> None:
    """List what is for sale."""


@command.command(name="list")
@click.argument("words", nargs=-1)
@click.option("--seller", help="Only listings of the seller of this id.")
@click.option("--platform", help="Only listings for this platform.")
@click.option("--category", help="Only listings of this category.")
@click.option("--tag", help="Only listings with this tag.")
@click.option(
    "--app",
    "apps",
    multiple=True,
    help="Only listings that work with this app; may be repeated for all of several.",
)
@click.option(
    "--n8n",
    type=_one_of(Need.N8N),
    help="Only listings that run on this version of n8n as they are, or at least with changes.",
)
@click.option(
    "--code",
    type=_one_of(Need.CODE),
    help="Only listings with steps that run code or commands of a shell, or without.",
)
@click.option("--ai", type=_one_of(Need.AI), help="Only listings with steps of AI, or without.")
@click.option(
    "--setup", type=_one_of(Need.SETUP), help="Only listings with at most so many steps to set up."
)
@click.option("--min-price", metavar="AMOUNT", help="Only listings of this price and above.")
@click.option("--max-price", metavar="AMOUNT", help="Only listings of this price and below.")
@click.option(
    "--extra",
    "extras",
    metavar="NAME=VALUE",
    multiple=True,
    help="Only listings with this value in a field of the marketplace's own; may be repeated.",
)
@click.option(
    "--sort",
    type=click.Choice([sort.value for sort in Sort]),
    help="The order: by relevance if there are words, else newest first.",
)
@click.option(
    "--most", type=click.IntRange(min=1), default=100, show_default=True, help="At most so many."
)
@json_option
def listed(
    *,
    words: tuple[str, ...],
    apps: tuple[str, ...],
    extras: tuple[str, ...],
    most: int,
    as_json: bool,
    **chosen: str | None,
) -> None:
    """List what is for sale, as the catalogue finds it: all of it, or what has the WORDS.

    The last word may be a beginning. Mistyped words are corrected, which is said; what stands in
    quotes, as in '"slakc"', is looked for as it is.
    """
    search = Search(
        q=" ".join(words),
        seller=chosen["seller"] or "",
        platform=chosen["platform"] or "",
        category=chosen["category"] or "",
        tag=chosen["tag"] or "",
        apps=",".join(apps),
        needs={need.value: chosen[need] or "" for need in Need},
        extras=dict(map(_extra, extras)),
        sort=chosen["sort"] or "",
    )
    with administered() as use_cases:
        browse = use_cases.browse_catalogue
        prices: dict[str, Any] = {
            name: Money.parse(text, browse.policy.currency, name).minor
            for name in ("min_price", "max_price")
            if (text := chosen[name])
        }
        pages = list(_pages(browse, evolve(search, **prices), most))
    if as_json:
        click.echo(json.dumps(_described(pages, search.q)))
        return
    for line in lines_of(pages):
        click.echo(line)


def _extra(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise InvalidValue("extra", sentence("must be a name, an equals sign and a value"))
    return name.strip(), value


def _pages(browse: BrowseCatalogue, search: Search, most: int) -> Iterator[Catalogue]:
    """The pages of a search, up to so many listings."""
    left, cursor = most, ""
    while True:
        size = min(left, browse.policy.page_limit)
        page = browse(evolve(search, limit=size, cursor=cursor))
        yield page
        left -= size
        if page.next_cursor is None or left <= 0:
            return
        cursor = page.next_cursor


def lines_of(pages: Sequence[Catalogue]) -> Iterator[str]:
    """Yield what is told of the pages of a search, of which there is one at least."""
    first = pages[0]
    if first.corrections:
        meant = ", ".join(word.meant for word in first.corrections)
        typed = ", ".join(one_line(word.typed) for word in first.corrections)
        yield f"Looked for {meant} instead of {typed}; put it in quotes to look for it as it is"
    entries = [entry for page in pages for entry in page.entries]
    yield from map(_line, (entry for entry in entries if not entry.partial))
    partial = [entry for entry in entries if entry.partial]
    if partial:
        yield "With some of the words:"
        yield from map(_line, partial)
    if not entries:
        yield "Nothing that is for sale matches"
    if pages[-1].cut:
        yield "More match; add a word, or choose a filter"
    elif pages[-1].next_cursor:
        yield "More match; see them with a higher --most"


def _line(entry: CatalogueEntry) -> str:
    item, listing = entry.automation, entry.automation.listing
    seller = f"{one_line(entry.seller_name)} ({item.seller_id})"
    told = f"{listing.price}  {one_line(listing.platform)}  {one_line(listing.title)}"
    return f"{item.id}  {told}  by {seller}"


def _described(pages: list[Catalogue], q: str) -> dict[str, Any]:
    first = pages[0]
    typed = [word.typed for word in first.corrections]
    words = [{"typed": word.typed, "meant": word.meant} for word in first.corrections]
    return {
        "items": [_row(entry) for page in pages for entry in page.entries],
        "total": first.facets.total,
        "total_exact": first.facets.exact,
        "correction": {"words": words, "instead": as_typed(q, typed)} if words else None,
        "cut": pages[-1].cut,
    }


def _row(entry: CatalogueEntry) -> dict[str, Any]:
    item, listing = entry.automation, entry.automation.listing
    return {
        "id": item.id,
        "title": listing.title,
        "price": listing.price.minor,
        "currency": listing.price.currency,
        "category": listing.category,
        "platform": listing.platform,
        "tags": list(listing.tags),
        "extras": {extra.name: extra.value for extra in listing.extras},
        "seller_id": item.seller_id,
        "seller_name": entry.seller_name,
        "published_at": item.published_at and item.published_at.isoformat(),
        "partial": entry.partial,
    }
