from typing import Any

import pytest
from attrs import evolve

from koda.adapters.pillow.pictures import PillowPictures
from koda.domain.model.automations import Automation, AutomationState
from koda.domain.model.errors import (
    Forbidden,
    InvalidForm,
    InvalidValue,
    NotFound,
    PayoutsNotReady,
    StaleWrite,
    Unavailable,
    VersionTaken,
    WrongState,
)
from koda.domain.model.extras import ExtraField
from koda.domain.model.file_formats import FileFormat
from koda.domain.model.identifiers import AutomationId, FileKey, UploadId
from koda.domain.model.people import Principal
from koda.domain.model.platforms import Platform
from koda.domain.model.policy import Policy
from koda.domain.model.roles import Role
from koda.domain.search.answers import Facet
from koda.domain.search.catalogue import Search
from koda.domain.usecases.selling.release_version import NewRelease
from koda.domain.usecases.selling.revise_automation import Revision
from koda.domain.usecases.selling.submit_automation import Submission
from koda.testing.examples import OTHER_FILES, PIXEL, WORKFLOW, digest
from koda.testing.failing import Failing
from koda.testing.marketplace import DESCRIPTION, Marketplace

NEWER = b'{"nodes": [{"name": "Newer"}], "connections": {}}'


def submission(artifact: UploadId, **changes: Any) -> Submission:
    """What a seller sends to list an automation."""
    said: dict[str, Any] = {
        "title": "Post everywhere",
        "description": DESCRIPTION,
        "price": "12.50",
        "category": "Sales",
        "platform": "n8n",
        "artifact": artifact,
    }
    return Submission(**(said | changes))


def presented(market: Marketplace) -> str:
    """What visitors are shown of the first page, which may be kept from before."""
    return market.present_catalogue(Search(), "repr", lambda page: repr(page).encode()).decode()


def found(market: Marketplace, q: str = "") -> list[AutomationId]:
    """The ids in the catalogue."""
    return [entry.automation.id for entry in market.browse_catalogue(Search(q=q)).entries]


# --- submitting -----------------------------------------------------------------------------------


def test_submitted_automation_is_for_sale_at_once(market: Marketplace, ada: Principal) -> None:
    """Also where the catalogue was just looked at: its cache forgets."""
    market = market.but(pictures=PillowPictures())
    assert found(market) == []
    preview = market.upload(ada, PIXEL, "a.png")
    listed = market.submit_automation(ada, submission(market.upload(ada), preview=preview))

    assert found(market) == [listed.id]
    assert listed == market.automations.get(listed.id)
    assert listed.preview is not None
    assert (
        listed.preview.largest.width,
        listed.latest.file.sha256,
        str(listed.latest.version),
    ) == (
        1,
        digest(WORKFLOW),
        "1.0.0",
    )


def test_a_file_of_another_platform_is_not_listed(market: Marketplace, ada: Principal) -> None:
    """Nor is one that is no workflow; a platform that takes any file lists it."""
    unknown = market.upload(ada, b'{"hello": "world"}')
    for artifact, platform in ((market.upload(ada), "Make"), (unknown, "n8n")):
        with pytest.raises(InvalidValue, match=r"^file: is "):
            market.submit_automation(ada, submission(artifact, platform=platform))

    assert found(market) == []
    listed = market.submit_automation(ada, submission(unknown, platform="Other"))
    assert found(market) == [listed.id]


def test_a_listing_stays_with_what_its_platform_runs(
    market: Marketplace, ada: Principal, poster: Automation
) -> None:
    """Neither a new file nor a new platform may part them."""
    blueprint = market.upload(ada, OTHER_FILES[FileFormat.MAKE][1])

    with pytest.raises(InvalidValue, match=r"^file: is a Make blueprint, and the listing says n8n"):
        market.release_version(ada, poster.id, NewRelease(version="1.1.0", artifact=blueprint))
    with pytest.raises(InvalidValue, match=r"^file: is an n8n workflow, and the listing says Make"):
        market.revise_automation(ada, poster.id, Revision(platform="Make"))
    assert market.automations.get(poster.id) == poster


