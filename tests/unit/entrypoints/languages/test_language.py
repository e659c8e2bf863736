from pathlib import Path

import pytest
from babel import Locale, UnknownLocaleError
from babel.messages.pofile import PoFileError
from markupsafe import Markup

from koda.domain.model.errors import InvalidForm, InvalidValue, NotFound
from koda.domain.model.money import Money
from koda.domain.model.sentences import Sentence, counted, sentence, verbatim
from koda.entrypoints.languages.catalogues import Languages, compiled, in_folder, packaged
from koda.entrypoints.languages.language import ENGLISH, Language

HEAD = """
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"
"""
CATALOGUE = f"""{HEAD}
msgid "must be at least {{least}}"
msgstr "muss mindestens {{least}} sein"

msgid "There is no automation {{id!r}}."
msgstr "Die Automation {{id!r}} gibt es nicht."

msgid "{{field}}: {{problem}}"
msgstr "{{field}} = {{problem}}"

msgid "<b> & more"
msgstr "<i> & mehr"

msgid "a day"
msgid_plural "{{count}} days"
msgstr[0] "ein Tag"
msgstr[1] "{{count}} Tage"
"""
GERMAN = Language.translated("de", compiled(CATALOGUE.encode()), Locale("de"))
LEAST = sentence("must be at least {least}", least=Money(123_450, "EUR"))


@pytest.mark.parametrize(
    ("said", "english", "german"),
    [
        (LEAST, "must be at least 1234.50 EUR", "muss mindestens 1.234,50\u00a0€ sein"),
        (counted("a day", "{count} days", 1), "a day", "ein Tag"),
        (counted("a day", "{count} days", 1200), "1200 days", "1200 Tage"),
        (sentence("not translated"), "not translated", "not translated"),
        (verbatim("{least}"), "{least}", "{least}"),
        (Sentence(""), "", ""),
    ],
)
def test_a_sentence_is_said_in_a_language(said: Sentence, english: str, german: str) -> None:
    """The template is looked up, and its data are written as the locale does."""
    assert (ENGLISH.say(said), GERMAN.say(said)) == (english, german)
    assert ENGLISH.say(said) == str(said)


def test_clauses_in_a_sentence_are_in_its_language() -> None:
    """They are sentences of their own."""
    assert GERMAN.of_error(InvalidValue("price", LEAST)) == (
        "price = muss mindestens 1.234,50\u00a0€ sein"
    )


def test_errors_are_said_in_a_language() -> None:
    """One by its template, several one after another."""
    lost = NotFound("automation", "aut_1")
    form = InvalidForm.of([InvalidValue("a", LEAST), InvalidValue("b", LEAST)])

    assert GERMAN.of_error(lost) == "Die Automation 'aut_1' gibt es nicht."
    assert GERMAN.of_error(form).count("muss mindestens") == 2
    assert ENGLISH.of_error(form) == str(form)


def test_pages_escape_what_is_no_markup() -> None:
    """Templates and data alike; markup that is a datum stays what it is."""
    link = Markup("<a href='/x'>there</a>")
    said = sentence("go {where}, {name}", where=link, name="<script>")

    assert GERMAN.say_in_html(sentence("<b> & more")) == "&lt;i&gt; &amp; mehr"
    assert ENGLISH.say_in_html(said) == f"go {link}, &lt;script&gt;"


def test_languages_are_found_by_their_tags() -> None:
    """English where there is no such language."""
    languages = Languages.of([GERMAN])

    assert languages.tags == ("en", "de")
    assert languages.several
    assert languages.named("de") is GERMAN
    assert languages.named("fr") is languages.named(None) is ENGLISH


def test_koda_comes_in_english() -> None:
    """Its own catalogues are found in the package."""
    assert packaged().tags[0] == "en"
    assert packaged() is packaged()


def test_catalogues_are_read_from_a_folder(tmp_path: Path) -> None:
    """Each is a language, named by its file."""
    (tmp_path / "de-AT.po").write_text(CATALOGUE, encoding="utf-8")
    (tmp_path / "koda.pot").write_text(HEAD, encoding="utf-8")

    [austrian] = in_folder(tmp_path)

    assert (austrian.tag, austrian.locale) == ("de-AT", Locale("de", "AT"))
    assert austrian.say(LEAST) == "muss mindestens €\u00a01.234,50 sein"


def test_a_catalogue_must_be_one_of_a_known_language(tmp_path: Path) -> None:
    """A wrong file stops the start."""
    path = tmp_path / "de.po"
    path.write_text('msgid "a', encoding="utf-8")
    with pytest.raises(PoFileError):
        list(in_folder(tmp_path))
    path.rename(tmp_path / "xx.po")
    with pytest.raises(UnknownLocaleError):
        list(in_folder(tmp_path))
