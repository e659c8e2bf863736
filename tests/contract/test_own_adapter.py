"""What a team does to prove an adapter of its own: it subclasses one class."""

import inspect
from collections.abc import Callable

import pytest

from koda.domain.model.identifiers import PurchaseId
from koda.domain.model.purchases import Grant
from koda.testing.contracts.grants import GrantsContract


class TeamGrants:
    """A team's own adapter, which inherits nothing of Koda's."""

    def __init__(self) -> None:
        self.kept: dict[str, Grant] = {}

    def record(self, grant: Grant) -> None:
        """Keep a grant, once."""
        self.kept.setdefault(grant.id, grant)

    def of_purchase(self, purchase_id: PurchaseId) -> tuple[Grant, ...]:
        """Those of one purchase, in order."""
        found = (one for one in tuple(self.kept.values()) if one.purchase_id == purchase_id)
        return tuple(sorted(found, key=lambda one: (one.granted_at, one.id)))


class TestTeamGrants(GrantsContract):
    @pytest.fixture
    def make(self) -> type[TeamGrants]:
        """Each in its own dictionary."""
        return TeamGrants


def test_proof_of_an_adapter_takes_under_ten_lines() -> None:
    """The class above is the whole proof; with what it imports it stays below ten lines."""
    lines = inspect.getsource(TestTeamGrants).splitlines()

    assert len(lines) + len(["import pytest", "import the suite", "", ""]) < 10


class RewritingGrants(TeamGrants):
    """Lets evidence be rewritten."""

    def record(self, grant: Grant) -> None:
        """Put a grant in the place of the one of its id."""
        self.kept[grant.id] = grant


class UnorderedGrants(TeamGrants):
    """Forgets the order."""

    def of_purchase(self, purchase_id: PurchaseId) -> tuple[Grant, ...]:
        """Those of one purchase, as they came."""
        return tuple(one for one in self.kept.values() if one.purchase_id == purchase_id)


class MixingGrants(TeamGrants):
    """Finds the grants of every purchase under each."""

    def of_purchase(self, purchase_id: PurchaseId) -> tuple[Grant, ...]:
        """All that there are."""
        return tuple(self.kept.values())


SUITE = GrantsContract()


@pytest.mark.parametrize(
    ("wrong", "check"),
    [
        (RewritingGrants, SUITE.test_recording_again_changes_nothing),
        (UnorderedGrants, SUITE.test_grants_are_oldest_first_then_by_id),
        (MixingGrants, lambda make: SUITE.test_a_purchase_without_grants_has_none(make, "pur_2")),
    ],
)
def test_mistake_of_an_adapter_is_found(
    wrong: type[TeamGrants], check: Callable[[type[TeamGrants]], None]
) -> None:
    """The suite fails by the check that speaks of it, and passes without the mistake."""
    check(TeamGrants)

    with pytest.raises(AssertionError):
        check(wrong)
