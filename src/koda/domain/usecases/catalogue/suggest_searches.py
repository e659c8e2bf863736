"""Suggesting what to look for while somebody types."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain, islice, zip_longest

from attrs import evolve, frozen

from koda.domain.model.identifiers import AutomationId
from koda.domain.model.policy import Policy
from koda.domain.model.tags import normal_tag
from koda.domain.search.catalogue import Search
from koda.domain.search.entries import IndexEntry, Order, Wanted
from koda.domain.search.labels import category_label, platform_label
from koda.domain.search.names import APPS, TAGS, Names, normal_app
from koda.domain.search.sought import ANYWHERE, IN_TITLE, WHOLE_IN_TITLE, Sought, typed_words
from koda.domain.search.suggestions import (
    MOST_SUGGESTIONS,
    Begun,
    Suggestion,
    SuggestionKind,
    names_typed,
)
from koda.domain.search.words import spellings_of
from koda.domain.usecases.catalogue.read_words import ReadWords
from koda.ports.automations import Automations
from koda.ports.catalogue_index import CatalogueIndex

_TITLES = 5
"""Titles, where there are filters enough for the rest."""
_WHOLE = 12
"""Listings with the words whole whose titles are looked at; some have the same."""
_MOST_LISTINGS = 24
"""Listings that are looked at for titles, tags and apps of which a word begins as typed."""
_MOST_NAMES = 1000
"""Tags, or apps, that are looked at for the most frequent ones."""
_KINDS = tuple(SuggestionKind)
_LABELS: Mapping[SuggestionKind, Callable[[str], str]] = {
    SuggestionKind.TAG: TAGS.label,
    SuggestionKind.APP: APPS.label,
    SuggestionKind.PLATFORM: platform_label,
    SuggestionKind.CATEGORY: category_label,
}


@frozen(eq=False, repr=False)
class SuggestSearches:
    """Suggests titles, tags, apps, platforms and categories by the catalogue's index.

    What it reads does not grow with the listings. Where the marketplace's currency was changed
    (`currency_changed`), what is priced in another one is not suggested.
    """

    index: CatalogueIndex
    automations: Automations
    policy: Policy
    read: ReadWords
    currency_changed: bool = False

    def __call__(self, text: str) -> tuple[Suggestion, ...]:
        """Return at most eight suggestions for what was typed so far, by kind.

        Titles are of listings for sale that have all words in them, understood as in a search; no
        title comes twice. Tags and apps, or a word of them, begin with what was typed; platforms
        and categories have its words. The last word may be a beginning. What itself begins so comes
        first, then what has a word that does. Nothing is suggested to a text without letter and
        digit.

        Raises:
            InvalidForm: the text is longer than 200 characters, or has unprintable ones.
            Unavailable: the store is down.
        """
        text = Search(q=text).query(self.policy).text
        if not typed_words(text):
            return ()
        sought = Sought.of(text, (word.sought for word in self.read(text)))
        typed = spellings_of(text) | {" ".join(word.text for word in sought.words)}
        titles = tuple(islice(self._titles(sought, typed), MOST_SUGGESTIONS))
        room = MOST_SUGGESTIONS - min(len(titles), _TITLES)
        filters = tuple(islice(self._filters(text, sought, typed), room))
        shown = (*titles[: MOST_SUGGESTIONS - len(filters)], *filters)
        return tuple(sorted(shown, key=lambda suggestion: _KINDS.index(suggestion.kind)))

    # --- titles -----------------------------------------------------------------------------------

    def _titles(self, sought: Sought, typed: frozenset[str]) -> Iterator[Suggestion]:
        """Those that begin as typed come first, then those with whole words, then the newest."""
        ids = self._with_title(sought)
        automations = self.automations.some(ids)
        titles: dict[str, Suggestion] = {}
        for automation in filter(None, map(automations.get, ids)):
            title = automation.listing.title
            if automation.sold_in(self.policy.currency):
                suggestion = Suggestion(SuggestionKind.TITLE, title, automation_id=automation.id)
                titles.setdefault(title.casefold(), suggestion)
        return iter(sorted(titles.values(), key=lambda title: Begun.of(title.text, typed)))

    def _with_title(self, sought: Sought) -> tuple[AutomationId, ...]:
        if any(word.unknown for word in sought.required):
            return ()
        entries = self._newest(sought.wanted(IN_TITLE), _MOST_LISTINGS)
        if len(entries) == _MOST_LISTINGS:
            entries = (*entries, *self._newest(sought.wanted(WHOLE_IN_TITLE), _WHOLE))
        ranked = sorted(entries, key=lambda entry: sought.rank(entry.labels)[0] == IN_TITLE)
        return tuple(dict.fromkeys(entry.id for entry in ranked))

    def _newest(self, wanted: Wanted, most: int) -> tuple[IndexEntry, ...]:
        return self.index.read(self._sold(wanted), Order.NEWEST, most)

    def _sold(self, wanted: Wanted) -> Wanted:
        """What is wanted, without prices that nobody can pay any more."""
        return wanted.priced_in(self.policy.currency) if self.currency_changed else wanted

    # --- filters ----------------------------------------------------------------------------------

    def _filters(self, text: str, sought: Sought, typed: frozenset[str]) -> Iterator[Suggestion]:
        """The first filter of each kind, then the next one of each."""
        words = typed_words(text)
        unknown = any(word.unknown for word in sought.required)
        entries = () if unknown else self._newest(sought.wanted(ANYWHERE), _MOST_LISTINGS)
        tags, apps = (_of_which_a_word(names, entries, typed) for names in (TAGS, APPS))
        by_kind = (
            self._written(SuggestionKind.TAG, self._begun(TAGS, normal_tag(text), sought), tags),
            self._written(SuggestionKind.APP, self._begun(APPS, normal_app(text), sought), apps),
            self._named(SuggestionKind.PLATFORM, names_typed(words, self.policy.platform_names)),
            self._named(SuggestionKind.CATEGORY, names_typed(words, self.policy.categories)),
        )
        filters = filter(None, chain.from_iterable(zip_longest(*by_kind)))
        return filter(None, map(self._sellable, filters)) if self.currency_changed else filters

    def _written(
        self, kind: SuggestionKind, begun: Iterable[str], others: Iterable[str]
    ) -> list[Suggestion]:
        """Names that begin as typed, then others, both by the number of listings."""
        suggested = self._named(kind, begun)
        if len(suggested) == MOST_SUGGESTIONS:
            return suggested
        label = _LABELS[kind]
        taken = {label(suggestion.text) for suggestion in suggested}
        return [
            *suggested,
            *self._named(kind, (name for name in others if label(name) not in taken)),
        ]

    def _begun(self, names: Names, text: str, sought: Sought) -> list[str]:
        """The most frequent names that begin as typed, or as that is understood."""
        understood = " ".join(word.text for word in sought.words)
        labels: dict[str, int] = {}
        written: dict[str, int] = {}
        for label in {names.label(text), names.label(understood)}:
            labels.update(self.index.beginning_with(label, _MOST_NAMES))
            if labels:
                written.update(self.index.beginning_with(names.written_label(label), _MOST_NAMES))
        counts = names.as_written(labels, written)
        return sorted(counts, key=lambda name: (-counts[name], name))[:MOST_SUGGESTIONS]

    def _named(self, kind: SuggestionKind, names: Iterable[str]) -> list[Suggestion]:
        labels = {name: _LABELS[kind](name) for name in names}
        counts = self.index.frequencies(labels.values()) if labels else {}
        return _most_frequent(
            kind, {name: counts[label] for name, label in labels.items() if label in counts}
        )

    def _sellable(self, suggestion: Suggestion) -> Suggestion | None:
        """The same without its count, which is of all currencies, if a listing is left."""
        label = _LABELS[suggestion.kind](suggestion.text)
        wanted = self._sold(Wanted(labels=frozenset((label,))))
        left = self.index.read(wanted, Order.NEWEST, 1)
        return evolve(suggestion, count=None) if left else None


def _of_which_a_word(
    names: Names, entries: Iterable[IndexEntry], typed: frozenset[str]
) -> list[str]:
    """The names of some listings that begin as typed, or of which a word does, each once."""
    often = Counter(chain.from_iterable(names.of(entry.labels) for entry in entries))
    written: dict[str, str] = {}
    for name in sorted(often, key=lambda name: (-often[name], name)):
        if Begun.of(name, typed) is not Begun.NOWHERE:
            written.setdefault(names.label(name), name)
    return [*written.values()]


def _most_frequent(kind: SuggestionKind, counts: Mapping[str, int]) -> list[Suggestion]:
    ordered = sorted(counts, key=lambda text: (-counts[text], text))
    return [Suggestion(kind, text, counts[text]) for text in ordered[:MOST_SUGGESTIONS]]