def test_submitting_the_same_upload_again_lists_once(market: Marketplace, ada: Principal) -> None:
    """A repeat after a lost answer returns what was listed."""
    asked = submission(market.upload(ada))
    first = market.submit_automation(ada, asked)

    assert market.submit_automation(ada, asked) == first
    assert len(market.view_listings(ada).items) == 1


def test_every_fault_of_a_submission_is_told_at_once(market: Marketplace, ada: Principal) -> None:
    """Nothing is kept of it."""
    asked = submission(
        market.upload(ada), title="x", price="0", version="one", notes="a" * 2001, tags=("a" * 31,)
    )
    with pytest.raises(InvalidForm) as refused:
        market.submit_automation(ada, asked)

    assert [problem.field for problem in refused.value.problems] == [
        "title",
        "price",
        "tags",
        "version",
        "notes",
    ]
    assert market.files.stat(FileKey(f"artifacts/{digest(WORKFLOW)}")) is None


def test_only_ready_sellers_list(market: Marketplace, ada: Principal) -> None:
    """A seller whom the provider asked for more is refused, their upload untouched."""
    upload = market.upload(ada)
    market.provider.require(market.provider.open_account(ada.user_id), "iban")
    market.confirm_onboarding(ada.user_id)

    with pytest.raises(PayoutsNotReady):
        market.submit_automation(ada, submission(upload))
    assert market.view_listings(ada).items == ()


def test_upload_of_another_cannot_be_listed(market: Marketplace, ada: Principal) -> None:
    """Neither as the file nor as the picture."""
    cyd = market.ready_seller("cyd")
    file, picture = market.upload(ada), market.upload(ada, PIXEL, "a.png")

    with pytest.raises(NotFound):
        market.submit_automation(cyd, submission(file))
    with pytest.raises(NotFound):
        market.submit_automation(cyd, submission(market.upload(cyd), preview=picture))
    assert market.view_listings(cyd).items == ()


# --- revising -------------------------------------------------------------------------------------


def test_revision_changes_what_it_names(
    market: Marketplace, ada: Principal, poster: Automation
) -> None:
    """The rest stays, and the catalogue shows it at once."""
    found(market)
    now = market.pass_time(minutes=1)
    revised = market.revise_automation(ada, poster.id, Revision(title="Renamed"))

    assert (revised.listing.title, revised.listing.price) == ("Renamed", poster.listing.price)
    assert revised.updated_at == now
    assert found(market, "renamed") == [poster.id]


def test_revision_may_change_everything(
    market: Marketplace, ada: Principal, poster: Automation
) -> None:
    """All that is said of it, and its picture."""
    market = market.but(pictures=PillowPictures())
    revised = market.revise_automation(
        ada,
        poster.id,
        Revision(
            title="Renamed",
            description="Something else entirely, in a few words.",
            price="13",
            category="Sales",
            platform="Other",
            tags=("New",),
            preview=market.upload(ada, PIXEL, "a.png"),
        ),
    )

    assert revised.preview is not None
    assert (revised.listing.price.minor, revised.listing.tags) == (1300, ("new",))


def test_a_listing_outlives_its_platform_category_and_fields(
    market: Marketplace, ada: Principal
) -> None:
    """It is shown, counted, found and revised as it is; a new one must be of the present ones."""
    before = market.but(Policy(extras=(ExtraField("level"),)))
    poster = before.list_automation(ada, extras={"level": "high"})
    after = market.but(Policy(platforms=(Platform("Node-RED"),), categories=("Homes",)))
    revised = after.revise_automation(ada, poster.id, Revision(title="Renamed", platform="n8n"))

    assert revised.listing == evolve(poster.listing, title="Renamed")
    catalogue = after.browse_catalogue(Search(platform="n8n", category="Social Media"))
    assert [entry.automation.id for entry in catalogue.entries] == [poster.id]
    facets = catalogue.facets
    assert (facets.platforms, facets.categories) == (Facet({"n8n": 1}), Facet({"Social Media": 1}))
    assert facets.total == 1
    for revision in (Revision(platform="N8N"), Revision(category="Sales")):
        with pytest.raises(InvalidForm, match="must be one of"):
            after.revise_automation(ada, poster.id, revision)
    with pytest.raises(InvalidForm):
        after.list_automation(ada, category="Social Media", platform="n8n")
    moved = after.revise_automation(
        ada, poster.id, Revision(platform="node-red", category="homes", extras={"level": None})
    )
    assert (moved.listing.platform, moved.listing.category) == ("Node-RED", "Homes")
    assert moved.listing.extras == ()


