from collections.abc import Callable

import pytest

from koda.adapters.memory.pictures import MemoryPictures
from koda.adapters.pillow.pictures import PillowPictures
from koda.ports.pictures import Pictures
from koda.testing.contracts.pictures import PicturesContract, TakingPicturesContract


class TestMemoryPictures(PicturesContract):
    @pytest.fixture
    def make(self) -> Callable[[], Pictures]:
        """No pictures are taken."""
        return MemoryPictures


class TestPillowPictures(TakingPicturesContract):
    @pytest.fixture
    def make(self) -> Callable[[], Pictures]:
        """Pillow makes them."""
        return PillowPictures
