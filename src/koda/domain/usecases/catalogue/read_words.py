"""Understanding what somebody looks for."""

from collections.abc import Iterator, Mapping
from itertools import chain, islice

from attrs import define, field, frozen

from koda.domain.search.corrections import MUCH_RARER, corrected, forms_of
from koda.domain.search.sought import (
    MOST_PARTS,
    SoughtWord,
    TypedWord,
    typed_words,
    weight_of,
)
from koda.domain.search.stop_words import STOP_WORDS
from koda.ports.catalogue_index import CatalogueIndex

_MOST_ENDINGS = 200
"""Words that are looked at to tell how frequent their beginning is."""
_FREQUENT = 2
"""Letters of a beginning up to which it is taken for frequent without a look."""


@frozen
class ReadWord:
    """A word that is looked for, and what was typed if that was corrected."""

    sought: SoughtWord
    typed: str = ""


@frozen
class _Word:
    """A word that was typed, alone or as a part of `typed`."""

    text: str
    typed: TypedWord
    last: bool

    @property
    def spelled(self) -> str:
        """As it was typed, where that was nothing more."""
        whole = len(self.typed.token.readings) == 1
        return self.typed.token.text if whole else self.text

    @property
    def fixed(self) -> bool:
        """Whether it is taken as it is."""
        return self.typed.quoted or self.typed.token.paired


@frozen(eq=False, repr=False)
class ReadWords:
    """Reads typed words by the vocabulary of the catalogue's index.

    What is quoted is taken as it is. Of what can be read in several ways, as `GPT-4o` can, the
    first is taken of which all words are known. The last word is the beginning of one, too; another
    one only if it is nobody's whole word. A word that is unknown, or far rarer than one that it is
    near to, is corrected.
    """

    index: CatalogueIndex

    def __call__(self, text: str) -> tuple[ReadWord, ...]:
        """Return what is looked for: nothing if the text holds no letter and no digit.

        Raises:
            Unavailable: the store is down.
        """
        typed = typed_words(text)
        if not typed:
            return ()
        reader = _Reader(self.index, typed)
        read = {(word.sought.text, word.sought.beginning): word for word in reader.words()}
        return tuple(read.values())


@define
class _Reader:
    """Reads the words of one search."""

    index: CatalogueIndex
    typed: tuple[TypedWord, ...]
    total: int = field(init=False)
    known: Mapping[str, int] = field(init=False)

    def __attrs_post_init__(self) -> None:
        readings = (reading for typed in self.typed for reading in typed.token.readings)
        self.known = self.index.frequencies({word for reading in readings for word in reading})
        self.total = self.index.size()

    def words(self) -> Iterator[ReadWord]:
        """Yield what each typed word is read as."""
        split = chain.from_iterable(map(self._split, self.typed))
        words = list(islice(split, MOST_PARTS))
        near = self.index.near(
            {form for word in words if self._suspicious(word) for form in forms_of(word.text)}
        )
        return (self._read(word, near) for word in words)

    def _split(self, typed: TypedWord) -> Iterator[_Word]:
        """The words of the first reading whose words are all known, or else of the last one."""
        is_last = typed is self.typed[-1]
        *better, reading = typed.token.readings
        for other in better:
            if all(self._exists(_Word(word, typed, is_last)) for word in other):
                reading = other
                break
        for number, word in enumerate(reading, 1):
            yield _Word(word, typed, is_last and number == len(reading))

    def _suspicious(self, word: _Word) -> bool:
        """Whether there can be a word that is so much more frequent."""
        if word.fixed or word.text in STOP_WORDS:
            return False
        return self.known.get(word.text, 0) * MUCH_RARER < self.total

    def _read(self, word: _Word, near: Mapping[str, int]) -> ReadWord:
        listings = self._listings(word)
        optional = word.text in STOP_WORDS and not word.typed.quoted
        if self._suspicious(word):
            meant = corrected(word.text, listings, near)
            if meant is not None:
                weight = weight_of(near[meant], self.total)
                return ReadWord(SoughtWord(meant, weight, word.last), word.spelled)
        weight = weight_of(listings, self.total)
        sought = SoughtWord(word.text, weight, self._begins(word), optional, unknown=not listings)
        return ReadWord(sought)

    def _begins(self, word: _Word) -> bool:
        """Whether it is taken for a beginning, too."""
        if word.fixed:
            return not word.typed.quoted and len(word.typed.token.words) == 1
        return word.last or word.text not in self.known

    def _exists(self, word: _Word) -> bool:
        """Whether some listing has it: a short one must be whole, since most begin something."""
        if word.text in self.known or len(word.text) <= _FREQUENT:
            return word.text in self.known
        return self._begins(word) and bool(self.index.beginning_with(word.text, 1))

    def _listings(self, word: _Word) -> int:
        """In how many listings it is, as it is taken."""
        whole = self.known.get(word.text, 0)
        if not self._begins(word):
            return whole
        if len(word.text) <= _FREQUENT:
            return self.total
        begun = self.index.beginning_with(word.text, _MOST_ENDINGS)
        return min(sum(begun.values()), self.total)
