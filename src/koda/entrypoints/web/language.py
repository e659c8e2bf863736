"""The language in which the request at hand is answered."""

from collections.abc import Mapping
from typing import LiteralString

from attrs import frozen
from flask import Response, g, has_request_context, request

from koda.domain.model.sentences import Sentence
from koda.entrypoints.languages.catalogues import Languages
from koda.entrypoints.languages.language import ENGLISH, Language


@frozen
class Speaker:
    """Lets a request be answered in one of `languages`: a URL value preprocessor."""

    languages: Languages

    def __call__(self, _: str | None = None, __: Mapping[str, object] | None = None) -> None:
        """Note what there is to choose from."""
        g.koda_languages = self.languages


def language() -> Language:
    """Return the language that the visitor prefers; outside of a request, and by default, English.

    Browsers name theirs by `Accept-Language`.
    """
    if not has_request_context():
        return ENGLISH
    chosen: Language | None = g.get("koda_language")
    if chosen is None:
        chosen = g.koda_language = _negotiated(g.get("koda_languages", Languages()))
    return chosen


def _negotiated(languages: Languages) -> Language:
    if not languages.several:
        return ENGLISH
    return languages.named(request.accept_languages.best_match(languages.tags))


def say(template: LiteralString, /, **data: object) -> str:
    """Say `template`, filled with `data`, in the visitor's language."""
    return language().say(Sentence(template, data))


def tell_language(response: Response) -> Response:
    """Let caches know in which language an answer is, if there are several."""
    languages: Languages = g.get("koda_languages", Languages())
    if languages.several and "koda_language" in g:
        response.vary.add("Accept-Language")
        response.content_language.add(g.koda_language.tag)
    return response
