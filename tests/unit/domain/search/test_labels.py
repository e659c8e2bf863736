"""The labels of a listing, and that their version follows every change of them."""

from collections.abc import Iterable
from hashlib import sha256
from typing import Any

from attrs import evolve

from koda.domain.inspection.facts.verdicts import verdicts
from koda.domain.model.automations import Automation
from koda.domain.model.extras import Extra
from koda.domain.model.file_formats import FileFormat
from koda.domain.model.reports import (
    Compatibility,
    InspectionReport,
    Uses,
    Verdict,
    WorkflowReport,
)
from koda.domain.search.builds import LABELS_VERSION
from koda.domain.search.indexing import labels_of
from koda.domain.search.needs import NEEDS, Need, Needed
from koda.testing.examples import a_listing, a_release, an_automation

TEXTS = (
    ("Fußball-Köpfe für GPT-4o & C#", "Schickt täglich ada@shop.example die Kündigungen weiter."),
    (
        "İstanbul'dan node.js",
        "\uff26\uff55\uff4c\uff4c width, e\u0301tude, ŁÓDŹ, it's 3.5 of 10,000.",
    ),
    ("送る請求書をSlackへ", "ส่งใบแจ้งหนี้ทุกวัน และ हिन्दी में रिपोर्ट भेजें, تقرير يومي"),
)
WRITTEN: dict[str, Any] = {
    "tags": ("büro", "\uff43\uff52\uff4d"),
    "extras": (Extra("place", "Büro"),),
}
WORKFLOW = WorkflowReport(
    9,
    apps=(Uses("Google Sheets", 4), Uses("Büro, Wien", 3), Uses("x", 1)),
    effects=(Uses("shell", 1),),
    configure=4,
    verdicts=(
        Verdict(1, Compatibility.FAILS),
        Verdict(2, Compatibility.CHANGES, "2.0"),
        Verdict(3, Compatibility.RUNS, "3.0"),
    ),
)
REPORTS = (
    InspectionReport(file_format=FileFormat.N8N, workflow=WORKFLOW),
    InspectionReport(file_format=FileFormat.MAKE, workflow=WorkflowReport(1, ai=1)),
    InspectionReport(file_format=FileFormat.PYTHON),
)
FINGERPRINTS = {1: "9ef302bf19ee3edc"}
"""Of the labels that these listings have, by the version of labels."""


def listings() -> tuple[Automation, ...]:
    """Listings whose words are read in every way that there is."""
    return tuple(
        an_automation(
            listing=evolve(a_listing(), title=title, description=text, **WRITTEN),
            releases=(a_release(), a_release("1.1.0", report=report)),
        )
        for (title, text), report in zip(TEXTS, REPORTS, strict=True)
    )


def test_the_version_follows_every_change_of_labels() -> None:
    """Whoever changes them raises `LABELS_VERSION`: else stores keep the labels of before."""
    labels = [sorted(labels_of(automation)) for automation in listings()]

    assert sha256(f"{labels}".encode()).hexdigest()[:16] == FINGERPRINTS[LABELS_VERSION]


def test_a_listing_is_found_by_what_its_file_tells() -> None:
    """By its apps, their words and what it needs: of the newest release alone."""
    (of_n8n, of_make, of_python) = map(labels_of, listings())

    assert {"U:google sheets", "V:google sheets,Google Sheets", "google", "sheets"} <= of_n8n
    assert {"U:buero wien", "U:buro wien", "V:buero wien,Büro Wien", "wien"} <= of_n8n
    assert needs(of_n8n) == {
        *("R:code=with", "R:ai=without", "R:setup=5", "R:setup=10"),
        *("R:n8n=2-with-changes", "R:n8n=3", "R:n8n=3-with-changes"),
    }
    assert needs(of_make) == {
        *("R:code=without", "R:ai=with"),
        *(f"R:setup={most}" for most in NEEDS[Need.SETUP]),
    }
    assert needs(of_python) == {"R:code=with"}
    assert needs(labels_of(an_automation())) == set()


def needs(labels: Iterable[str]) -> set[str]:
    """The labels of what a listing needs."""
    return {label for label in labels if label.startswith(Needed.MARK)}


def test_versions_of_n8n_are_those_of_which_verdicts_tell() -> None:
    """A later one is a choice as soon as it is known."""
    majors = [f"{verdict.major}" for verdict in verdicts([])]
    assert majors == [value for value in NEEDS[Need.N8N] if value.isdigit()]
