from contextlib import chdir
from pathlib import Path

import pytest

from tests.docs import blocks


@pytest.mark.parametrize("path", blocks.documents(), ids=blocks.name_of)
def test_every_block_of_a_document_runs(path: Path, tmp_path: Path) -> None:
    """What a document shows works, from its first block to its last."""
    with chdir(tmp_path):
        for example in blocks.parse(path):
            example.evaluate()
