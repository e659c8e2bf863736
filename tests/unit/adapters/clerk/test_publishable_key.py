from base64 import b64encode

import pytest

from koda.adapters.clerk.publishable_key import PublishableKey
from koda.domain.model.errors import InvalidValue


def key_of(host: str, kind: str = "pk_live_") -> str:
    """A publishable key as Clerk makes it."""
    return kind + b64encode(f"{host}$".encode()).decode()


@pytest.mark.parametrize("host", ["clerk.koda.example", "calm-owl-12.clerk.accounts.dev"])
@pytest.mark.parametrize(("kind", "live"), [("pk_live_", True), ("pk_test_", False)])
def test_key_tells_the_instance(host: str, kind: str, *, live: bool) -> None:
    """The host of the Frontend API, and whether it is for production; padding may be missing."""
    text = key_of(host, kind)

    for padded in (text, text.rstrip("=")):
        key = PublishableKey.parse(padded)
        assert (key.host, key.live, key.text) == (host, live, padded)


@pytest.mark.parametrize(
    "text",
    [
        "pk_live_",
        "pk_live_!!!!",
        "pk_live_é",
        "sk_live_" + key_of("clerk.koda.example", ""),
        key_of("clerk.koda.example", ""),
        key_of("pk_live_", ""),
        key_of("localhost"),
        key_of("https://clerk.koda.example"),
        key_of("clerk.koda.example/evil"),
        key_of("clerk.koda.example; script-src *"),
        key_of("clerk.koda.example$x"),
        "pk_test_" + b64encode(b"\xff\xfe.$").decode(),
    ],
)
def test_what_is_no_key_is_refused(text: str) -> None:
    """Only a host may be in it, since pages load a script from there."""
    with pytest.raises(InvalidValue, match="pk_live_"):
        PublishableKey.parse(text)
