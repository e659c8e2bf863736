"""What `koda serve` says once the site answers."""

from attrs import evolve

from koda.entrypoints.cli.serve import welcome
from koda.entrypoints.settings.settings import Settings

SANDBOXED = Settings(sandbox_url="http://127.0.0.1:8001")
KEPT = f"Everything is kept in {SANDBOXED.data}."


def test_welcome_names_the_data_directory_where_all_is_there() -> None:
    """Listings, orders and files."""
    assert KEPT in welcome(SANDBOXED, samples=False).splitlines()


def test_welcome_promises_no_data_directory_where_services_keep_things() -> None:
    """Somebody who backs it up would save nothing of theirs."""
    for elsewhere in (evolve(SANDBOXED, store="mongo"), evolve(SANDBOXED, files="s3")):
        assert "is kept in" not in welcome(elsewhere, samples=False)
