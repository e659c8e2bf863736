"""What is looked for by words, and how relevant a listing is to them.

Relevance is a whole number that follows from the words and the listing alone, so that it is the
same in every store and does not change while other listings come and go.
"""

import re
from collections.abc import Iterable
from typing import Final

from attrs import Attribute, field, frozen

from koda.domain.model.errors.roots import InvalidValue
from koda.domain.model.sentences import sentence
from koda.domain.model.validation import integer
from koda.domain.search.entries import Wanted
from koda.domain.search.label_sets import Labels
from koda.domain.search.labels import title_label, whole_title
from koda.domain.search.words import LONGEST_WORD, Token, tokens_of

EXACT_TITLE: Final = 0
WHOLE_IN_TITLE: Final = 1
IN_TITLE: Final = 2
ANYWHERE: Final = 3
SOME: Final = 4
_TIMES = {WHOLE_IN_TITLE: 2, IN_TITLE: 2, ANYWHERE: 1, SOME: 0}
"""How often the weight of a word counts that is in a listing so."""
MOST_WORDS: Final = 10
"""Words of a search that count; the others are left out."""
MOST_PARTS: Final = 20
"""Words that the first ten typed ones are read as, at most; one may have several parts."""
QUOTES: Final = '"“”„«»'
_QUOTED = re.compile(f"[{QUOTES}]([^{QUOTES}]*)[{QUOTES}]")


@frozen
class TypedWord:
    """What somebody typed between two spaces; what is `quoted` is taken as it is."""

    token: Token
    quoted: bool = False


def typed_words(text: str) -> tuple[TypedWord, ...]:
    """What counts of a text that somebody looks for: its first ten words."""
    typed: list[TypedWord] = []
    end = 0
    for quoted in _QUOTED.finditer(text):
        typed += map(TypedWord, tokens_of(text[end : quoted.start()]))
        typed += (TypedWord(token, quoted=True) for token in tokens_of(quoted[1]))
        end = quoted.end()
    typed += map(TypedWord, tokens_of(text[end:]))
    return tuple(typed[:MOST_WORDS])


def weight_of(listings: int, total: int) -> int:
    """What a word weighs that is in `listings` of `total`: one more for each halving of them."""
    return (total // max(listings, 1)).bit_length() or 1


def _fits(_: object, attribute: "Attribute[str]", word: str) -> None:
    """Refuse what `tokens_of` never yields; a word may be of letters that show nothing."""
    if type(word) is not str or not 0 < len(word) <= LONGEST_WORD + 2:
        raise InvalidValue(attribute.name, sentence("must be a word"))


@frozen
class SoughtWord:
    """A word that is looked for, or the `beginning` of one.

    It weighs the more the rarer it is; without one that is `optional` a listing has all words, too.
    One that is in no listing at all is `unknown`.
    """

    text: str = field(validator=_fits)
    weight: int = field(validator=integer(1, 64))
    beginning: bool = field(default=False, converter=bool)
    optional: bool = field(default=False, converter=bool)
    unknown: bool = field(default=False, converter=bool)

    def wanted(self, *, in_title: bool = False, whole: bool = False) -> Wanted:
        """The listings that have it."""
        label = frozenset((title_label(self.text) if in_title else self.text,))
        if self.beginning and not whole:
            return Wanted(beginnings=label)
        return Wanted(labels=label)


@frozen
class Sought:
    """The words that are looked for, in their order, and the labels of a title of nothing else."""

    words: tuple[SoughtWord, ...]
    whole_title: frozenset[str]
    _ranked: tuple[tuple[SoughtWord, str, bool], ...] = field(init=False, eq=False, repr=False)
    """Each word with its label in a title, and whether it is required."""

    def __attrs_post_init__(self) -> None:
        required = set(self.required)
        ranked = ((word, title_label(word.text), word in required) for word in self.words)
        object.__setattr__(self, "_ranked", tuple(ranked))

    @classmethod
    def of(cls, text: str, words: Iterable[SoughtWord]) -> "Sought":
        """What is looked for by a text, which was read as `words`."""
        return cls(tuple(words), whole_title(text))

    @property
    def required(self) -> tuple[SoughtWord, ...]:
        """The words that a listing must have to have all of them."""
        return tuple(word for word in self.words if not word.optional) or self.words

    def wanted(self, tier: int) -> Wanted:
        """The listings of a tier and of those before it; all but the last tier are one question."""
        if tier == EXACT_TITLE:
            return Wanted(labels=self.whole_title)
        in_title, whole = tier <= IN_TITLE, tier == WHOLE_IN_TITLE
        wanted = Wanted()
        for word in self.required:
            wanted &= word.wanted(in_title=in_title, whole=whole)
        return wanted

    def rank(self, labels: Labels) -> tuple[int, int]:
        """How much of what is looked for a listing of these labels has, and its score.

        The first number is the tier: less is better. The score is what the words weigh that it has,
        those in its title twice.
        """
        tier, score = WHOLE_IN_TITLE, 0
        for word, titled, required in self._ranked:
            part = _part(word, titled, labels)
            score += word.weight * _TIMES[part]
            if required and part > tier:
                tier = part
        exact = all(label in labels for label in self.whole_title)
        return (EXACT_TITLE if exact else tier), score


def _part(word: SoughtWord, titled: str, labels: Labels) -> int:
    """The tier of a listing by one word, whose label in a title is `titled`."""
    if titled in labels:
        return WHOLE_IN_TITLE
    if word.beginning and labels.begun(titled):
        return IN_TITLE
    if word.text in labels or (word.beginning and labels.begun(word.text)):
        return ANYWHERE
    return SOME
