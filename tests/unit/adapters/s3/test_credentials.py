"""Credentials that boto3 finds by itself, in a process of its own."""

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from attrs import evolve
from botocore.credentials import RefreshableCredentials

from koda.adapters.s3.client import open_bucket
from koda.adapters.s3.files import S3Files
from koda.adapters.system.clock import now
from koda.testing.examples import a_ticket

PROGRAM = """
from koda.adapters.s3.client import open_bucket
from koda.adapters.s3.files import S3Files
from koda.adapters.system.clock import now
from koda.domain.model.errors import KodaError
from koda.testing.examples import a_ticket
try:
    files = S3Files(open_bucket("koda-files", "eu-west-1"), now)
    print(files.offer(a_ticket()).url)
except KodaError as error:
    print(type(error).__name__, error)
"""


def said(home: Path, **variables: str) -> str:
    """What the program prints where boto3 finds these variables and nothing else."""
    environ = {name: text for name, text in os.environ.items() if not name.startswith("AWS_")}
    alone = {"HOME": str(home), "AWS_EC2_METADATA_DISABLED": "true", "AWS_CONFIG_FILE": "none"}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env={**environ, **alone, **variables},
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )
    return done.stdout


def test_keys_of_the_environment_are_found(tmp_path: Path) -> None:
    """Temporary ones carry their token."""
    keys = {"AWS_ACCESS_KEY_ID": "AKIAENV", "AWS_SECRET_ACCESS_KEY": "secret"}

    url = said(tmp_path, **keys, AWS_SESSION_TOKEN="temporary")

    assert "AKIAENV" in url
    assert "X-Amz-Security-Token=temporary" in url


@pytest.mark.parametrize(
    ("variables", "problem"),
    [
        ({}, "access_key: must be set together with the secret key"),
        ({"AWS_PROFILE": "missing"}, "bucket: cannot be used"),
        ({"AWS_ACCESS_KEY_ID": "half"}, "bucket: cannot be used"),
    ],
)
def test_missing_credentials_are_told(
    tmp_path: Path, variables: dict[str, str], problem: str
) -> None:
    """The start stops with one sentence."""
    assert said(tmp_path, **variables).startswith(f"InvalidValue {problem}")


@pytest.mark.parametrize(("minutes", "renewed"), [(60, 0), (9, 1), (-1, 1)])
def test_no_link_is_signed_by_credentials_that_end_before_it(minutes: int, renewed: int) -> None:
    """Those of a role are renewed when less than ten minutes of them are left, before they sign."""
    asked: list[str] = []

    def lasting(left: int, name: str) -> dict[str, str]:
        ends_at = now() + timedelta(minutes=left)
        return {
            "access_key": name,
            "secret_key": "secret",
            "token": name,
            "expiry_time": ends_at.isoformat(),
        }

    def renew() -> dict[str, str]:
        asked.append("role")
        return lasting(60, "second")

    role = RefreshableCredentials.create_from_metadata(lasting(minutes, "first"), renew, "role")
    bucket = open_bucket("koda-files", "eu-west-1", access_key="key", secret_key="secret")
    files = S3Files(evolve(bucket, credentials=role), now)

    link = files.link(a_ticket().stored, now() + timedelta(minutes=5)).url

    assert len(asked) == renewed
    assert f"X-Amz-Security-Token={'second' if renewed else 'first'}" in link
    assert "X-Amz-Expires=300" in link
