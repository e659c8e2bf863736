"""The choices beside the listings of the catalogue, and how many listings each leaves."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial

from attrs import evolve, frozen

from koda.domain.model.extras import ExtraField, label_of
from koda.domain.model.validation import spelled
from koda.domain.search.answers import Catalogue, Facet, Facets
from koda.domain.search.catalogue import MOST_APPS
from koda.domain.search.names import APPS
from koda.domain.search.needs import WITH_CHANGES
from koda.entrypoints.web.language import language
from koda.entrypoints.web.pages.asked_search import Asked, Choice
from koda.entrypoints.web.pages.extra_fields import choices_of
from koda.entrypoints.web.pages.needs import said_need
from koda.entrypoints.web.wording import LABELS
from koda.entrypoints.web.words import word

_FIRST_APPS = 6


@frozen
class Group:
    """The choices of one filter; there are `more` of them behind, and some are `needs`."""

    label: str
    choices: tuple[Choice, ...]
    more: tuple[Choice, ...] = ()
    needs: bool = False

    @property
    def chosen(self) -> bool:
        """Whether one of them is in force."""
        return any(choice.chosen for choice in self.choices)


def groups_of(asked: Asked, answer: Catalogue) -> Iterator[Group]:
    """Yield the choices of each filter that has some."""
    facets = answer.facets
    groups = (
        *(
            Group(_label(name), tuple(_counted(asked, name, facet, facets, word)))
            for name, facet in (("platform", facets.platforms), ("category", facets.categories))
        ),
        _apps(asked, facets.apps),
        *_needs(asked, facets),
        *(_of_extra(asked, field, facets) for field in asked.policy.extras),
    )
    return (group for group in groups if group.choices)


def _label(name: str) -> str:
    return language().text(LABELS[name])


def _counted(
    asked: Asked, name: str, facet: Facet, facets: Facets, said: Callable[[str], str]
) -> Iterator[Choice]:
    """The choices of which it is counted what they leave; what is chosen leaves the total."""
    present = spelled(asked.typed.get(name, ""), facet.counts)
    for text, count in facet.counts.items():
        exact = facet.exact or (facets.exact and text == present)
        choice = _choice(asked, name, text, present, said(text), count)
        yield evolve(choice, least=not exact)


def _apps(asked: Asked, facet: Facet) -> Group:
    """Those that are chosen, the most frequent ones that may be added to them, and more."""
    present = set(map(APPS.label, asked.apps))
    choices = []
    for name, count in facet.counts.items():
        chosen = APPS.label(name) in present
        others = [app for app in asked.apps if APPS.label(app) != APPS.label(name)]
        url = asked.url_with_apps(others if chosen else (*others, name))
        choices.append(Choice(name, url, chosen, count, least=not facet.exact))
    choices.sort(key=lambda choice: not choice.chosen)
    if len(present) >= MOST_APPS:
        choices = [choice for choice in choices if choice.chosen]
    return Group(_label("apps"), tuple(choices[:_FIRST_APPS]), tuple(choices[_FIRST_APPS:]))


def _needs(asked: Asked, facets: Facets) -> Iterator[Group]:
    """What runs with changes only is behind the rest, unless it is asked for."""
    for need, facet in facets.needs.items():
        said = partial(said_need, need)
        choices = tuple(_counted(asked, need.value, facet, facets, said))
        changed = {said(value) for value in facet.counts if value.endswith(WITH_CHANGES)}
        more = tuple(of for of in choices if of.label in changed and not of.chosen)
        first = tuple(of for of in choices if of not in more)
        yield Group(_label(need.value), first or more, more if first else (), needs=True)


def _of_extra(asked: Asked, field: ExtraField, facets: Facets) -> Group:
    choices = _extra_choices(asked, field, facets.extras.get(field.name, {}))
    return Group(label_of(field.name), tuple(choices))


def _extra_choices(asked: Asked, field: ExtraField, counts: Mapping[str, int]) -> Iterator[Choice]:
    """The values that a field lists; where they are counted, those that leave something."""
    typed = asked.typed.get(field.key)
    present = field.read(field.typed(typed)).text if typed else None
    for text, label in choices_of(field):
        if not counts or counts[text] or text == present:
            yield _choice(asked, field.key, text, present, label, counts.get(text))


def _choice(
    asked: Asked, name: str, text: str, present: str | None, label: str, count: int | None
) -> Choice:
    chosen = text == present
    return Choice(label, asked.url(**{name: "" if chosen else text}), chosen, count)
