import pytest

from koda.domain.model.automations import Automation
from koda.domain.model.errors import NotFound
from koda.domain.model.people import Principal
from koda.domain.usecases.tidy import Tidied
from koda.testing.marketplace import Marketplace


def test_an_upload_never_listed_goes_an_hour_after_its_end(
    market: Marketplace, ada: Principal
) -> None:
    """Its bytes with it; until then both are there for a submission that is under way."""
    key = market.uploads.get(market.upload(ada)).pending_key
    market.pass_time(minutes=70)
    assert market.tidy() == Tidied(0, 0)
    market.pass_time(milliseconds=1)

    assert market.tidy(dry_run=True) == Tidied(1, 1)
    assert market.files.stat(key) is not None
    assert market.tidy() == Tidied(1, 1)
    assert market.tidy() == market.tidy(dry_run=True) == Tidied(0, 0)
    assert market.files.stat(key) is None


def test_what_is_listed_stays(market: Marketplace, bea: Principal, poster: Automation) -> None:
    """Its ticket and pending bytes go, and its buyers have their file for good."""
    market.buy(bea, poster)
    market.pass_time(days=400)

    assert market.tidy() == Tidied(1, 1)
    assert market.files.stat(poster.latest.file.key) is not None
    assert market.authorize_download(bea, poster.id).file_name == "flow.json"


def test_a_live_ticket_can_be_used_whatever_is_tidied(market: Marketplace, ada: Principal) -> None:
    """Bytes that came early in the life of a ticket are as safe as its last ones."""
    early = market.upload(ada)
    market.pass_time(minutes=9, seconds=59)
    market.tidy()

    assert market.accept_upload.artifact(ada, early).file.name == "flow.json"


def test_a_ticket_that_is_gone_is_not_found(market: Marketplace, ada: Principal) -> None:
    """Its owner has been told for an hour before that it expired."""
    upload = market.upload(ada)
    market.pass_time(hours=2)
    market.tidy()

    with pytest.raises(NotFound):
        market.accept_upload.artifact(ada, upload)
