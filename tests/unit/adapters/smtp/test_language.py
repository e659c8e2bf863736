import re

import pytest
from attrs import evolve

from koda.adapters.smtp.mailboxes import mailbox
from koda.domain.model.notices import Notice
from koda.testing.contracts.notices import NOTICES
from koda.testing.examples import NOON
from tests.support.made_up import TAG, accented, languages
from tests.support.smtp import letters

SPOKEN = languages().named(TAG)
DATA = re.compile("Bea|Koda|ord_1|aut_1|https?://[^ ]*|EUR|März")
"""What a message says as it is, in any language."""


def told(notice: Notice, kind: str) -> str:
    """What one part of a message in the made-up language says."""
    bea = mailbox("bea@example.com")
    assert bea is not None
    renderer = evolve(letters(reply_to="help@koda.example"), say=SPOKEN.say, language=TAG)
    body = renderer.write(notice, "Bea", bea, NOON).get_body((kind,))
    assert body is not None
    return str(body.get_content())


@pytest.mark.parametrize("notice", NOTICES, ids=lambda notice: type(notice).__name__)
@pytest.mark.parametrize("kind", ["plain", "html"])
def test_every_text_of_a_message_passes_through_a_catalogue(notice: Notice, kind: str) -> None:
    """What is still English is a name, an id, an address or what somebody typed."""
    text = told(notice, kind)
    shown = re.sub("<style>.*?</style>|<[^>]*>|&[a-z]+;", " ", text, flags=re.DOTALL)
    typed = getattr(notice, "reason", "")
    titles = (line.title for line in getattr(notice, "lines", ()))
    for own in (typed, getattr(notice, "title", ""), *titles):
        shown = shown.replace(own, "")

    assert re.findall("[A-Za-z]{2,}", DATA.sub("", shown)) == []
    assert accented("Is anything wrong? Just answer it.") in shown
    assert "1. März 2026" in shown
    assert kind == "plain" or f'<html lang="{TAG}">' in text
