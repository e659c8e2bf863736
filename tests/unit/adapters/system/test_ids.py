from itertools import pairwise

from ulid import ULID

from koda.adapters.system.ids import SortableIds


def test_id_tells_when_it_was_made() -> None:
    """What follows the prefix is a ULID of the machine's time."""
    made = SortableIds(lambda: 1_772_366_400_123)("ord")

    assert ULID.from_str(made.removeprefix("ord_")).milliseconds == 1_772_366_400_123


def test_ids_sort_though_the_clock_is_set_back() -> None:
    """A machine whose time is corrected still makes ids in order."""
    times = iter([5, 5, 3, 1, 5, 6, 2])
    ids = SortableIds(lambda: next(times))

    assert all(earlier < later for earlier, later in pairwise([ids("a") for _ in range(7)]))


def test_processes_forked_at_one_moment_part() -> None:
    """Two makers in the same state and millisecond do not follow the same course."""
    first, other = SortableIds(lambda: 5), SortableIds(lambda: 5)
    first("a")
    other._last = first._last = 6 << 80

    assert first("a") != other("a")
