from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from koda.domain.model.automations import Automation, AutomationState
from koda.domain.model.changes import Change
from koda.domain.model.errors import (
    InvalidForm,
    InvalidValue,
    NotFound,
    VersionTaken,
    WrongState,
)
from koda.domain.model.events import (
    ListingApproved,
    ListingHeld,
    ListingPublished,
    ListingReinstated,
    ListingRejected,
    ListingRevised,
    ListingSuspended,
    ListingWithdrawn,
    VersionReleased,
)
from koda.domain.model.identifiers import AutomationId, UserId
from koda.domain.model.listings import Listing
from koda.domain.model.money import Money
from koda.domain.model.policy import Policy
from koda.domain.model.reviews import Review, ReviewKind
from koda.domain.model.tags import normal_tag
from koda.domain.model.validation import choice
from koda.domain.model.versions import Version
from koda.testing.examples import NOON, a_listing, a_release, an_automation

LATER = NOON + timedelta(hours=1)
COPIED = Review(ReviewKind.COPY, LATER, AutomationId("aut_2"))
STEPS: dict[str, Callable[[Automation], Change[Automation]]] = {
    "publish": lambda listing: listing.publish(LATER),
    "revise": lambda listing: listing.revise(a_listing(title="Another title"), None, LATER),
    "release": lambda listing: listing.release(a_release("1.1.0", released_at=LATER)),
    "withdraw": lambda listing: listing.withdraw(LATER),
    "suspend": lambda listing: listing.suspend(LATER, "why"),
    "reinstate": lambda listing: listing.reinstate(LATER, "why"),
    "hold": lambda listing: listing.hold(COPIED),
    "approve": lambda listing: listing.approve(LATER, "why"),
    "reject": lambda listing: listing.reject(LATER, "why"),
}
TOLD = {
    "publish": ListingPublished,
    "revise": ListingRevised,
    "release": VersionReleased,
    "withdraw": ListingWithdrawn,
    "suspend": ListingSuspended,
    "reinstate": ListingReinstated,
    "hold": ListingHeld,
    "approve": ListingApproved,
    "reject": ListingRejected,
}
ALLOWED = {
    ("published", "hold"): "in_review",
    ("in_review", "revise"): "in_review",
    ("in_review", "release"): "in_review",
    ("in_review", "withdraw"): "withdrawn",
    ("in_review", "approve"): "published",
    ("in_review", "reject"): "suspended",
    ("draft", "publish"): "published",
    ("draft", "revise"): "draft",
    ("draft", "release"): "draft",
    ("draft", "withdraw"): "withdrawn",
    ("published", "revise"): "published",
    ("published", "release"): "published",
    ("published", "withdraw"): "withdrawn",
    ("published", "suspend"): "suspended",
    ("suspended", "reinstate"): "published",
}


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("state", AutomationState)
def test_steps_are_allowed_in_their_states_alone(state: AutomationState, step: str) -> None:
    """Every step from every state: where it leads, or that it is refused."""
    automation = an_automation(state=state)
    expected = ALLOWED.get((state.value, step))

    if expected is None:
        with pytest.raises(WrongState, match=f"is {state}; you cannot {step}"):
            STEPS[step](automation)
    else:
        after, (event,) = STEPS[step](automation)
        assert (expected, LATER, automation.revision) == (
            after.state,
            after.updated_at,
            after.revision,
        )
        assert type(event) is TOLD[step]
        assert (event.id, event.occurred_at) == ("automation/aut_1/1/0", LATER)


def test_listing_begins_on_sale() -> None:
    """In one step, told under the revision that it is first kept under."""
    listed, (event,) = Automation.listed(
        AutomationId("aut_1"), UserId("user_ada"), a_listing(), a_release(), None
    )

    assert (listed.for_sale, listed.published_at) == (True, NOON)
    assert isinstance(event, ListingPublished)
    assert event.id == "automation/aut_1/0/0"


def test_a_listing_may_begin_in_review() -> None:
    """Held with its first write; a moderator publishes it, and that is the moment of it."""
    about = AutomationId("aut_1"), UserId("user_ada"), a_listing(), a_release(), None
    held, (event,) = Automation.listed(*about, COPIED)

    assert (held.state, held.review, held.published_at) == ("in_review", COPIED, None)
    assert isinstance(event, ListingHeld)
    assert (event.id, event.review) == ("automation/aut_1/0/0", "copy")
    approved = held.approve(LATER, "why").state
    assert (approved.for_sale, approved.review, approved.published_at) == (True, None, LATER)


def test_a_rejected_listing_can_be_put_back() -> None:
    """Even if it never was on sale; it waits for nobody meanwhile."""
    held = Automation.draft(
        AutomationId("aut_1"), UserId("user_ada"), a_listing(), a_release(), None
    )
    rejected = held.publish(NOON).state.hold(COPIED).state.reject(LATER, "why").state

    assert (rejected.suspended, rejected.review, rejected.held_place) == (True, None, None)
    assert rejected.reinstate(LATER, "why").state.published_at == NOON


