"""Random histories of automations, compared with a plain dictionary."""

from functools import partial

import pytest
from attrs import evolve
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    rule,
)

from koda.domain.model.automations import Automation
from koda.domain.model.errors import AlreadyExists, StaleWrite
from koda.domain.model.identifiers import AutomationId, UserId
from koda.ports.automations import Automations
from koda.testing.contracts.catalogues import similar_automations
from koda.testing.contracts.running import (
    assert_same,
    walk,
)


class AutomationsMachine(RuleBasedStateMachine):
    """Automations beside a dictionary of what they should hold."""

    seen: Bundle[Automation] = Bundle("seen")

    def __init__(self, store: Automations) -> None:
        super().__init__()
        self.store = store
        self.kept: dict[str, Automation] = {}
        self.ever: list[Automation] = []

    @rule(target=seen, automation=similar_automations())
    def add(self, automation: Automation) -> Automation:
        """Add one, which is refused if its id is taken."""
        self.ever.append(automation)
        if automation.id in self.kept:
            with pytest.raises(AlreadyExists):
                self.store.add(automation)
        else:
            self.store.add(automation)
            self.kept[automation.id] = automation
        return automation

    @rule(target=seen, base=seen, following=similar_automations())
    def save(self, base: Automation, following: Automation) -> Automation:
        """Save a next state of what was seen once, which is refused if it is stale."""
        self.ever.append(following)
        wanted = evolve(following, id=base.id, revision=base.revision)
        current = self.kept.get(base.id)
        if current is None or current.revision != base.revision:
            with pytest.raises(StaleWrite):
                self.store.save(wanted)
            return base
        self.kept[base.id] = evolve(wanted, revision=base.revision + 1)
        assert_same(self.kept[base.id], self.store.save(wanted))
        return self.kept[base.id]

    @rule(limit=st.integers(1, 3), seller_id=st.sampled_from(["user_1", "user_2"]))
    def of_seller(self, limit: int, seller_id: str) -> None:
        """Read a seller's own, page by page."""
        seller = UserId(seller_id)
        own = [automation for automation in self.kept.values() if automation.seller_id == seller]
        own.sort(key=lambda automation: (automation.created_at, automation.id), reverse=True)
        read = partial(self.store.of_seller, seller, limit)
        assert own == walk(read, limit)

    @invariant()
    def everything_is_kept(self) -> None:
        """Nothing is lost and nothing appears."""
        asked = [AutomationId(f"aut_{number}") for number in range(1, 7)]
        assert self.kept == dict(self.store.some(asked))
        seen = {key for automation in self.ever for key in automation.file_keys}
        used = {key for automation in self.kept.values() for key in automation.file_keys}
        assert used == self.store.files_in_use(seen)

    @invariant()
    def what_is_in_review_is_listed(self) -> None:
        """That which waits longest first."""
        reviewed = ((kept.review, kept.id) for kept in self.kept.values())
        waiting = sorted((review.since, identity) for review, identity in reviewed if review)
        listed = walk(partial(self.store.in_review, 2), 2)
        assert [identity for _, identity in waiting] == [automation.id for automation in listed]
