from koda.domain.model.automations import AutomationState
from koda.domain.model.people import Principal
from koda.domain.model.roles import Role
from koda.domain.usecases.selling.release_version import NewRelease
from koda.testing.marketplace import Marketplace
from tests.e2e.pages.conftest import Site, text_of

SCRIPT = b"import json\nprint(json.dumps({}))\n" * 10


def test_a_moderator_compares_and_decides(
    site: Site, market: Marketplace, seller: Principal
) -> None:
    """From the list to both listings; the seller reads why it waits."""
    eve = market.ready_seller("eve")
    original = market.list_automation(seller, platform="Python", content=SCRIPT, title="The first")
    copy = market.list_automation(eve, platform="Python", content=SCRIPT, title="The second")
    twin = market.list_automation(eve, platform="Python", content=SCRIPT, title="The third")
    moe = site.browser(market.person("moe", Role.MODERATOR))

    own = text_of(site.browser(eve).get(f"/automations/{copy.id}"))
    assert "in review" in own
    assert "Its file is the same as that of another listing, The first" in own
    assert "in review" in text_of(site.browser(eve).get("/selling"))
    assert "Review this listing" in text_of(moe.get(f"/automations/{copy.id}"))
    assert "The second" in text_of(moe.get("/admin/reviews"))
    shown = text_of(moe.get(f"/admin/reviews/{copy.id}"))
    assert all(title in shown for title in ("The first", "The second", "user_eve"))

    assert moe.post(f"/admin/reviews/{copy.id}/approve", reason="").status_code == 422
    assert moe.post(f"/admin/reviews/{copy.id}/approve", reason="Hers.").status_code == 303
    assert moe.post(f"/admin/reviews/{twin.id}/reject", reason="Not hers.").status_code == 303
    states = [market.automations.get(item.id).state for item in (original, copy, twin)]
    assert states == [
        AutomationState.PUBLISHED,
        AutomationState.PUBLISHED,
        AutomationState.SUSPENDED,
    ]
    assert "Nothing waits" in text_of(moe.get("/admin/reviews"))


def test_who_decides_second_is_told(site: Site, market: Marketplace, seller: Principal) -> None:
    """The form of a listing that another moderator has decided about leads back to the list."""
    eve = market.ready_seller("eve")
    market.list_automation(seller, platform="Python", content=SCRIPT)
    copy = market.list_automation(eve, platform="Python", content=SCRIPT)
    moe = site.browser(market.person("moe", Role.MODERATOR))
    place = f"/admin/reviews/{copy.id}"
    moe.post(f"{place}/approve", reason="Hers.")

    late = moe.follow(moe.post(f"{place}/reject", page="/admin/reviews", reason="Not hers."))
    assert late.request.path == "/admin/reviews"
    assert "no longer in review" in text_of(late)
    assert market.automations.get(copy.id).state is AutomationState.PUBLISHED


def test_what_is_released_meanwhile_is_looked_at_first(
    site: Site, market: Marketplace, seller: Principal
) -> None:
    """A decision is about the files that were shown: the form comes again with the new one."""
    eve = market.ready_seller("eve")
    market.list_automation(seller, platform="Python", content=SCRIPT)
    copy = market.list_automation(eve, platform="Python", content=SCRIPT)
    moe = site.browser(market.person("moe", Role.MODERATOR))
    place = f"/admin/reviews/{copy.id}"
    upload = market.upload(eve, SCRIPT * 2, "other.py")
    market.release_version(eve, copy.id, NewRelease(version="2.0.0", artifact=upload))

    late = moe.post(f"{place}/approve", reason="Hers.", seen="1.0.0")
    assert late.status_code == 409
    assert "was changed meanwhile" in text_of(late)
    assert 'name="seen" value="2.0.0"' in late.text
    assert moe.post(f"{place}/approve", reason="Hers.", seen="2.0.0").status_code == 303


def test_a_seller_is_told_nothing_of_a_listing_that_is_not_public(
    site: Site, market: Marketplace, seller: Principal
) -> None:
    """But that there is one."""
    original = market.list_automation(seller, platform="Python", content=SCRIPT, title="The first")
    market.withdraw_automation(seller, original.id)
    eve = market.ready_seller("eve")
    copy = market.list_automation(eve, platform="Python", content=SCRIPT, title="The second")

    own = text_of(site.browser(eve).get(f"/automations/{copy.id}"))
    assert "Its file is the same as that of another seller's listing." in own
    assert "The first" not in own
