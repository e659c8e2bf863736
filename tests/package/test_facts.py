"""The data files of facts are what their tools write, and say what is true of each other."""

import json
from importlib.resources import files
from typing import Any

import pytest

from tools.n8n_facts import Line, Version, line_with, written

FOLDER = files("koda.domain.inspection.facts")


def facts(name: str) -> Any:
    """What a data file holds."""
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def test_facts_are_written_as_their_tool_writes_them() -> None:
    """Nobody changed a file by hand, and no refresh changes what is the same."""
    text = (FOLDER / "n8n.json").read_text(encoding="utf-8")

    assert written(json.loads(text)) == text


def test_rules_name_types_and_titles_that_are_known() -> None:
    """A type that is written wrong would never be met."""
    types = facts("n8n")["types"]
    titles = {described["name"] for described in types.values()} | {"SerpApi"}
    rules = facts("n8n_rules")["rules"]

    assert {name for rule in rules for name in rule["types"]} - {*types} == {
        "*",
        "unverified",
        "workflow",
    }
    assert {title for rule in rules for title in rule.get("instead", ())} <= titles


def test_services_share_no_host() -> None:
    """A host is of one service."""
    hosts = [host for ends in facts("services").values() for host in ends]

    assert len(set(hosts)) == len(hosts)


@pytest.mark.parametrize(
    ("version", "line"),
    [
        ((1, 70, 0), (1, 72)),
        ((1, 74, 0), (1, 74)),
        ((1, 80, 0), (1, 82)),
        ((1, 81, 0), (1, 82)),
        ((2, 0, 0), None),
    ],
)
def test_line_of_n8n_follows_from_its_neighbours(version: Version, line: Line | None) -> None:
    """Where they count alike; else it is the next that is known, and none behind the last."""
    brought: dict[Version, Version] = {
        (1, 72, 1): (1, 72, 0),
        (1, 76, 1): (1, 76, 0),
        (1, 82, 0): (1, 81, 0),
    }

    assert line_with(version, brought) == line
