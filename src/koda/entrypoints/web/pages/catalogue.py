"""The catalogue: search, filters, sort and pages."""

import json
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import Any
from urllib.parse import parse_qs

from attrs import evolve, frozen
from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from koda.domain.model.errors import InvalidValue
from koda.domain.model.money import Money
from koda.domain.model.policy import Policy
from koda.domain.model.sentences import translatable
from koda.domain.model.validation import Problems, spelled
from koda.domain.search.answers import Catalogue
from koda.domain.search.catalogue import CatalogueQuery, Search, Sort, as_typed
from koda.domain.usecases.catalogue.present_catalogue import PresentCatalogue
from koda.entrypoints.web.errors import Fault, faults_of, status_of
from koda.entrypoints.web.language import language, say
from koda.entrypoints.web.links import link_to
from koda.entrypoints.web.rendering import Renderer
from koda.entrypoints.web.visitors import Visitors
from koda.entrypoints.web.wording import LABELS
from koda.entrypoints.web.words import word
from koda.entrypoints.wiring.cursors import Cursors

PARAMETERS = ("q", "platform", "category", "tag", "seller", "min_price", "max_price", "sort")
_SORTS = {
    Sort.RELEVANCE: translatable("Relevance"),
    Sort.NEWEST: translatable("Newest"),
    Sort.PRICE_ASC: translatable("Price, low to high"),
    Sort.PRICE_DESC: translatable("Price, high to low"),
}
_LONGEST_TYPED = 200


@frozen
class Choice:
    """A link that adds, changes or removes one filter."""

    label: str
    url: str
    chosen: bool = False
    count: int = 0


@frozen(slots=False)
class Asked:
    """What the visitor asked for, as typed: only parameters of ours that hold anything.

    `cursor` is as it was handed out.
    """

    typed: Mapping[str, str]
    cursor: str
    currency: str

    @cached_property
    def search(self) -> Search:
        """What to search for.

        Raises:
            InvalidForm: a price that is no amount.
        """
        problems = Problems()
        words: dict[str, Any] = dict(self.typed)
        bounds: dict[str, Any] = {
            name: problems.collect(_minor, name, words.pop(name), self.currency)
            for name in ("min_price", "max_price")
            if name in words
        }
        problems.check()
        return Search(**words, **bounds)

    def url(self, **changes: str) -> str:
        """Return the address of the same search with `changes`, from its first page."""
        changed = {**self.typed, **changes}
        return link_to("catalogue", **{name: text for name, text in changed.items() if text})

    @property
    def here(self) -> str:
        """The address of this very page, without whatever else the visitor's one holds."""
        return self.url(cursor=self.cursor)

    def filters(self) -> dict[str, Any]:
        """What the template shows of it."""
        inert = {"sort", "min_price", "max_price", "tag"}
        return {
            **{name: self.typed.get(name, "")[:_LONGEST_TYPED] for name in PARAMETERS},
            "active": bool(self.typed.keys() - {"sort"}),
            "kept": [(n, t) for n, t in self.typed.items() if n == "sort" or n not in inert],
            "chips": list(self._chips()),
        }

    def _chips(self) -> Iterator[Choice]:
        for name, text in self.typed.items():
            if name not in {"q", "sort"}:
                yield Choice(_chip(name, text), self.url(**{name: ""}))


def _chip(name: str, text: str) -> str:
    """A filter in force, in few words."""
    match name:
        case "min_price":
            return say("from {price}", price=text)
        case "max_price":
            return say("up to {price}", price=text)
        case "tag":
            return f"#{text}"
        case "seller":
            return say("one seller")
        case _:
            return word(text)


