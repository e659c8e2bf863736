"""The templates of pages, compiled once for each language."""

import hashlib
import re
from functools import cache
from pathlib import Path
from typing import Any

from attrs import frozen
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2.ext import Extension
from markupsafe import Markup

from koda import __version__
from koda.domain.model.sentences import Sentence
from koda.entrypoints.languages.catalogues import FOLDER as CATALOGUES
from koda.entrypoints.languages.language import Language
from koda.entrypoints.web.covers import cover
from koda.entrypoints.web.csrf import csrf_token
from koda.entrypoints.web.excerpts import excerpt
from koda.entrypoints.web.links import link_to
from koda.entrypoints.web.words import word

STATIC = Path(__file__).parent / "static"
_TEMPLATES = Path(__file__).parent / "templates"

_FIXED = re.compile(r"""\{\{ say\((?:"(?P<double>[^"\\]+)"|'(?P<single>[^'\\]+)')\) \}\}""")


@cache
def _fingerprint(name: str) -> str:
    """Return what tells one content of a static file from another."""
    return hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]


def _asset(name: str) -> str:
    """Return the address of a static file; it changes with the content, so browsers keep it."""
    return f"{link_to('static', name)}?v={_fingerprint(name)}"


@cache
def edition() -> str:
    """Return what tells the pages of one version of Koda from those of another."""
    digest = hashlib.sha256(__version__.encode())
    folders = (_TEMPLATES, STATIC, CATALOGUES)
    for path in sorted(file for root in folders for file in root.rglob("*.*")):
        digest.update(path.name.encode() + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:12]


@frozen
class _Texts:
    """What templates say in a language."""

    language: Language

    def say(self, template: str, /, **data: object) -> Markup:
        """Say `template`; of the data, what is no markup yet is escaped."""
        return self.language.say_in_html(Sentence(template, data))

    def say_counted(self, singular: str, many: str, /, count: int) -> Markup:
        """Say `singular` for a `count` of 1 and else `many`."""
        return self.language.say_in_html(Sentence(singular, {"count": count}, many))


class _FixedTexts(Extension):
    """Writes texts without data into a template when it is compiled: a page has dozens of them."""

    def preprocess(
        self,
        source: str,
        name: str | None,  # noqa: ARG002 - the library's signature
        filename: str | None = None,  # noqa: ARG002 - the library's signature
    ) -> str:
        """Return the source of a template with its fixed texts in the environment's language."""
        return _FIXED.sub(self._said, source)

    def _said(self, call: re.Match[str]) -> str:
        texts: Any = self.environment.globals["texts"]
        return str(texts.say(call["double"] or call["single"])).replace("{", "&#123;")


@cache
def environment(language: Language) -> Environment:
    """Return the templates in a language, apart from those of an application around Koda."""
    made = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        auto_reload=False,
        undefined=StrictUndefined,
        trim_blocks=True,
        extensions=[_FixedTexts],
    )
    formats, texts = language.formats, _Texts(language)
    shown = (
        formats.money,
        formats.signed_money,
        formats.day,
        formats.size,
        formats.percent,
        formats.datum,
        excerpt,
        word,
    )
    made.filters.update({filter_.__name__: filter_ for filter_ in shown})
    made.filters["in_words"] = language.say_in_html
    made.globals.update(link_to=link_to, csrf_token=csrf_token, asset=_asset, cover=cover)
    made.globals.update(say=texts.say, say_counted=texts.say_counted)
    made.globals.update(language=language.tag, direction=language.locale.text_direction)
    made.globals["texts"] = texts
    return made
