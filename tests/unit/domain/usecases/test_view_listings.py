"""What a seller finds among their own listings by words."""

from datetime import timedelta

import pytest

from koda.domain.model.automations import Automation
from koda.domain.model.errors import InvalidValue
from koda.domain.model.people import Principal
from koda.domain.usecases.selling.view_listings import MOST_READ
from koda.testing.examples import NOON, a_listing, an_automation
from koda.testing.marketplace import Marketplace


def test_seller_finds_their_listings_by_words(
    market: Marketplace, ada: Principal, mailer: Automation
) -> None:
    """In every state, newest first; all words, the last one as a beginning, none corrected."""
    cancelled = market.list_automation(ada, title="Kündigung per E-Mail")
    reminder = market.list_automation(ada, title="Mail a reminder")
    market.withdraw_automation(ada, cancelled.id)
    expected = {
        "mail": [reminder, cancelled],
        "the MAIL remin": [reminder],
        "kuendigung": [cancelled],
        "remin mail": [],
        "mial": [],
        "?!": [],
        " ": [reminder, cancelled],
    }

    for q, automations in expected.items():
        assert {item.id for item in market.view_listings(ada, q=q).items} == {
            automation.id for automation in automations
        }


def test_search_among_own_listings_goes_on_page_by_page(
    market: Marketplace, ada: Principal
) -> None:
    """A page reads 500 at most, and may be short; each match comes once."""
    matching = {4, 40, 450, 700}
    for number in range(MOST_READ + 210):
        title = f"{'Slack' if number in matching else 'Sheet'} {number}"
        listing = a_listing(title=title, description="It runs all by itself.", tags=())
        created = NOON + timedelta(minutes=number)
        market.automations.add(an_automation(f"aut_{number}", listing=listing, created_at=created))
    pages, cursor = [], None
    while True:
        page = market.view_listings(ada, cursor, 1, q="slack")
        pages.append([item.id for item in page.items])
        cursor = page.next_cursor
        if cursor is None:
            break

    assert pages == [["aut_700"], ["aut_450"], ["aut_40"], ["aut_4"]]
    assert market.view_listings(ada, q="nothing").items == ()
    assert market.view_listings(ada, q="nothing").next_cursor is not None
    with pytest.raises(InvalidValue, match=r"^cursor: "):
        market.view_listings(ada, market.view_listings(ada, q="nothing").next_cursor)
    with pytest.raises(InvalidValue, match=r"^q: "):
        market.view_listings(ada, q="x" * 201)
