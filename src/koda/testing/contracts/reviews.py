"""What every adapter of `Automations` does about copies, and what waits for a moderator."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from attrs import evolve

from koda.domain.model.automations import Automation
from koda.domain.model.identifiers import AutomationId, UserId
from koda.domain.model.reports import InspectionReport
from koda.domain.model.reviews import Review, ReviewKind
from koda.ports.automations import Automations
from koda.testing.contracts.running import NOWHERE, at_once, walk
from koda.testing.examples import NOON, a_release, an_automation

_Make = Callable[[], Automations]

_ADA = UserId("user_ada")
_EVE = UserId("user_eve")


def marked(automation_id: str, *marks: str, seller_id: UserId = _ADA) -> Automation:
    """An automation with a release for each mark, whose fingerprint is made of it."""
    reports = [InspectionReport(fingerprint=_mark(mark)) for mark in marks]
    made = tuple(a_release(f"1.{minor}.0", report=report) for minor, report in enumerate(reports))
    return an_automation(automation_id, seller_id=seller_id, releases=made)


def _filled(store: Automations, *automations: Automation) -> Automations:
    for automation in automations:
        store.add(automation)
    return store


def _mark(mark: str) -> str:
    return mark * 64


def held(number: int, since: datetime) -> Automation:
    """An automation that waits for a moderator."""
    review = Review(ReviewKind.COPY, since)
    return an_automation(f"aut_{number}").hold(review).state


class ReviewsContract:
    """A part of `AutomationsContract`."""

    def test_another_sellers_release_of_one_fingerprint_is_alike(self, make: _Make) -> None:
        """Of any release and in any state, of several the one of the lowest id; never one's own."""
        first, second = marked("aut_1", "a", "b"), marked("aut_2", "b", seller_id=_EVE)
        store = _filled(make(), second, first.withdraw(NOON).state, marked("aut_3", ""))

        asked = [store.alike(_mark(mark), seller) for mark in "abc" for seller in (_ADA, _EVE)]
        assert asked == [None, "aut_1", "aut_2", "aut_1", None, None]
        assert store.alike(_mark("b"), UserId("user_bea")) == "aut_1"
        assert store.alike("", _EVE) is None
        assert store.alike(NOWHERE[-1], _EVE) is None

    def test_a_release_that_is_saved_is_alike(self, make: _Make) -> None:
        """From then on."""
        store = _filled(make(), marked("aut_1", "a"))
        two = marked("aut_1", "a", "b").releases

        assert store.alike(_mark("b"), _EVE) is None
        store.save(evolve(store.get(AutomationId("aut_1")), releases=two))
        assert store.alike(_mark("b"), _EVE) == "aut_1"
        assert store.alike(_mark("a"), _EVE) == "aut_1"

    def test_of_two_who_add_the_same_at_once_one_sees_the_other(self, make: _Make) -> None:
        """Each adds first and then looks; no order of the four steps hides both."""
        store = make()

        def add_then_look(number: int, seller_id: UserId) -> AutomationId | None:
            store.add(marked(f"aut_{number}", "a", seller_id=seller_id))
            return store.alike(_mark("a"), seller_id)

        seen = at_once(partial(add_then_look, *pair) for pair in enumerate((_ADA, _EVE), 1))
        assert {"aut_1", "aut_2"} & set(seen)
        assert {None, "aut_1", "aut_2"} >= set(seen)

    def test_what_waits_longest_is_reviewed_first(self, make: _Make) -> None:
        """Then by id; what was decided waits no more."""
        store = _filled(make(), *(held(number, NOON) for number in (3, 1)), an_automation("aut_4"))
        _filled(store, held(2, NOON - timedelta(days=1)), held(5, NOON))

        for limit in (1, 2, 3, 4, 5):
            items = walk(partial(store.in_review, limit), limit)
            assert [item.id for item in items] == ["aut_2", "aut_1", "aut_3", "aut_5"]
        store.save(*store.get(AutomationId("aut_1")).approve(NOON, "why"))
        store.save(*store.get(AutomationId("aut_2")).reject(NOON, "why"))
        assert [item.id for item in store.in_review(9).items] == ["aut_3", "aut_5"]
