import pytest

from koda.entrypoints.settings.loopback import is_loopback, names_loopback


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.8.9.10",
        "::1",
        "0:0:0:0:0:0:0:1",
        "::ffff:127.0.0.1",
        "localhost",
        "LOCALHOST",
    ],
)
def test_loopback_is_told_however_it_is_written(host: str) -> None:
    """The whole of 127.0.0.0/8, ::1, and the name."""
    assert is_loopback(host)


@pytest.mark.parametrize(
    "host",
    [
        None,
        "",
        "0.0.0.0",  # noqa: S104 - told apart
        "::",
        "10.0.0.1",
        "192.168.0.1",
        "169.254.169.254",
        "::ffff:10.0.0.1",
        "koda.example",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "127.evil.example",
        "localhost.",
        "2130706433",
    ],
)
def test_everything_else_is_not(host: str | None) -> None:
    """A name may lead anywhere, and any other address is somebody else's."""
    assert not is_loopback(host)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("127.0.0.1", True),
        ("localhost:8000", True),
        ("[::1]:8000", True),
        ("evil.example", False),
        ("evil.example:80@127.0.0.1", False),
        ("127.0.0.1/evil.example", False),
        ("evil.example\\@127.0.0.1", False),
        ("::1", False),
        ("", False),
    ],
)
def test_host_header_names_the_machine_and_nothing_else(header: str, *, expected: bool) -> None:
    """A page elsewhere whose name leads here sends that name."""
    assert names_loopback(header) == expected
