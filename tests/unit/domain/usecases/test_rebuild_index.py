"""Writing the catalogue's index anew: what is cut off goes on, and what is due begins by itself."""

from itertools import count

import pytest

from koda.adapters.memory.automations import MemoryAutomations
from koda.adapters.memory.index_builder import MemoryIndexBuilder
from koda.domain.model.policy import Policy
from koda.domain.search.builds import LABELS_VERSION, BuildStep, IndexBuild
from koda.domain.usecases.operations.rebuild_index import RebuildIndex
from koda.testing.examples import an_automation
from koda.testing.marketplace import Marketplace

MANY = 120
"""Automations, which take three steps."""


@pytest.fixture
def builder() -> MemoryIndexBuilder:
    """Of a store of many automations."""
    automations = MemoryAutomations()
    for number in range(MANY):
        automations.add(an_automation(f"aut_{number:03}"))
    return MemoryIndexBuilder(automations)


@pytest.fixture
def rebuild(builder: MemoryIndexBuilder) -> RebuildIndex:
    """The use case over it."""
    return RebuildIndex(builder, Marketplace(Policy()).cache)


def test_progress_is_told_and_kept(rebuild: RebuildIndex, builder: MemoryIndexBuilder) -> None:
    """After each step, and at the end the version is this one's."""
    told: list[IndexBuild] = []

    build = rebuild(told=told.append)

    assert [step.listings for step in told] == [50, 100, 120]
    assert [step.target for step in told] == [LABELS_VERSION, LABELS_VERSION, None]
    assert build == told[-1] == builder.build() == IndexBuild(LABELS_VERSION, listings=MANY)


def test_what_was_cut_off_goes_on_where_it_was(
    rebuild: RebuildIndex, builder: MemoryIndexBuilder
) -> None:
    """Nothing is written twice."""
    turns = count()
    rebuild(lambda: next(turns) < 2)
    assert builder.build().due

    told: list[IndexBuild] = []
    rebuild(told=told.append)

    assert [step.listings for step in told] == [MANY]


def test_labels_of_another_version_are_due(
    rebuild: RebuildIndex, builder: MemoryIndexBuilder
) -> None:
    """A newer Koda reads words in another way, or an older one is back."""
    builder.keep(IndexBuild(LABELS_VERSION + 1))

    assert rebuild.if_due()
    assert builder.build() == IndexBuild(LABELS_VERSION, listings=MANY)


def test_labels_of_this_version_are_left_alone(
    rebuild: RebuildIndex, builder: MemoryIndexBuilder
) -> None:
    """Looking costs one read."""
    assert not rebuild.if_due()
    assert builder.build() == IndexBuild()


def test_what_was_begun_for_another_version_begins_again(
    rebuild: RebuildIndex, builder: MemoryIndexBuilder
) -> None:
    """What was written before that has other labels."""
    builder.keep(IndexBuild(1, LABELS_VERSION + 1, "aut_100", 101))

    assert rebuild() == IndexBuild(LABELS_VERSION, listings=MANY)


def test_the_catalogue_is_asked_anew_afterwards() -> None:
    """Answers that were kept may lack what is found now."""
    market = Marketplace(Policy())
    loads = iter((b"before", b"after"))
    market.cache.get_or_load("key", lambda: next(loads))

    market.rebuild_index()

    assert market.cache.get_or_load("key", lambda: next(loads)) == b"after"


def test_a_step_says_where_the_next_one_begins() -> None:
    """The version stays until the last one."""
    build = IndexBuild(1).begun().after(BuildStep("aut_7", 8))

    assert (build.place, build.listings, build.version) == ("aut_7", 8, 1)
