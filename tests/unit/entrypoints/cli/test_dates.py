import pytest

from koda.entrypoints.cli.main import run


@pytest.mark.parametrize(
    ("option", "value", "complaint"),
    [
        ("--on", "1.3.2026", "is no day such as 2026-03-31"),
        ("--zone", "Berlin", "is no time zone such as Europe/Berlin"),
        ("--zone", "../etc", "is no time zone such as Europe/Berlin"),
    ],
)
def test_day_or_zone_that_is_none_is_refused(
    capsys: pytest.CaptureFixture[str], option: str, value: str, complaint: str
) -> None:
    """Before anything is opened, with what is expected."""
    assert run(["books", option, value]) == 2
    assert complaint in capsys.readouterr().err
