"""The languages that there are: English, and one for each catalogue in a folder."""

from collections.abc import Iterable, Iterator
from functools import cache
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path

from attrs import field, frozen
from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from koda.entrypoints.languages.language import ENGLISH, Language

FOLDER = Path(__file__).parent
"""Where the catalogues of Koda are: one `.po` file a language, named by its tag."""


@frozen
class Languages:
    """The languages that visitors may read; English is always among them, and the last resort."""

    all: tuple[Language, ...] = field(default=(ENGLISH,))

    @classmethod
    def of(cls, languages: Iterable[Language]) -> "Languages":
        """English, and `languages`."""
        return cls((ENGLISH, *languages))

    @property
    def several(self) -> bool:
        """Whether there is a choice."""
        return len(self.all) > 1

    @property
    def tags(self) -> tuple[str, ...]:
        """The names of the languages for browsers."""
        return tuple(language.tag for language in self.all)

    def named(self, tag: str | None) -> Language:
        """Return the language of a tag, or English."""
        return next((language for language in self.all if language.tag == tag), ENGLISH)


@cache
def packaged() -> Languages:
    """Return the languages whose catalogues come with Koda, read once a process."""
    return Languages.of(in_folder(FOLDER))


def in_folder(folder: Path) -> Iterator[Language]:
    """Read the catalogues of a folder.

    Raises:
        PoFileError: a file is no catalogue.
        ValueError: its name is no tag of a language.
        UnknownLocaleError: nothing is known of the language.
    """
    for path in sorted(folder.glob("*.po")):
        locale = Locale.parse(path.stem, sep="-")
        yield Language.translated(path.stem, compiled(path.read_bytes()), locale)


def compiled(content: bytes) -> GNUTranslations:
    """Return the translations of a `.po` file; those marked as fuzzy are left out.

    Raises:
        PoFileError: it is none.
    """
    compact = BytesIO()
    write_mo(compact, read_po(BytesIO(content), abort_invalid=True))
    compact.seek(0)
    return GNUTranslations(compact)