@frozen
class CataloguePages:
    """The first page that anybody sees."""

    render: Renderer
    visitors: Visitors
    present: PresentCatalogue
    cursors: Cursors
    policy: Policy

    def route(self, blueprint: Blueprint) -> None:
        """Add the routes."""
        blueprint.add_url_rule("/", "catalogue", self.catalogue)

    def catalogue(self) -> ResponseReturnValue:
        """Show a page of listings, as filtered and sorted; refuse what cannot be searched for."""
        asked = read(request.query_string, self.policy.currency)
        plain = self.render.is_plain()
        try:
            content = self._presented(asked, self._whole if plain else self._main, plain=plain)
        except InvalidValue as error:
            return self._page(asked, self._refused(asked, faults_of(error))), status_of(error)
        return content if plain else self._page(asked, content.decode())

    def _presented(
        self, asked: Asked, shown: Callable[[Asked, Catalogue], str], *, plain: bool
    ) -> bytes:
        """The page of a visitor who brings nothing, or what it has in common with all others."""
        search = evolve(asked.search, cursor=self.cursors.read(asked.cursor) or "")
        kind = "page" if plain else "part"
        links = (link_to("catalogue"), self.render.sign_in(asked.here))
        typed = json.dumps([asked.typed, asked.cursor, *links])
        return self.present(
            search,
            f"{kind} {self.render.edition} {language().tag} {typed}",
            lambda answer: shown(asked, answer).encode(errors="replace"),
            lambda: self.visitors.limit("search"),
        )

    def _whole(self, asked: Asked, answer: Catalogue) -> str:
        return self._page(asked, self._main(asked, answer))

    def _page(self, asked: Asked, main: str) -> str:
        return self.render(
            "catalogue",
            main=main,
            searched=asked.typed.get("q", ""),
            here="catalogue",
            sign_in_url=self.render.sign_in(asked.here),
        )

    def _main(self, asked: Asked, answer: Catalogue) -> str:
        following = self.cursors.signed(answer.next_cursor)
        return self.render.part(
            "_catalogue",
            filters=asked.filters(),
            faults=(),
            facets=_facets(asked, answer),
            sorts=_sorts(asked),
            entries=[entry for entry in answer.entries if not entry.partial],
            partial=[entry for entry in answer.entries if entry.partial],
            corrected=_corrected(asked, answer),
            nearest=[_nearer(asked, nearer) for nearer in answer.nearest],
            cut=answer.cut,
            total=answer.facets.total,
            exact=answer.facets.exact,
            currency=self.policy.currency,
            first_url=asked.url() if asked.cursor else "",
            next_url=asked.url(cursor=following) if following else "",
        )

    def _refused(self, asked: Asked, faults: tuple[Fault, ...]) -> str:
        return self.render.part(
            "_catalogue",
            filters={**asked.filters(), "active": True},
            faults=faults,
            facets=(),
            sorts=_sorts(Asked({}, "", self.policy.currency)),
            entries=(),
            partial=(),
            corrected=None,
            nearest=(),
            cut=False,
            total=0,
            exact=True,
            currency=self.policy.currency,
            first_url="",
            next_url="",
        )


def read(query_string: bytes, currency: str) -> Asked:
    """Read a query string; whatever is no parameter of the catalogue is left alone."""
    sent = parse_qs(query_string.decode(errors="replace"))
    first = {name: sent[name][0].strip() for name in (*PARAMETERS, "cursor") if name in sent}
    cursor = first.pop("cursor", "")
    return Asked({name: text for name, text in first.items() if text}, cursor, currency)


def _minor(name: str, text: str, currency: str) -> int:
    try:
        return Money.parse(text, currency).minor
    except InvalidValue as error:
        raise InvalidValue(name, error.problem) from error


def _facets(asked: Asked, answer: Catalogue) -> list[dict[str, Any]]:
    groups = (("platform", answer.facets.platforms), ("category", answer.facets.categories))
    return [
        {
            "label": language().text(LABELS[name]),
            "choices": list(_choices(asked, name, facet.counts)),
            "exact": facet.exact,
        }
        for name, facet in groups
    ]


def _choices(asked: Asked, name: str, counts: Mapping[str, int]) -> Iterator[Choice]:
    present = spelled(asked.typed.get(name, ""), counts)
    for choice, count in counts.items():
        chosen = choice == present
        yield Choice(word(choice), asked.url(**{name: "" if chosen else choice}), chosen, count)


def _corrected(asked: Asked, answer: Catalogue) -> dict[str, str] | None:
    """What was looked for instead of what was typed, and where that is looked for."""
    if not answer.corrections:
        return None
    typed = asked.typed.get("q", "")
    meant = ", ".join(word.meant for word in answer.corrections)
    words = ", ".join(word.typed for word in answer.corrections)
    url = asked.url(q=as_typed(typed))
    return {"meant": meant, "words": words, "typed": typed, "url": url}


def _nearer(asked: Asked, nearer: CatalogueQuery) -> Choice:
    """A link to what finds something: with fewer words, or with a filter less."""
    left = {
        "q": nearer.text,
        "platform": nearer.platform,
        "category": nearer.category,
        "tag": nearer.tag,
        "seller": nearer.seller,
        "min_price": nearer.min_price,
        "max_price": nearer.max_price,
    }
    typed = asked.typed.get("q", "")
    gone = [name for name, value in left.items() if value is None and name in asked.typed]
    url = asked.url(**dict.fromkeys(gone, ""), q=typed if gone else nearer.text)
    if not nearer.text and typed:
        return Choice(say("Search without words"), asked.url(q="", sort=""))
    if not gone:
        return Choice(say("Search for “{words}”", words=nearer.text), url)
    chips = ", ".join(_chip(name, asked.typed[name]) for name in gone)
    return Choice(say("Search without {filter}", filter=chips), url)


def _sorts(asked: Asked) -> list[Choice]:
    with_words = "q" in asked.typed
    present = asked.typed.get("sort") or (Sort.RELEVANCE if with_words else Sort.NEWEST)
    return [
        Choice(language().text(label), asked.url(sort=sort), sort == present)
        for sort, label in _SORTS.items()
        if with_words or sort is not Sort.RELEVANCE
    ]
