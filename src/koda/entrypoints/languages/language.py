"""One language: its catalogue, what it makes of sentences, and how it writes data."""

from gettext import NullTranslations
from string import Formatter

from attrs import field, frozen
from babel import Locale
from markupsafe import Markup, escape

from koda.domain.model.errors import KodaError
from koda.domain.model.sentences import Sentence
from koda.entrypoints.languages.formats import EnglishFormats, Formats, LocaleFormats


@frozen
class Language:
    """Says sentences in one language.

    Args:
        tag: its name for browsers (BCP 47), such as `pt-BR`.
        locale: whose names of places and directions of writing it has.
        catalogue: its translations, by the English templates.
        formats: how it writes data.
    """

    tag: str
    locale: Locale
    catalogue: NullTranslations = field(factory=NullTranslations, repr=False)
    formats: Formats = field(factory=EnglishFormats, eq=False, repr=False)

    @classmethod
    def translated(cls, tag: str, catalogue: NullTranslations, locale: Locale) -> "Language":
        """A language other than the one of the source, with the formats of its locale."""
        return cls(tag, locale, catalogue, LocaleFormats(locale))

    def say(self, said: Sentence) -> str:
        """Return a sentence in this language, its data as the locale writes them."""
        return _Filler(self).vformat(self._template(said), (), said.data)

    def say_in_html(self, said: Sentence) -> Markup:
        """Return a sentence for a page; of its data, what is no markup yet is escaped."""
        template = str(escape(self._template(said)))
        return Markup(_HtmlFiller(self).vformat(template, (), said.data))  # noqa: S704 - escaped

    def of_error(self, error: KodaError) -> str:
        """Return what an error says."""
        return "; ".join(map(self.say, error.sentences))

    def text(self, template: str) -> str:
        """Return a text without data that was marked where it stands."""
        return self.say(Sentence(template))

    def _template(self, said: Sentence) -> str:
        if said.plural:
            count = said.data["count"]
            number = count if isinstance(count, int) else 0
            return self.catalogue.ngettext(said.template, said.plural, number)
        # gettext answers an empty message with the head of its catalogue.
        return said.template and self.catalogue.gettext(said.template)


@frozen
class _Filler(Formatter):
    """Fills templates of `language`; a datum may be a clause."""

    language: Language

    def format_field(self, value: object, format_spec: str) -> str:
        if isinstance(value, Sentence):
            return self.language.say(value)
        return self.language.formats.datum(value, format_spec)


@frozen
class _HtmlFiller(_Filler):
    """Fills escaped templates."""

    def format_field(self, value: object, format_spec: str) -> str:
        if isinstance(value, Markup):
            return value
        return str(escape(super().format_field(value, format_spec)))


ENGLISH = Language("en", Locale("en"))
"""The language of the source."""
