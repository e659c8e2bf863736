import json
from functools import partial

import pytest
from attrs import evolve

from koda.domain.model.audit import AuditAction, AuditOutcome
from koda.domain.model.automations import Automation, AutomationState
from koda.domain.model.errors import (
    Forbidden,
    InvalidValue,
    NotForSale,
    NotFound,
    StaleWrite,
    WrongState,
)
from koda.domain.model.identifiers import AutomationId
from koda.domain.model.notices import ListingNotice, Moderation
from koda.domain.model.people import Principal
from koda.domain.model.roles import Role
from koda.domain.search.catalogue import Search
from koda.domain.usecases.moderation.find_copies import FindCopies
from koda.domain.usecases.selling.release_version import NewRelease
from koda.domain.usecases.selling.revise_automation import Revision
from koda.testing.contracts.running import at_once
from koda.testing.examples import NOON, WORKFLOW
from koda.testing.marketplace import Marketplace

WHY = "It is theirs."
IN_REVIEW, PUBLISHED = AutomationState.IN_REVIEW, AutomationState.PUBLISHED


def flow(kind: str = "set", *, name: str = "Step", steps: int = 4) -> bytes:
    """A workflow of n8n with steps of a kind, which are called so."""
    nodes = [
        {"name": f"{name} {number}", "type": f"n8n-nodes-base.{kind}", "parameters": {"n": number}}
        for number in range(steps)
    ]
    return json.dumps({"nodes": nodes, "connections": {}}).encode()


@pytest.fixture
def eve(market: Marketplace) -> Principal:
    """Another seller."""
    return market.ready_seller("eve")


@pytest.fixture
def moe(market: Marketplace) -> Principal:
    """A moderator."""
    return market.person("moe", Role.MODERATOR)


@pytest.fixture
def original(market: Marketplace, ada: Principal) -> Automation:
    """Ada's listing, which is on sale."""
    return market.list_automation(ada, content=flow())


@pytest.fixture
def copy(market: Marketplace, eve: Principal, original: Automation) -> Automation:
    """Eve's listing of Ada's file with other names."""
    assert original.for_sale
    return market.list_automation(eve, content=flow(name="Mine"), title="My own work")


def release(market: Marketplace, seller: Principal, item: Automation, content: bytes) -> Automation:
    """The listing with a next version of its file."""
    major = item.latest.version.major + 1
    upload = market.upload(seller, content)
    new = NewRelease(version=f"{major}.0.0", artifact=upload)
    return market.release_version(seller, item.id, new)


def test_a_copy_is_in_review_instead_of_on_sale(
    market: Marketplace, bea: Principal, original: Automation, copy: Automation
) -> None:
    """With the listing that it is like; nobody finds it, sees it or buys it."""
    assert copy.review is not None
    assert (copy.state, copy.review.other, copy.published_at) == (IN_REVIEW, original.id, None)
    assert market.browse_catalogue(Search(q="My own work")).entries == ()
    with pytest.raises(NotFound):
        market.view_automation(bea, copy.id)
    with pytest.raises(NotForSale):
        market.order(bea, copy)


def test_its_seller_and_moderators_see_it(
    market: Marketplace, eve: Principal, moe: Principal, copy: Automation
) -> None:
    """Nobody else does."""
    assert market.view_automation(eve, copy.id).own
    assert market.view_automation(moe, copy.id).automation == copy


@pytest.mark.parametrize("content", [WORKFLOW, flow(steps=3), flow("if")])
def test_what_is_small_or_different_is_no_copy(
    market: Marketplace, ada: Principal, eve: Principal, content: bytes
) -> None:
    """Of fewer than four steps, even byte for byte; and of steps of another kind."""
    market.list_automation(ada, content=content if b'"if' not in content else flow())
    market.list_automation(ada, content=content)

    assert market.list_automation(ada, content=content).for_sale
    if b"base.if" not in content:
        assert market.list_automation(eve, content=content).for_sale


def test_ones_own_file_is_no_copy(
    market: Marketplace, ada: Principal, original: Automation
) -> None:
    """Listed twice, and released again."""
    assert market.list_automation(ada, content=flow()).for_sale
    assert release(market, ada, original, flow(name="Renamed")).for_sale


