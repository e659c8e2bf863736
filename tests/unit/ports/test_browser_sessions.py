import pytest

from koda.domain.model.errors import InvalidValue
from koda.ports.browser_sessions import BrowserScript


@pytest.mark.parametrize(
    "sources",
    [
        {"default": ("'self'",)},
        {"script-src": ("'self'",)},
        {"base": ("'self'",)},
        {"script": ("*",)},
        {"script": ("https:",)},
        {"script": ("'unsafe-eval'",)},
        {"script": ("https://*.example",)},
        {"script": ("https://a.example; form-action *",)},
        {"script": ("https://a.example https://b.example",)},
        {"script": ("https://a.example/path",)},
        {"script": ("",)},
    ],
    ids=str,
)
def test_script_asks_for_no_more_than_named_sources(sources: dict[str, tuple[str, ...]]) -> None:
    """Whatever an adapter says, the policy of the pages stays one."""
    with pytest.raises(InvalidValue, match="Content-Security-Policy"):
        BrowserScript(b"", sources=sources)


def test_script_names_what_it_loads() -> None:
    """Origins, and the few keywords that a script may need."""
    script = BrowserScript(
        b"",
        sources={
            "script": ("https://a.example:8443", "http://[::1]:8000"),
            "style": ("'unsafe-inline'",),
            "worker": ("'self'", "blob:"),
            "img": ("data:",),
        },
    )

    assert set(script.sources) == {"script", "style", "worker", "img"}


def test_fingerprint_tells_sources_apart() -> None:
    """Browsers keep the script under an address that holds it."""
    assert BrowserScript(b"a").fingerprint == BrowserScript(b"a", {"x": "y"}).fingerprint
    assert BrowserScript(b"a").fingerprint != BrowserScript(b"b").fingerprint