def test_revision_may_empty_the_tags(
    market: Marketplace, ada: Principal, poster: Automation
) -> None:
    """Nothing is another thing than no change."""
    market.revise_automation(ada, poster.id, Revision(tags=("a",)))

    assert market.revise_automation(ada, poster.id, Revision(tags=())).listing.tags == ()


@pytest.mark.parametrize(
    "revision", [Revision(title="x"), Revision(price="0"), Revision(category="?")]
)
def test_revision_that_is_not_allowed_changes_nothing(
    market: Marketplace, ada: Principal, poster: Automation, revision: Revision
) -> None:
    """The listing keeps its old words."""
    with pytest.raises(InvalidForm):
        market.revise_automation(ada, poster.id, revision)

    assert market.automations.get(poster.id) == poster


# --- releasing ------------------------------------------------------------------------------------


def test_release_becomes_the_newest(
    market: Marketplace, ada: Principal, poster: Automation
) -> None:
    """Earlier ones stay."""
    new = NewRelease(version="1.1.0", artifact=market.upload(ada, NEWER), notes="Faster.")
    released = market.release_version(ada, poster.id, new)

    assert [str(release.version) for release in released.releases] == ["1.0.0", "1.1.0"]
    assert (released.latest.notes, released.latest.file.sha256) == ("Faster.", digest(NEWER))


def test_version_that_is_not_above_is_taken(
    market: Marketplace, ada: Principal, poster: Automation
) -> None:
    """The newest release is the floor."""
    new = NewRelease(version="1.0.0", artifact=market.upload(ada, NEWER))

    with pytest.raises(VersionTaken):
        market.release_version(ada, poster.id, new)


@pytest.mark.parametrize(
    ("changes", "field"), [({"version": "two"}, "version"), ({"notes": "a" * 2001}, "notes")]
)
def test_odd_release_is_refused(
    market: Marketplace, ada: Principal, poster: Automation, changes: dict[str, str], field: str
) -> None:
    """No version, or notes that are too long."""
    said: dict[str, Any] = {"version": "1.1.0", "artifact": market.upload(ada, NEWER)}

    with pytest.raises(InvalidValue, match=rf"^{field}: "):
        market.release_version(ada, poster.id, NewRelease(**(said | changes)))
    assert market.automations.get(poster.id) == poster


# --- withdrawing and moderating -------------------------------------------------------------------


def test_withdrawn_automation_leaves_the_catalogue_at_once(
    market: Marketplace, ada: Principal, poster: Automation
) -> None:
    """For good: it cannot be withdrawn twice."""
    assert found(market) == [poster.id]
    withdrawn = market.withdraw_automation(ada, poster.id)

    assert withdrawn.state is AutomationState.WITHDRAWN
    assert found(market) == []
    with pytest.raises(WrongState):
        market.withdraw_automation(ada, poster.id)


def test_admin_suspends_and_reinstates(market: Marketplace, poster: Automation) -> None:
    """The catalogue follows at once."""
    root = market.person("root", Role.ADMIN)
    found(market)
    market.moderate_automation(root, poster.id, "A buyer reported it.", suspended=True)
    assert found(market) == []
    market.moderate_automation(root, poster.id, "A buyer reported it.", suspended=False)

    assert found(market) == [poster.id]
    with pytest.raises(WrongState):
        market.moderate_automation(root, poster.id, "A buyer reported it.", suspended=False)