def test_who_has_a_file_on_sale_lists_it_again_though_others_copied_it(
    market: Marketplace, ada: Principal, eve: Principal, moe: Principal, copy: Automation
) -> None:
    """Whose listing it is, and whoever was allowed to sell it; in review it is not on sale."""
    assert market.list_automation(ada, content=flow()).state is PUBLISHED
    assert market.list_automation(eve, content=flow()).state is IN_REVIEW
    market.decide_review(moe, copy.id, WHY, approved=True)
    assert market.list_automation(eve, content=flow(name="Again")).state is PUBLISHED


def test_a_submission_that_was_cut_off_is_looked_at_when_it_comes_again(
    market: Marketplace, ada: Principal, eve: Principal
) -> None:
    """Another seller listed the file at the same moment, and nobody looked after that."""
    artifact = market.upload(eve, flow())
    made = market.list_automation(eve, artifact=artifact)
    market.automations.add(evolve(made, id=AutomationId("aut_twin"), seller_id=ada.user_id))

    assert market.list_automation(eve, artifact=artifact).state is IN_REVIEW


def test_a_cleaned_file_is_a_copy_of_its_original(
    market: Marketplace, ada: Principal, eve: Principal
) -> None:
    """Whoever insisted on the original, and whichever of the two came first."""
    for first, then in ((False, True), (True, False)):
        content = flow(f"set{first}").replace(b'"n": 3', b'"n": "Ask anna@shop-berg.de"')
        assert market.list_automation(ada, content=content, redact=first).for_sale

        for redact in (then, first):
            held = market.list_automation(eve, content=content, redact=redact)
            assert held.state is IN_REVIEW


def test_nobody_decides_about_a_listing_of_their_own(
    market: Marketplace, eve: Principal, moe: Principal, copy: Automation
) -> None:
    """Neither whether it goes on sale nor whether it comes back, once it was rejected."""
    trusted = evolve(eve, roles=frozenset({Role.MODERATOR}))
    for approved in (True, False):
        with pytest.raises(Forbidden, match="your own"):
            market.decide_review(trusted, copy.id, WHY, approved=approved)
    market.decide_review(moe, copy.id, WHY, approved=False)
    with pytest.raises(Forbidden, match="your own"):
        market.moderate_automation(trusted, copy.id, WHY, suspended=False)
    assert market.automations.get(copy.id).suspended


def test_scripts_are_copies_byte_for_byte(
    market: Marketplace, ada: Principal, eve: Principal
) -> None:
    """Unless they are short."""
    script = b"import json\nprint(json.dumps({}))\n" * 10
    list_script = partial(market.list_automation, platform="Python")
    assert list_script(ada, content=script).for_sale

    assert list_script(eve, content=script).state is IN_REVIEW
    assert list_script(eve, content=script + b"\n").for_sale
    assert list_script(eve, content=b"import json\n").for_sale


def test_withdrawn_and_suspended_listings_have_copies_too(
    market: Marketplace, ada: Principal, eve: Principal, moe: Principal, original: Automation
) -> None:
    """Their buyers have them still."""
    other = market.list_automation(ada, content=flow("if"))
    market.withdraw_automation(ada, original.id)
    market.moderate_automation(moe, other.id, WHY, suspended=True)

    assert market.list_automation(eve, content=flow()).state is IN_REVIEW
    assert market.list_automation(eve, content=flow("if")).state is IN_REVIEW


def test_a_release_that_is_a_copy_takes_a_listing_off_sale(
    market: Marketplace, eve: Principal, bea: Principal, original: Automation
) -> None:
    """Its buyers keep their downloads; what was open to be paid is closed."""
    item = market.list_automation(eve, content=flow("if"))
    market.pay(market.order(bea, item))
    open_order = market.order(market.person("zoe"), item)
    held = release(market, eve, item, flow())

    assert held.review is not None
    assert (held.state, held.review.other) == (IN_REVIEW, original.id)
    assert market.authorize_download(bea, item.id).url
    assert market.orders.get(open_order.id).state.value == "expired"


def test_what_is_in_review_stays_so_whatever_is_released(
    market: Marketplace, eve: Principal, copy: Automation
) -> None:
    """Until a moderator decides; its seller may take it back."""
    released = release(market, eve, copy, flow("if"))

    assert (released.state, released.review) == (IN_REVIEW, copy.review)
    assert market.withdraw_automation(eve, copy.id).review is None


