from collections.abc import Iterator
from contextlib import chdir
from pathlib import Path

import pytest


@pytest.fixture
def in_empty_folder(tmp_path: Path) -> Iterator[Path]:
    """Work in an empty folder."""
    folder = tmp_path / "empty"
    folder.mkdir()
    with chdir(folder):
        yield folder
