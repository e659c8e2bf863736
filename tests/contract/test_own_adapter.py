"""What a team does to prove an adapter of its own: it subclasses one class."""

import inspect
from collections.abc import Callable

import pytest

from koda.domain.model.errors import Unavailable
from koda.domain.model.grants import Grant
from koda.domain.model.identifiers import PurchaseId
from koda.ports.grants import Grants
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
        grants = (grant for grant in tuple(self.kept.values()) if grant.purchase_id == purchase_id)
        return tuple(sorted(grants, key=lambda grant: (grant.granted_at, grant.id)))


class TestTeamGrants(GrantsContract):
    @pytest.fixture
    def make(self) -> type[TeamGrants]:
        """Each in its own dictionary."""
        return TeamGrants

    @pytest.fixture
    def again(self) -> Callable[[TeamGrants], TeamGrants]:
        """Nobody else reaches it."""
        return lambda store: store

    @pytest.fixture
    def broken(self) -> None:
        """It is never down."""


def test_proof_of_an_adapter_takes_about_ten_lines() -> None:
    """The class above is the whole proof: three fixtures of one line each, and what they say."""
    lines = inspect.getsource(TestTeamGrants).splitlines()

    assert len([line for line in lines if line and '"""' not in line]) <= 10


class RewritingGrants(TeamGrants):
    """Lets evidence be rewritten."""

    def record(self, grant: Grant) -> None:
        """Put a grant in the place of the one of its id."""
        self.kept[grant.id] = grant


class UnorderedGrants(TeamGrants):
    """Forgets the order."""

    def of_purchase(self, purchase_id: PurchaseId) -> tuple[Grant, ...]:
        """Those of one purchase, as they came."""
        return tuple(grant for grant in self.kept.values() if grant.purchase_id == purchase_id)


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


class CachingGrants(TeamGrants):
    """Reads what was there when it was opened, and then what it wrote itself."""

    def __init__(self, shared: dict[str, Grant] | None = None) -> None:
        super().__init__()
        self.shared: dict[str, Grant] = {} if shared is None else shared
        self.kept.update(self.shared)

    def record(self, grant: Grant) -> None:
        """Keep a grant, once, for others who open it later, too."""
        self.shared.setdefault(grant.id, grant)
        super().record(grant)


def test_handle_that_misses_what_another_wrote_is_told() -> None:
    """A suite with one handle passes it."""

    def again(store: Grants) -> Grants:
        return CachingGrants(store.shared) if isinstance(store, CachingGrants) else store

    SUITE.test_behaves_like_a_dictionary(CachingGrants)
    SUITE.test_another_handle_reads_and_rewrites_nothing(TeamGrants, again)
    SUITE.test_two_handles_behave_like_one(TeamGrants, again)

    with pytest.raises(AssertionError):
        SUITE.test_another_handle_reads_and_rewrites_nothing(CachingGrants, again)
    with pytest.raises(AssertionError):
        SUITE.test_two_handles_behave_like_one(CachingGrants, again)


class DownGrants(TeamGrants):
    """Says of every call that the store is down, in its own words or in Koda's."""

    def __init__(self, error: Exception, *, reads: bool = False) -> None:
        super().__init__()
        self.error, self.reads = error, reads

    def record(self, grant: Grant) -> None:
        """Fail."""
        raise self.error

    def of_purchase(self, purchase_id: PurchaseId) -> tuple[Grant, ...]:
        """Fail, unless it `reads` all the same."""
        if not self.reads:
            raise self.error
        return ()


def test_outage_that_is_not_translated_is_told() -> None:
    """So is a method that answers as if nothing was wrong."""
    check = SUITE.test_every_method_is_unavailable_while_the_backend_is_down
    check(DownGrants(Unavailable("store")))

    with pytest.raises(ConnectionError):
        check(DownGrants(ConnectionError("refused")))
    with pytest.raises(AssertionError):
        check(DownGrants(Unavailable("store"), reads=True))
