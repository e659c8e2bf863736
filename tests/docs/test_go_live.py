"""What the way to production says is what the code needs."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from koda.adapters.stripe.probe import CONNECT_EVENTS, PLATFORM_EVENTS
from koda.domain.model.errors import InvalidValue
from koda.entrypoints.backends.chosen import check, is_shared
from koda.entrypoints.backends.probe import FAR, NEAR
from koda.entrypoints.environment.loading import load_settings, variables, without_settings
from koda.entrypoints.web.form_limits import most_bytes
from tests.docs import blocks
from tests.support.strong import STRONG

PAGE = blocks.ROOT / "docs" / "how-to" / "go-live.md"
TEXT = PAGE.read_text(encoding="utf-8")


def test_every_setting_is_spoken_of() -> None:
    """Whoever goes through the page has seen all variables."""
    spoken_of = set(re.findall(r"\bKODA_[A-Z0-9_]+\b", TEXT))

    assert [variable.name for variable in variables() if variable.name not in spoken_of] == []


def test_the_file_of_variables_makes_a_live_marketplace(tmp_path: Path) -> None:
    """As a shell reads it, nothing in it is missing, misspelt or contradicts the rest."""
    (written,) = re.findall(r"<!-- file: koda\.env -->\n```text\n(.*?)```", TEXT, re.DOTALL)
    (tmp_path / "koda.env").write_text(written, encoding="utf-8")
    shown = subprocess.run(
        ["/bin/bash", "-ec", "set -a; . ./koda.env; env -0"],
        cwd=tmp_path,
        env=without_settings(os.environ),
        capture_output=True,
        text=True,
        check=True,
    )
    environ = dict(line.split("=", 1) for line in shown.stdout.split("\0") if line)

    with pytest.raises(InvalidValue, match="KODA_SECRET: is a sample of the documents"):
        check(load_settings(environ))
    settings = check(load_settings(environ | {"KODA_SECRET": STRONG}))

    assert settings.live
    assert is_shared(settings)
    assert not settings.sandboxed
    chosen = (settings.store, settings.files, settings.cache)
    assert chosen == ("mongo", "s3", "redis")


@pytest.mark.parametrize(
    ("address", "events"),
    [("/webhooks/stripe", PLATFORM_EVENTS), ("/webhooks/stripe-connect", CONNECT_EVENTS)],
)
def test_endpoints_listen_to_what_the_adapter_follows(address: str, events: frozenset[str]) -> None:
    """No type of event is missing, and none is there for nothing."""
    (row,) = re.findall(rf"\| `https://koda\.example{address}` \|(.*)\|\n", TEXT)

    assert {event for event in re.findall(r"`([a-z_.]+)`", row) if "." in event} == events


def test_figures_are_the_code_s() -> None:
    """The size of bodies that a proxy must let through, and how often backends are asked."""
    largest = most_bytes(load_settings({}).policy) // 1024**2

    assert f"let bodies of {largest} MiB through" in TEXT
    assert f"client_max_body_size {largest}m;" in TEXT
    assert f"at most every {NEAR:g} seconds a process" in TEXT
    assert "at most once a minute a process" in TEXT
    assert FAR == 60