def test_a_release_may_put_a_listing_in_review() -> None:
    """With the release, which is told first; what is in review stays as it was held first."""
    release = a_release("1.1.0", released_at=LATER)
    held, (released, event) = an_automation().release(release, COPIED)

    assert (held.state, held.latest, held.review) == ("in_review", release, COPIED)
    assert (type(released), type(event)) == (VersionReleased, ListingHeld)
    assert (released.id, event.id) == ("automation/aut_1/1/0", "automation/aut_1/1/1")
    again = held.release(a_release("1.2.0"), evolve(COPIED, since=NOON)).state
    assert again.review == COPIED
    assert held.withdraw(LATER).state.review is None


def test_draft_is_not_for_sale_until_published() -> None:
    """A draft holds its first release and no moment of publication."""
    draft = Automation.draft(
        AutomationId("aut_1"), UserId("user_ada"), a_listing(), a_release(), None
    )

    assert (draft.for_sale, draft.published_at, draft.created_at) == (False, None, NOON)
    published = draft.publish(LATER).state
    assert (published.for_sale, published.published_at) == (True, LATER)


@pytest.mark.parametrize("version", ["1.0.0", "0.9.9"])
def test_release_must_be_above_the_newest(version: str) -> None:
    """The same or a lower version is taken."""
    with pytest.raises(VersionTaken, match=f"{version} is not above 1.0.0"):
        an_automation().release(a_release(version))


def test_releases_are_found_by_version() -> None:
    """Nothing asked for means the newest; what was never released is not found."""
    automation = an_automation().release(a_release("1.1.0")).state

    assert [
        str(automation.release_of(asked).version)
        for asked in (None, Version(1, 1, 0), Version(1, 0, 0))
    ] == ["1.1.0", "1.1.0", "1.0.0"]
    with pytest.raises(NotFound, match=r"'aut_1 2.0.0'"):
        automation.release_of(Version(2, 0, 0))


def test_automation_of_another_is_not_found() -> None:
    """Who does not own it is not told that it exists."""
    automation = an_automation()

    assert automation == automation.owned_by(UserId("user_ada"))
    with pytest.raises(NotFound):
        automation.owned_by(UserId("user_bea"))


@given(st.sampled_from(AutomationState), st.sampled_from([str.upper, str.lower, str.title]))
def test_choices_are_read_in_any_case(state: AutomationState, change: Callable[[str], str]) -> None:
    """Case and outer spaces do not matter."""
    assert state is choice("state", AutomationState, f" {change(state.value)} ")


@pytest.mark.parametrize("value", ["", "sold", None, 5, ["draft"]])
def test_other_choices_are_refused_with_a_list(value: Any) -> None:
    """The refusal lists what there is."""
    with pytest.raises(InvalidValue, match="state: must be one of draft, in_review, published"):
        choice("state", AutomationState, value)


@given(st.text(max_size=40))
def test_normal_tag_is_normal(tag: str) -> None:
    """Normalising twice changes nothing more."""
    assert normal_tag(tag) == normal_tag(normal_tag(tag))


def proposed(**changes: Any) -> Listing:
    """The listing that a client proposes, with changes."""
    sent: dict[str, Any] = {
        "title": "  Post   everywhere ",
        "description": " Takes one text and\r\nposts it to every network. ",
        "price": "12.50",
        "category": "social media",
        "platform": "N8N",
        "tags": ("Posting", "", "posting", " big,  Data "),
    }
    return Listing.propose(Policy(), **(sent | changes))


def test_proposed_listing_is_tidied() -> None:
    """Spaces, line ends, case and tags become normal; the typed price becomes money."""
    assert (
        Listing(
            "Post everywhere",
            "Takes one text and\nposts it to every network.",
            Money(1250, "EUR"),
            "Social Media",
            "n8n",
            ("posting", "big data"),
        )
        == proposed()
    )


def test_every_fault_of_a_listing_is_told_at_once() -> None:
    """One refusal names all fields that are wrong."""
    with pytest.raises(InvalidForm) as refused:
        proposed(title="x", description="", price="0", category="?", platform="?", tags=["a" * 31])

    assert [problem.field for problem in refused.value.problems] == [
        "title",
        "description",
        "price",
        "category",
        "platform",
        "tags",
    ]


@pytest.mark.parametrize(
    "tags",
    [
        tuple(f"tag {n}" for n in range(11)),
        ("a", "a"),
        ("A",),
        ("a,b",),
        ("",),
        ("a" * 31,),
        ("a\0",),
        ["a"],
        ("a", 1),
    ],
)
def test_stored_tags_are_few_different_and_normal(tags: Any) -> None:
    """A listing cannot hold tags that are too many, repeated, not normal or no text."""
    with pytest.raises(InvalidValue):
        a_listing(tags=tags)


def test_ten_tags_pass() -> None:
    """The bound belongs to what is allowed."""
    assert len(proposed(tags=[f"tag {n}" for n in range(10)]).tags) == 10


def test_a_listing_that_is_held_is_no_older_than_it_was() -> None:
    """Though it waits since its release, which may be before another change."""
    revised = an_automation().revise(a_listing(title="Later"), None, LATER).state

    assert revised.hold(Review(ReviewKind.COPY, NOON)).state.updated_at == LATER
