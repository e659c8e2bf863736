"""What every maker of identifiers does."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pytest

from koda.domain.model.identifiers import OrderId
from koda.ports.ids import Ids
from koda.testing.examples import an_order

MANY = 5000


class IdsContract:
    """Subclass it, with a fixture `make` that returns a function which makes an `Ids`."""

    @pytest.mark.parametrize("prefix", ["ord", "upl", "x"])
    def test_id_is_its_prefix_and_letters_and_digits(
        self, make: Callable[[], Ids], prefix: str
    ) -> None:
        """An id says what it names, and needs no escaping anywhere."""
        before, _, behind = make()(prefix).partition("_")

        assert before == prefix
        assert behind.isascii()
        assert behind.isalnum()

    def test_id_is_one_that_entities_take(self, make: Callable[[], Ids]) -> None:
        """The domain accepts it."""
        made = make()("ord")

        assert an_order(id=OrderId(made)).id == made

    def test_each_id_sorts_behind_the_one_before(self, make: Callable[[], Ids]) -> None:
        """The order of making is the order of text, within one millisecond, too."""
        ids = make()

        assert all(earlier < later for earlier, later in pairwise(ids("ord") for _ in range(MANY)))

    def test_threads_never_get_the_same_id(self, make: Callable[[], Ids]) -> None:
        """No two threads draw the same id, and each draws its own in order."""
        ids = make()

        with ThreadPoolExecutor(8) as threads:
            drawn = list(threads.map(lambda _: [ids("ord") for _ in range(500)], range(8)))

        assert len({drawn_id for part in drawn for drawn_id in part}) == 4000
        assert all(part == sorted(part) for part in drawn)
