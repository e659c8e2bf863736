"""The catalogue: search, filters, sort and pages."""

import json
from collections.abc import Callable, Iterable
from functools import partial

from attrs import evolve, frozen
from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from koda.domain.model.errors import InvalidValue, Unavailable
from koda.domain.model.extras import PREFIX
from koda.domain.model.policy import Policy
from koda.domain.model.sentences import sentence, translatable
from koda.domain.search.answers import Catalogue, Facets
from koda.domain.search.catalogue import CatalogueQuery, Search, Sort, as_typed
from koda.domain.search.names import APPS
from koda.domain.usecases.catalogue.present_catalogue import PresentCatalogue
from koda.entrypoints.web.errors import Fault, faults_of, status_of
from koda.entrypoints.web.language import language, say
from koda.entrypoints.web.links import link_to
from koda.entrypoints.web.pages.asked_search import Asked, Choice, lawful, read
from koda.entrypoints.web.pages.facets import groups_of
from koda.entrypoints.web.rendering import Renderer
from koda.entrypoints.web.visitors import Visitors
from koda.entrypoints.web.words import word
from koda.entrypoints.wiring.cursors import Cursors

_SORTS = {
    Sort.RELEVANCE: translatable("Relevance"),
    Sort.NEWEST: translatable("Newest"),
    Sort.PRICE_ASC: translatable("Price, low to high"),
    Sort.PRICE_DESC: translatable("Price, high to low"),
}
_ODD_ORDER = sentence("is none of those that are offered")


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
        asked = read(request.query_string, self.policy)
        plain = self.render.is_plain()
        try:
            search = self._search(asked)
        except InvalidValue as error:
            return self._page(asked, self._refused(asked)), status_of(error)
        shown = self._whole if plain else self._main
        content = self._presented(
            asked, search, "page" if plain else "part", lambda answer: shown(asked, answer)
        )
        return content if plain else self._page(asked, content.decode())

    def _search(self, asked: Asked) -> Search:
        """What to search for; raises `InvalidValue`."""
        search = evolve(asked.search, cursor=self.cursors.read(asked.cursor) or "")
        self.present.browse.query(search)
        return search

    def _presented(
        self, asked: Asked, search: Search, kind: str, shown: Callable[[Catalogue], str]
    ) -> bytes:
        """The page of a visitor who brings nothing, or what it has in common with all others."""
        links = (link_to("catalogue"), self.render.sign_in(asked.here))
        typed = json.dumps([asked.typed, asked.cursor, *links])
        return self.present(
            search,
            f"{kind} {self.render.edition} {language().tag} {typed}",
            lambda answer: shown(answer).encode(errors="replace"),
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

    def _main(self, asked: Asked, answer: Catalogue, **changes: object) -> str:
        following = self.cursors.signed(answer.next_cursor)
        values: dict[str, object] = {
            "filters": asked.filters(_seller_name(answer)),
            "faults": (),
            "groups": list(groups_of(asked, answer)),
            "sorts": _sorts(asked, answer),
            "entries": [entry for entry in answer.entries if not entry.partial],
            "partial": [entry for entry in answer.entries if entry.partial],
            "corrected": _corrected(asked, answer),
            "nearest": [_nearer(asked, nearer) for nearer in answer.nearest],
            "cut": answer.cut,
            "total": answer.facets.total,
            "exact": answer.facets.exact,
            "currency": self.policy.currency,
            "first_url": asked.url() if asked.cursor else "",
            "next_url": asked.url(cursor=following) if following else "",
        }
        return self.render.part("_catalogue", **{**values, **changes})

    def _refused(self, asked: Asked) -> str:
        """What was typed and what is wrong with it; the rest is what is left to search for."""
        left, refused = lawful(asked, self._search)
        shown = partial(self._told, asked, left, refused)
        try:
            content = self._presented(asked, evolve(left.search, limit=1), "refused", shown)
        except Unavailable:
            return shown(Catalogue((), None, Facets()))
        return content.decode()

    def _told(
        self, asked: Asked, left: Asked, refused: Iterable[InvalidValue], answer: Catalogue
    ) -> str:
        # The form keeps what was typed. Chips of all that is refused would take too long to make.
        rest = left.filters(_seller_name(answer))
        return self._main(
            left,
            Catalogue((), None, evolve(answer.facets, total=0)),
            filters={**rest, **asked.form(), "active": True},
            faults=[_in_words(fault) for error in refused for fault in faults_of(error)],
            nearest=[Choice(say("Search for the rest"), left.url())],
        )


def _in_words(fault: Fault) -> Fault:
    """The fault without the names of orders, which only programs read: a page links to each."""
    return evolve(fault, problem=_ODD_ORDER) if fault.field == "sort" else fault


def _seller_name(answer: Catalogue) -> str:
    """The name of whoever sells what is shown, which is one where it is asked for a seller."""
    return next((word(entry.seller_name) for entry in answer.entries), "")


def _corrected(asked: Asked, answer: Catalogue) -> dict[str, str] | None:
    """What was looked for instead of what was typed, and where that is looked for."""
    if not answer.corrections:
        return None
    typed = asked.typed.get("q", "")
    meant = ", ".join(word.meant for word in answer.corrections)
    words = ", ".join(word.typed for word in answer.corrections)
    url = asked.url(q=as_typed(typed, (word.typed for word in answer.corrections)))
    return {"meant": meant, "words": words, "typed": typed, "url": url}


def _nearer(asked: Asked, nearer: CatalogueQuery) -> Choice:
    """A link to what finds something: with fewer words, or with a filter less."""
    typed = asked.typed.get("q", "")
    gone = asked.typed.keys() - _names_of(nearer)
    if not nearer.text and typed:
        return Choice(say("Search without words"), asked.url(q="", sort=""))
    labels = set(map(APPS.label, nearer.apps))
    fewer = [app for app in asked.apps if APPS.label(app) not in labels]
    if nearer.apps and fewer:
        url = asked.url_with_apps(nearer.apps)
        return Choice(say("Search without “{filter}”", filter=", ".join(fewer)), url)
    if not gone:
        words = nearer.text
        return Choice(say("Search for “{words}”", words=words), asked.url(q=words))
    without = asked.url(**dict.fromkeys(gone, ""))
    chips = ", ".join(asked.chip(name) for name in asked.typed if name in gone)
    return Choice(say("Search without “{filter}”", filter=chips), without)


def _names_of(query: CatalogueQuery) -> set[str]:
    """The parameters that stand in the address of a query, but for the cursor."""
    chosen = {
        "platform": query.platform,
        "category": query.category,
        "apps": query.apps or None,
        **{needed.need.value: needed for needed in query.needs},
        "tag": query.tag,
        "seller": query.seller,
        "min_price": query.min_price,
        "max_price": query.max_price,
        **{f"{PREFIX}{extra.name}": extra for extra in query.extras},
    }
    return {"q", "sort", *(name for name, value in chosen.items() if value is not None)}


def _sorts(asked: Asked, answer: Catalogue) -> list[Choice]:
    """The orders; of what has only some of the words there is none but by relevance."""
    if answer.entries and all(entry.partial for entry in answer.entries):
        return []
    with_words = "q" in asked.typed
    present = asked.typed.get("sort") or (Sort.RELEVANCE if with_words else Sort.NEWEST)
    return [
        Choice(language().text(label), asked.url(sort=sort), sort == present)
        for sort, label in _SORTS.items()
        if with_words or sort is not Sort.RELEVANCE
    ]
