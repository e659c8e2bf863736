"""`koda listings` of a data directory."""

import json
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from koda.adapters.sqlite.automations import SqliteAutomations
from koda.adapters.sqlite.database import Database
from koda.domain.model.errors import InvalidForm, InvalidValue
from koda.domain.model.extras import Extra
from koda.domain.search.answers import Catalogue, Facets
from koda.entrypoints.cli.listings import lines_of
from koda.entrypoints.cli.main import koda
from koda.testing.examples import a_listing, a_workflow_release, an_automation


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data directory with two listings that are for sale."""
    with closing(Database(tmp_path / "koda.sqlite")) as database:
        store = SqliteAutomations(database)
        for name, platform, level in (("mail", "n8n", "easy"), ("sheet", "Make", "hard")):
            listing = a_listing(
                title=f"Slack {name}", platform=platform, extras=(Extra("level", level),)
            )
            release = a_workflow_release("Slack", f"Google {name}", ai=len(platform) - 3)
            store.add(an_automation(f"aut_{name}", listing=listing, releases=(release,)))
    return tmp_path


def listed(data: Path, *arguments: str) -> str:
    """What `koda listings list` prints; raises what it ends with."""
    settings = {"KODA_DATA": str(data), "KODA_POLICY_EXTRAS": "level:easy|hard"}
    words = ["listings", "list", *arguments]
    run = CliRunner().invoke
    return run(koda, words, env=settings, catch_exceptions=False, standalone_mode=False).stdout


def described(data: Path, *arguments: str) -> Any:
    """The same in JSON."""
    return json.loads(listed(data, *arguments, "--json"))


def test_what_is_for_sale_is_listed_as_the_catalogue_finds_it(data: Path) -> None:
    """With what was corrected, and what has only some of the words."""
    lines = listed(data, "slakc", "mail").splitlines()

    assert lines[0].startswith("Looked for slack instead of slakc; ")
    assert lines[1:] == [
        "aut_mail  12.50 EUR  n8n  Slack mail  by A seller (user_ada)",
        "With some of the words:",
        "aut_sheet  12.50 EUR  Make  Slack sheet  by A seller (user_ada)",
    ]
    assert described(data, "slakc", "mail")["correction"] == {
        "words": [{"typed": "slakc", "meant": "slack"}],
        "instead": '"slakc" mail',
    }


def test_filters_narrow_the_list_down(data: Path) -> None:
    """In JSON with what there is in all."""
    options = ("--platform", "make", "--seller", "user_ada", "--tag", "posting")
    answer = described(data, *options, "--category", "Social Media", "--extra", "level=HARD")

    [item] = answer["items"]
    assert (item["id"], item["price"], item["extras"]) == ("aut_sheet", 1250, {"level": "hard"})
    assert (answer["total"], answer["total_exact"], answer["correction"]) == (1, True, None)
    assert not described(data, "--max-price", "12.49")["items"]
    assert described(data, "--min-price", "12.50", "--max-price", "12.50")["items"]


def test_apps_and_needs_are_filters(data: Path) -> None:
    """Several apps are looked for together."""
    for arguments, expected in (
        (("--app", "slack", "--app", "Google Mail"), ["aut_mail"]),
        (("--app", "slack", "--ai", "with"), ["aut_sheet"]),
        (("--app", "slack", "--setup", "0", "--code", "without"), ["aut_sheet", "aut_mail"]),
        (("--n8n", "2"), []),
    ):
        assert [item["id"] for item in described(data, *arguments)["items"]] == expected


def test_as_many_are_listed_as_are_asked_for(data: Path) -> None:
    """From as many pages as it takes."""
    with closing(Database(data / "koda.sqlite")) as database:
        store = SqliteAutomations(database)
        for number in range(102):
            store.add(an_automation(f"aut_{number:03}"))

    assert [len(described(data, "--most", most)["items"]) for most in ("1", "103")] == [1, 103]


def test_a_search_that_has_more_than_its_pages_says_so() -> None:
    """After the last one."""
    first, last = Catalogue((), "cursor", Facets()), Catalogue((), None, Facets(), cut=True)

    assert list(lines_of([first, last]))[-1] == "More match; add a word, or choose a filter"
    assert list(lines_of([first]))[-1] == "More match; see them with a higher --most"


@pytest.mark.parametrize(
    ("extra", "error", "told"),
    [
        ("level=so so", InvalidForm, "level: must be one of easy, hard"),
        ("colour=red", InvalidForm, "colour: is not known"),
        ("level", InvalidValue, "must be a name, an equals sign and a value"),
    ],
)
def test_what_no_filter_takes_is_refused(
    data: Path, extra: str, error: type[InvalidValue], told: str
) -> None:
    """As wrong input, with what would be right."""
    with pytest.raises(error, match=told):
        listed(data, "--extra", extra)


def test_nothing_to_list_is_said(data: Path) -> None:
    """And is no error."""
    assert listed(data, "--tag", "crm") == "Nothing that is for sale matches\n"
