"""The programs that tests run: found, or said to be missing."""

import os
import shutil
import sys
from pathlib import Path
from typing import NoReturn

import pytest


def find(name: str) -> str:
    """The path of a program beside this interpreter, or else on the path; "" if there is none."""
    beside = Path(sys.executable).with_name(name)
    return str(beside) if beside.exists() else shutil.which(name) or ""


def lack(advice: str) -> NoReturn:
    """Skip the test, saying what is missing; in CI, where nothing may be, fail it."""
    if os.environ.get("CI") == "true":
        pytest.fail(advice)
    pytest.skip(advice)
