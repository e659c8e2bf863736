"""A language that nobody speaks: every text of the source, with an accent on each letter."""

from gettext import GNUTranslations
from io import BytesIO
from string import Formatter

from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from koda.entrypoints.languages.catalogues import Languages
from koda.entrypoints.languages.language import Language
from tools.messages import TEMPLATE

TAG = "en-XA"
"""What browsers call English with accents, by which programs are tested."""
PLAIN = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
ACCENTED = "áƀçđéƒǵħíĵķłṁńóṕɋŕšŧúṽŵẋýžÁɃÇĐÉƑǴĦÍĴĶŁṀŃÓṔɊŔŠŦÚṼŴẊÝŽ"


def accented(template: str) -> str:
    """The template with an accent on each letter, its placeholders as they are."""
    return "".join(map(_part, Formatter().parse(template)))


def _part(part: tuple[str, str | None, str | None, str | None]) -> str:
    text, name, spec, conversion = part
    told = text.translate(str.maketrans(PLAIN, ACCENTED)).replace("{", "{{").replace("}", "}}")
    if name is None:
        return told
    return f"{told}{{{name}{(conversion and '!' + conversion) or ''}{spec and ':' + spec}}}"


def translations() -> GNUTranslations:
    """Every text of the template of catalogues, which are all that are marked, with its accents."""
    with TEMPLATE.open("rb") as file:
        template = read_po(file)
    made = Catalog(locale="de")
    for message in template:
        if isinstance(message.id, str):
            made.add(message.id, message.id and accented(message.id))
        else:
            made.add(message.id, tuple(map(accented, message.id)))
    compact = BytesIO()
    write_mo(compact, made)
    compact.seek(0)
    return GNUTranslations(compact)


def languages() -> Languages:
    """English, and the language with the accents, which writes data as Germans do."""
    return Languages.of([Language.translated(TAG, translations(), Locale("de"))])
