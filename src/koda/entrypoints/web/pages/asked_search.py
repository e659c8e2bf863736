"""What a visitor asks of the catalogue by the address of its page."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any
from urllib.parse import parse_qs

from attrs import evolve, frozen

from koda.domain.model.errors import InvalidForm, InvalidValue
from koda.domain.model.extras import PREFIX, ExtraField, ExtraKind, label_of
from koda.domain.model.money import Money
from koda.domain.model.policy import Policy
from koda.domain.model.validation import Problems, spelled
from koda.domain.search.catalogue import Search, Sort
from koda.domain.search.names import APPS, apps_in
from koda.domain.search.needs import Need
from koda.entrypoints.web.language import language, say
from koda.entrypoints.web.links import link_to
from koda.entrypoints.web.pages.extra_fields import said
from koda.entrypoints.web.pages.needs import said_need
from koda.entrypoints.web.words import word

_NEEDS = tuple(need.value for need in Need)
_PARAMETERS = (
    *("q", "platform", "category", "apps", *_NEEDS, "tag", "seller", "min_price", "max_price"),
    "sort",
)
"""In the order in which they stand in addresses."""
_SIGNED = {"q": "“{}”", "tag": "#{}"}
_INPUTS = frozenset({"min_price", "max_price", "tag"})
_LONGEST_TYPED = 200


@frozen
class Choice:
    """A link that adds, changes or removes one filter; how many it leaves, if that is counted.

    It leaves so many at `least` if not all were counted.
    """

    label: str
    url: str
    chosen: bool = False
    count: int | None = None
    least: bool = False


@frozen(slots=False)
class Asked:
    """What the visitor asked for, as typed: only parameters of ours that hold anything.

    `cursor` is as it was handed out.
    """

    typed: Mapping[str, str]
    cursor: str
    policy: Policy

    @cached_property
    def search(self) -> Search:
        """What to search for.

        Raises:
            InvalidForm: a price that is no amount.
        """
        problems = Problems()
        words: dict[str, Any] = dict(self.typed)
        extras = {
            name.removeprefix(PREFIX): words.pop(name)
            for name in self.typed
            if name.startswith(PREFIX)
        }
        needs = {name: words.pop(name) for name in _NEEDS if name in words}
        bounds = {
            name: problems.collect(Money.parse, words.pop(name), self.policy.currency, name)
            for name in ("min_price", "max_price")
            if name in words
        }
        problems.check()
        prices: dict[str, Any] = {name: price.minor for name, price in bounds.items()}
        return Search(**words, **prices, needs=needs, extras=extras)

    def url(self, **changes: str) -> str:
        """Return the address of the same search with `changes`, from its first page."""
        changed = {**self.typed, **changes}
        extras = (name for name in changed if name.startswith(PREFIX))
        names = (*_PARAMETERS, *extras, "cursor")
        chosen = {name: text for name in names if (text := changed.get(name))}
        return link_to("catalogue", **chosen)

    @property
    def apps(self) -> tuple[str, ...]:
        """The apps that are asked for, as they were typed."""
        return apps_in(self.typed.get("apps", ""))

    def url_with_apps(self, apps: Iterable[str]) -> str:
        """Return the address of the same search for these apps alone, from its first page."""
        return self.url(apps=",".join(sorted(apps, key=APPS.label)))

    @property
    def here(self) -> str:
        """The address of this very page, without whatever else the visitor's one holds."""
        return self.url(cursor=self.cursor)

    def without(self, fields: Iterable[str]) -> "Asked":
        """The same from its first page, without what errors call so, who cut long names."""
        gone: set[str] = set()
        for field in fields:
            begun = (name for name in self.typed if name.startswith(field))
            gone.update((field,) if field in self.typed else begun)
        left = {name: text for name, text in self.typed.items() if name not in gone}
        return evolve(self, typed=left, cursor="")

    def filters(self, seller_name: str = "") -> dict[str, Any]:
        """What the template shows of it, the seller under this name if it is known."""
        free = {field.key for field in self._free}
        known = {*_PARAMETERS, *(field.key for field in self.policy.extras)}
        kept = known - _INPUTS - free
        return {
            **{name: self.typed.get(name, "")[:_LONGEST_TYPED] for name in _PARAMETERS},
            **self.form(),
            "active": bool(self.typed.keys() - {"sort"}),
            "kept": [(name, text) for name, text in self.typed.items() if name in kept],
            "inputs": _INPUTS | free,
            "of_seller": seller_name if "seller" in self.typed else "",
            "chips": list(self._chips(seller_name)),
        }

    def form(self) -> dict[str, Any]:
        """What the form beside the listings shows as it was typed."""
        fields = [
            {
                "name": field.key,
                "label": label_of(field.name),
                "value": self.typed.get(field.key, ""),
                "number": field.kind is ExtraKind.NUMBER,
            }
            for field in self._free
        ]
        typed = {name: self.typed.get(name, "")[:_LONGEST_TYPED] for name in _INPUTS}
        return {**typed, "fields": fields}

    @property
    def _free(self) -> list[ExtraField]:
        """The marketplace's own fields whose values nobody lists."""
        return [field for field in self.policy.extras if not field.listed]

    def _chips(self, seller_name: str) -> Iterator[Choice]:
        for name in self.typed:
            if name == "apps":
                for app in self.apps:
                    left = (other for other in self.apps if other != app)
                    yield Choice(app[:_LONGEST_TYPED], self.url_with_apps(left))
            elif name != "sort":
                without = {name: ""}
                if name == "q" and self.typed.get("sort") == Sort.RELEVANCE:
                    without["sort"] = ""
                yield Choice(self.chip(name, seller_name), self.url(**without))

    def chip(self, name: str, seller_name: str = "") -> str:
        """A filter in force, in few words."""
        text = self.typed[name][:_LONGEST_TYPED]
        if name.startswith(PREFIX):
            return said(self.policy.extras, name, text)
        if name in _NEEDS:
            return said_need(Need(name), text)
        match name:
            case "min_price":
                shown = say("from {price}", price=self._price(text))
            case "max_price":
                shown = say("up to {price}", price=self._price(text))
            case "seller":
                shown = say("by {seller}", seller=seller_name) if seller_name else say("one seller")
            case "q" | "tag":
                shown = _SIGNED[name].format(text)
            case "apps":
                shown = ", ".join(self.apps)[:_LONGEST_TYPED]
            case _:
                names = (*self.policy.platform_names, *self.policy.categories)
                shown = word(spelled(text, names) or text)
        return shown

    def _price(self, text: str) -> str:
        try:
            return language().formats.money(Money.parse(text, self.policy.currency))
        except InvalidValue:
            return text


def read(query_string: bytes, policy: Policy) -> Asked:
    """Read a query string; whatever is no parameter of the catalogue is left alone."""
    sent = parse_qs(query_string.decode(errors="replace"))
    extras = [name for name in sent if name.startswith(PREFIX)]
    first = {
        name: sent[name][0].strip() for name in (*_PARAMETERS, *extras, "cursor") if name in sent
    }
    first["apps"] = ",".join(apps_in(first.get("apps", "")))
    cursor = first.pop("cursor", "")
    return Asked({name: text for name, text in first.items() if text}, cursor, policy)


def lawful(
    asked: Asked, check: Callable[[Asked], object]
) -> tuple[Asked, tuple[InvalidValue, ...]]:
    """What is left of a search without all that `check` refuses, and each thing that it refused."""
    refused: tuple[InvalidValue, ...] = ()
    while True:
        try:
            check(asked)
        except InvalidValue as error:
            problems = error.problems if isinstance(error, InvalidForm) else (error,)
            left = asked.without(problem.field for problem in problems)
            refused = (*refused, *problems)
            asked = left if left != asked else evolve(asked, typed={})
        else:
            return asked, refused