def test_only_admins_moderate(market: Marketplace, ada: Principal, poster: Automation) -> None:
    """Not even the seller."""
    with pytest.raises(Forbidden, match="moderate listings"):
        market.moderate_automation(ada, poster.id, "A buyer reported it.", suspended=True)


def test_admin_finds_no_unknown_automation(market: Marketplace) -> None:
    """There is nothing to moderate."""
    with pytest.raises(NotFound):
        market.moderate_automation(
            market.person("root", Role.ADMIN),
            AutomationId("aut_x"),
            "A buyer reported it.",
            suspended=True,
        )


# --- everybody's own ------------------------------------------------------------------------------

STEPS = {
    "revise": lambda market, who, listed: market.revise_automation(
        who, listed, Revision(title="New")
    ),
    "release": lambda market, who, listed: market.release_version(
        who, listed, NewRelease(version="1.1.0", artifact=market.upload(who, NEWER))
    ),
    "withdraw": lambda market, who, listed: market.withdraw_automation(who, listed),
}


@pytest.mark.parametrize("step", STEPS)
def test_automation_of_another_is_not_found(
    market: Marketplace, poster: Automation, step: str
) -> None:
    """Nobody changes what is not theirs, admins included."""
    for other in (market.ready_seller("cyd"), market.ready_seller("eve")):
        with pytest.raises(NotFound):
            STEPS[step](market, other, poster.id)

    assert market.automations.get(poster.id) == poster


@pytest.mark.parametrize("step", ["revise", "release"])
def test_suspended_automation_does_not_change(
    market: Marketplace, ada: Principal, poster: Automation, step: str
) -> None:
    """While an admin looks at it, it stays as it is."""
    market.moderate_automation(
        market.person("root", Role.ADMIN), poster.id, "A buyer reported it.", suspended=True
    )

    with pytest.raises(WrongState):
        STEPS[step](market, ada, poster.id)


@pytest.mark.parametrize("step", STEPS)
def test_change_after_another_change_is_stale(
    market: Marketplace, ada: Principal, poster: Automation, step: str
) -> None:
    """Who read before somebody else saved is told to read again."""
    late = market.but(automations=Early(market.automations, poster))
    market.revise_automation(ada, poster.id, Revision(title="Meanwhile"))

    with pytest.raises(StaleWrite):
        STEPS[step](late, ada, poster.id)
    assert market.automations.get(poster.id).listing.title == "Meanwhile"


class Early:
    """A store of automations that was read before the last change."""

    def __init__(self, automations: Any, read: Automation) -> None:
        self._automations = automations
        self._read = read

    def get(self, _: AutomationId) -> Automation:
        """The automation as it was."""
        return self._read

    def __getattr__(self, name: str) -> Any:
        return getattr(self._automations, name)


@pytest.mark.parametrize("after", [False, True])
def test_submission_goes_on_after_the_store_failed(
    market: Marketplace, ada: Principal, after: bool
) -> None:
    """Whether it was listed or not, it is listed once and found."""
    found(market)
    asked = submission(market.upload(ada))
    down = market.but(automations=Failing(market.automations, 1, after=after))
    with pytest.raises(Unavailable):
        down.submit_automation(ada, asked)
    listed = market.submit_automation(ada, asked)

    assert found(market) == [listed.id]


@pytest.mark.parametrize("step", STEPS)
def test_catalogue_is_right_after_a_change_whose_answer_was_lost(
    market: Marketplace, ada: Principal, poster: Automation, step: str
) -> None:
    """The store did it and could not say so: what was cached before is not shown again."""
    before = presented(market)
    down = market.but(automations=Failing(market.automations, 2, after=True))
    with pytest.raises(Unavailable):
        STEPS[step](down, ada, poster.id)

    assert market.automations.get(poster.id).revision == 1
    assert presented(market) != before
