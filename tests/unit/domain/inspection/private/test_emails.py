import pytest

from koda.domain.inspection.private.emails import emails_in


def addresses(text: str) -> list[str]:
    """The addresses in a text."""
    return [text[start:end] for start, end in emails_in(text)]


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("=mail anna.berg@shop-berg.de.", "anna.berg@shop-berg.de"),
        ("mailto:anna%40shop-berg.de?subject=x", "anna%40shop-berg.de"),
        (r"{\"to\":\"a\nanna@shop-berg.de\"}", "anna@shop-berg.de"),
        (r"\u003canna@shop-berg.de\u003e", "anna@shop-berg.de"),
        ("%3Canna@shop-berg.de%3E", "anna@shop-berg.de"),
        ("...anna@shop-berg.de", "anna@shop-berg.de"),
        ("support@shop-berg.de", "support@shop-berg.de"),
        ("491701234567@s.whatsapp.net", "491701234567@s.whatsapp.net"),
        ("c_1a2b@group.calendar.google.com", "c_1a2b@group.calendar.google.com"),
    ],
)
def test_address_of_a_person_is_seen(text: str, address: str) -> None:
    """Wherever it stands, and without what belongs to an escape before it."""
    assert addresses(text) == [address]


@pytest.mark.parametrize(
    "text",
    [
        "user@example.com jane@mail.example me@shop.test you@example.org",
        "john@doe.com jane@company.com name@yourdomain.io john@acme.com",
        "your.name@gmail.com john.doe@gmail.com example@gmail.com",
        "support@slack.com",
        "noreply@shop-berg.de do-not-reply@shop-berg.de",
        "en.german#holiday@group.v.calendar.google.com",
        "https://anna@shop-berg.de/x ftp://anna:secret@shop-berg.de",
        "git@github.com:koda/koda.git",
        "@n8n/n8n-nodes-langchain.agent npm i mermaid@10.2.1 GmailV2CLIAPI@2.0.1 logo@2x.png",
        "@app.route('/x') @property medium.com/@anna.berg",
        "={{ $json.user }}@shop-berg.de",
        "j-o-@-shop.de",
    ],
)
def test_what_is_nobodys_address_is_let_through(text: str) -> None:
    """Placeholders, services, packages, decorators, and the user of a URL."""
    assert addresses(text) == []
