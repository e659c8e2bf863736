"""The labels of a listing, and that their version follows every change of them."""

from hashlib import sha256
from typing import Any

from attrs import evolve

from koda.domain.model.automations import Automation
from koda.domain.model.extras import Extra
from koda.domain.search.builds import LABELS_VERSION
from koda.domain.search.indexing import labels_of
from koda.testing.examples import a_listing, an_automation

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
FINGERPRINTS = {1: "7d85343ca4f27d57"}
"""Of the labels that these listings have, by the version of labels."""


def listings() -> tuple[Automation, ...]:
    """Listings whose words are read in every way that there is."""
    return tuple(
        an_automation(listing=evolve(a_listing(), title=title, description=text, **WRITTEN))
        for title, text in TEXTS
    )


def test_the_version_follows_every_change_of_labels() -> None:
    """Whoever changes them raises `LABELS_VERSION`: else stores keep the labels of before."""
    labels = [sorted(labels_of(automation)) for automation in listings()]

    assert sha256(f"{labels}".encode()).hexdigest()[:16] == FINGERPRINTS[LABELS_VERSION]