def test_what_was_approved_is_not_held_for_the_same_file(
    market: Marketplace, eve: Principal, moe: Principal, copy: Automation
) -> None:
    """It is on sale, as the seller is told; the audit log has the reason."""
    approved = market.decide_review(moe, copy.id, WHY, approved=True)

    assert (approved.state, approved.review) == (PUBLISHED, None)
    assert release(market, eve, approved, flow(name="Renamed")).for_sale
    (notice,) = [sent for sent in market.notices.sent if isinstance(sent, ListingNotice)]
    assert (notice.user_id, notice.done, notice.reason) == (
        eve.user_id,
        Moderation.APPROVED,
        WHY,
    )
    (entry,) = market.audit_log.entries(9).items
    assert (entry.action, entry.reason, entry.outcome) == (
        AuditAction.APPROVE_LISTING,
        WHY,
        AuditOutcome.DONE,
    )


def test_a_decision_is_about_the_files_that_were_looked_at(
    market: Marketplace, eve: Principal, moe: Principal, copy: Automation
) -> None:
    """What was released meanwhile is to be looked at first."""
    release(market, eve, copy, flow("if"))
    with pytest.raises(StaleWrite):
        market.decide_review(moe, copy.id, WHY, approved=True, seen="1.0.0")

    assert market.decide_review(moe, copy.id, WHY, approved=True, seen="2.0.0").for_sale


def test_what_was_rejected_is_suspended(
    market: Marketplace, eve: Principal, moe: Principal, copy: Automation
) -> None:
    """The seller is told why; it can be put back as anything that is suspended."""
    market.decide_review(moe, copy.id, WHY, approved=False)

    assert market.view_automation(eve, copy.id).automation.suspended
    (notice,) = [sent for sent in market.notices.sent if isinstance(sent, ListingNotice)]
    assert notice.done is Moderation.REJECTED
    assert market.moderate_automation(moe, copy.id, WHY, suspended=False).published_at == NOON


def test_moderators_see_what_waits(
    market: Marketplace, moe: Principal, original: Automation, copy: Automation
) -> None:
    """That which waits longest first, and each beside the listing that it is like."""
    assert market.view_reviews(moe).page.items == (copy,)
    assert market.view_reviews.count(moe).number == 1
    view = market.view_review(moe, copy.id)
    assert (view.automation, view.other) == (copy, original)
    assert set(view.people) <= {copy.seller_id, original.seller_id}


def test_only_what_is_in_review_is_decided_and_by_moderators_alone(
    market: Marketplace, eve: Principal, moe: Principal, original: Automation, copy: Automation
) -> None:
    """With a reason."""
    for step in (market.view_reviews, market.view_reviews.count):
        with pytest.raises(Forbidden):
            step(eve)
    with pytest.raises(Forbidden):
        market.view_review(eve, copy.id)
    with pytest.raises(Forbidden):
        market.decide_review(eve, copy.id, WHY, approved=True)
    with pytest.raises(NotFound):
        market.view_review(moe, original.id)
    with pytest.raises(WrongState):
        market.decide_review(moe, original.id, WHY, approved=True)
    with pytest.raises(InvalidValue):
        market.decide_review(moe, copy.id, "", approved=True)


def test_of_two_who_list_the_same_at_once_one_is_in_review(
    market: Marketplace, ada: Principal, eve: Principal
) -> None:
    """At least; both are there."""
    listed = at_once(
        partial(market.list_automation, seller, content=flow()) for seller in (ada, eve)
    )

    kept = [market.automations.get(item.id) for item in listed if isinstance(item, Automation)]
    assert len(kept) == 2
    assert IN_REVIEW in {item.state for item in kept}


def test_a_copy_that_came_meanwhile_is_seen_once_a_listing_is_written(
    market: Marketplace, ada: Principal, eve: Principal, original: Automation
) -> None:
    """Even if somebody saves that at the same moment."""
    find = FindCopies(market.automations, market.clock)
    assert find.hold(original) == original
    twin = evolve(original, id=AutomationId("aut_twin"), seller_id=eve.user_id)
    market.automations.add(twin)
    market.revise_automation(ada, original.id, Revision(title="Saved meanwhile"))

    held = find.hold(original)
    assert held.review is not None
    assert (held.state, held.review.other) == (IN_REVIEW, twin.id)
    assert (held.listing.title, held.revision) == ("Saved meanwhile", 2)
