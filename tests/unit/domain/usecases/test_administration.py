from functools import partial
from typing import Any

import pytest

from koda.domain.model.audit import AuditAction, AuditDetail, AuditOutcome, AuditSubject
from koda.domain.model.automations import Automation
from koda.domain.model.errors import (
    Conflict,
    Forbidden,
    HasRole,
    InvalidValue,
    LastAdmin,
    NotFound,
    StaleWrite,
    Unavailable,
)
from koda.domain.model.identifiers import UserId
from koda.domain.model.people import Principal
from koda.domain.model.roles import OPERATOR, Permission, Role, Roster
from koda.domain.usecases.administration.take_role import TakeRole
from koda.domain.usecases.administration.view_audit_log import AuditLine
from koda.domain.usecases.administration.view_roles import ViewRoles
from koda.testing.contracts.running import at_once, only_winner
from koda.testing.failing import Failing
from koda.testing.marketplace import Marketplace

WHY = "She knows the catalogue."
ADA, BOB = UserId("user_ada"), UserId("user_bob")
TERMINAL = Principal(OPERATOR, "terminal", frozenset({Role.ADMIN}))


@pytest.fixture
def root(market: Marketplace) -> Principal:
    """An admin by the identity provider."""
    return market.person("root", Role.ADMIN)


def log(market: Marketplace) -> list[tuple[Any, ...]]:
    """Who did what on what, and how it ended; newest first."""
    return [
        (entry.actor, entry.action, str(entry.subject), entry.outcome)
        for entry in market.audit_log.entries(100).items
    ]


def two_admins(market: Marketplace, root: Principal) -> tuple[Principal, Principal]:
    """Ada and Bob, who were made admins here."""
    for user_id in (ADA, BOB):
        market.give_role(root, user_id, Role.ADMIN, WHY)
    return market.person("ada"), market.person("bob")


# --- permissions ----------------------------------------------------------------------------------


def test_nothing_is_read_for_those_who_need_no_given_role(
    market: Marketplace, root: Principal
) -> None:
    """Visitors, whom the provider's role suffices, and who acts in somebody else's name."""
    authorize = market.but(roles=None).authorize
    acting = Principal(ADA, "sess_1", impersonator="user_staff")

    authorize(root, Permission.GIVE_ROLES)
    assert not authorize.allows(None, Permission.GIVE_ROLES)
    assert not authorize.allows(acting, Permission.GIVE_ROLES)


def test_a_given_role_holds_from_the_next_request_on(market: Marketplace, root: Principal) -> None:
    """And not a request longer than until it is taken."""
    ada = market.person("ada")
    market.give_role(root, ADA, Role.SUPPORT, WHY)
    assert market.authorize.allows(ada, Permission.READ_MONEY)
    market.take_role(root, ADA, Role.SUPPORT, WHY)

    with pytest.raises(Forbidden, match="read other people's payments"):
        market.authorize(ada, Permission.READ_MONEY)


@pytest.mark.parametrize("role", [None, Role.SUPPORT, Role.MODERATOR])
def test_only_admins_see_give_and_take_roles(
    market: Marketplace, root: Principal, role: Role | None
) -> None:
    """Nobody gives themselves more than they have."""
    ada = market.person("ada")
    if role:
        market.give_role(root, ADA, role, WHY)

    for act in (
        partial(market.view_roles, ada),
        partial(market.give_role, ada, ADA, Role.ADMIN, WHY),
        partial(market.take_role, ada, UserId("user_root"), Role.ADMIN, WHY),
    ):
        with pytest.raises(Forbidden, match="You may not give roles"):
            act()


# --- roles ----------------------------------------------------------------------------------------


def test_who_has_which_role_is_told_with_who_gave_it(market: Marketplace, root: Principal) -> None:
    """The admins of the settings come first, the others in the order of their first role."""
    market.person("ada")
    for user_id, role in ((ADA, Role.MODERATOR), (BOB, Role.SUPPORT), (ADA, Role.SUPPORT)):
        market.give_role(root, user_id, role, WHY)

    first, ada, bob = ViewRoles(market.roles, market.people, market.authorize, (root.user_id,))(
        root
    )
    assert (first.user_id, first.appointed, first.roles) == (
        root.user_id,
        True,
        frozenset({Role.ADMIN}),
    )
    assert (ada.user_id, ada.roles) == (ADA, frozenset({Role.MODERATOR, Role.SUPPORT}))
    assert ada.person == market.people.find(ADA)
    assert (bob.user_id, bob.person, bob.appointed) == (BOB, None, False)
    assert {given.given_by for given in ada.assignments} == {root.user_id}


def test_a_role_is_given_once(market: Marketplace, root: Principal) -> None:
    """The second time is told, and not kept in the log."""
    market.give_role(root, ADA, Role.MODERATOR, WHY)

    with pytest.raises(HasRole):
        market.give_role(root, ADA, Role.MODERATOR, WHY)
    assert log(market) == [
        (root.user_id, AuditAction.GIVE_ROLE, "person/user_ada", AuditOutcome.DONE)
    ]


def test_nobody_who_was_deleted_is_given_a_role(market: Marketplace, root: Principal) -> None:
    """The identity provider said so."""
    market.person("ada")
    market.people.remove(ADA, market.pass_time(minutes=1))

    with pytest.raises(NotFound):
        market.give_role(root, ADA, Role.ADMIN, WHY)


@pytest.mark.parametrize("user_id", ["", "two words", "x" * 129])
def test_a_role_is_given_to_a_user_id(market: Marketplace, root: Principal, user_id: str) -> None:
    """Anything else is refused before anything is kept."""
    with pytest.raises(InvalidValue):
        market.give_role(root, UserId(user_id), Role.SUPPORT, WHY)
    assert (market.roles.roster(), log(market)) == (Roster(), [])


@pytest.mark.parametrize("principal", ["self", "terminal"])
def test_the_last_admin_keeps_the_role(
    market: Marketplace, root: Principal, principal: str
) -> None:
    """Neither they themselves nor the operator at the terminal takes it."""
    market.give_role(root, ADA, Role.ADMIN, WHY)
    market.give_role(root, BOB, Role.SUPPORT, WHY)
    who = market.person("ada") if principal == "self" else TERMINAL

    with pytest.raises(LastAdmin):
        market.take_role(who, ADA, Role.ADMIN, WHY)
    assert market.roles.roster().admins == {ADA}
    assert len(log(market)) == 2


def test_an_admin_goes_where_another_stays(market: Marketplace, root: Principal) -> None:
    """Given here, told by the settings, or by the identity provider of who takes it."""
    ada, _ = two_admins(market, root)
    market.take_role(ada, ADA, Role.ADMIN, WHY)
    take_role = TakeRole(
        market.roles, market.people, market.authorize, market.keep_audit, (root.user_id,)
    )
    take_role(TERMINAL, BOB, Role.ADMIN, WHY)
    market.give_role(root, ADA, Role.ADMIN, WHY)
    market.take_role(root, ADA, Role.ADMIN, WHY)

    assert market.roles.roster().admins == frozenset()


def test_an_admin_who_was_deleted_does_not_count(market: Marketplace, root: Principal) -> None:
    """They can sign in no more."""
    ada, _ = two_admins(market, root)
    market.people.remove(BOB, market.pass_time(minutes=1))

    with pytest.raises(LastAdmin):
        market.take_role(ada, ADA, Role.ADMIN, WHY)


def test_of_two_admins_who_take_each_others_role_at_once_one_stays(
    market: Marketplace, root: Principal
) -> None:
    """The other is told that roles were taken meanwhile, or is no admin any more."""
    ada, bob = two_admins(market, root)
    results = at_once(
        [
            partial(market.take_role, ada, BOB, Role.ADMIN, WHY),
            partial(market.take_role, bob, ADA, Role.ADMIN, WHY),
        ]
    )

    assert len([result for result in results if isinstance(result, Roster)]) == 1
    assert len(market.roles.roster().admins) == 1


def test_of_many_who_give_a_role_at_once_one_does(market: Marketplace, root: Principal) -> None:
    """The others are told of the conflict; the log says how each attempt ended."""
    give = partial(market.give_role, root, ADA, Role.SUPPORT, WHY)
    results = at_once([give] * 6)

    only_winner([_as_conflict(result) for result in results], Conflict)
    outcomes = [outcome for *_, outcome in log(market)]
    assert outcomes.count(AuditOutcome.DONE) == 1
    assert set(outcomes) <= {AuditOutcome.DONE, AuditOutcome.REFUSED}


def _as_conflict(result: Any) -> Any:
    return Conflict() if isinstance(result, Conflict) else result


# --- the audit log --------------------------------------------------------------------------------


def test_an_entry_says_who_did_what_on_what_and_why(market: Marketplace, root: Principal) -> None:
    """With what else is known of it."""
    market.give_role(root, ADA, Role.SUPPORT, f"  {WHY} ")

    (line,) = market.view_audit_log(root).items
    assert isinstance(line, AuditLine)
    assert (line.actor, line.entry.at) == (market.people.find(root.user_id), market.clock())
    assert line.entry.subject == AuditSubject("person", ADA)
    assert line.entry.reason == WHY
    assert line.entry.details == (AuditDetail("role", "support"),)


@pytest.mark.parametrize("reason", ["", " \n ", "ok", "x" * 501])
def test_nothing_is_done_without_a_reason(
    market: Marketplace, root: Principal, poster: Automation, reason: str
) -> None:
    """Not a word is no reason."""
    for act in (
        partial(market.moderate_automation, root, poster.id, reason, suspended=True),
        partial(market.give_role, root, ADA, Role.SUPPORT, reason),
    ):
        with pytest.raises(InvalidValue, match="3 to 500 characters"):
            act()
    assert (market.automations.get(poster.id), market.roles.roster()) == (poster, Roster())
    assert log(market) == []


def test_a_moderator_moderates(market: Marketplace, root: Principal, poster: Automation) -> None:
    """By a role that was given here."""
    market.give_role(root, BOB, Role.MODERATOR, WHY)
    bob = market.person("bob")
    market.moderate_automation(bob, poster.id, "A buyer reported it.", suspended=True)
    assert market.view_automation(bob, poster.id).automation.id == poster.id
    market.moderate_automation(bob, poster.id, "It is his own.", suspended=False)

    assert log(market)[:2] == [
        (BOB, AuditAction.REINSTATE_LISTING, f"automation/{poster.id}", AuditOutcome.DONE),
        (BOB, AuditAction.SUSPEND_LISTING, f"automation/{poster.id}", AuditOutcome.DONE),
    ]


def test_no_action_goes_unlogged(market: Marketplace, root: Principal, poster: Automation) -> None:
    """While the log cannot be written, nothing is done."""
    down = market.fail("audit_log.append")

    with pytest.raises(Unavailable):
        down.moderate_automation(root, poster.id, "A buyer reported it.", suspended=True)
    assert market.automations.get(poster.id) == poster


@pytest.mark.parametrize("after", [False, True])
def test_an_action_that_is_cut_short_stays_begun(
    market: Marketplace, root: Principal, poster: Automation, after: bool
) -> None:
    """It may have been done: the listing tells."""
    down = market.fail("automations.save", after=after)

    with pytest.raises(Unavailable):
        down.moderate_automation(root, poster.id, "A buyer reported it.", suspended=True)
    assert [outcome for *_, outcome in log(market)] == [AuditOutcome.BEGUN]
    assert market.automations.get(poster.id).for_sale is not after


def test_an_action_that_is_refused_late_is_told_so(
    market: Marketplace, root: Principal, poster: Automation
) -> None:
    """Somebody else saved first."""
    stale = market.fail("automations.save", error=StaleWrite("automation", poster.id))

    with pytest.raises(StaleWrite):
        stale.moderate_automation(root, poster.id, "A buyer reported it.", suspended=True)
    assert [outcome for *_, outcome in log(market)] == [AuditOutcome.REFUSED]


def test_an_outcome_that_cannot_be_kept_takes_nothing_back(
    market: Marketplace, root: Principal, poster: Automation, caplog: pytest.LogCaptureFixture
) -> None:
    """What was done is answered as done; the operator's log tells."""
    down = market.fail("audit_log.settle")

    suspended = down.moderate_automation(root, poster.id, "A buyer reported it.", suspended=True)
    assert not suspended.for_sale
    assert [outcome for *_, outcome in log(market)] == [AuditOutcome.BEGUN]
    assert "does not say how this ended" in caplog.text


def test_the_log_is_read_page_by_page(market: Marketplace, root: Principal) -> None:
    """All of it, what was done about somebody, or by somebody."""
    two_admins(market, root)
    ada = market.person("ada")
    market.take_role(ada, BOB, Role.ADMIN, WHY)
    first = market.view_audit_log(root, limit=2)
    second = market.view_audit_log(root, limit=2, cursor=first.next_cursor)
    about_bob = market.view_audit_log(root, AuditSubject("person", BOB)).items
    by_ada = market.view_audit_log(root, actor=ADA).items

    subjects = [line.entry.subject.id for line in (*first.items, *second.items)]
    assert subjects == [BOB, BOB, ADA]
    assert [line.entry.actor for line in about_bob] == [ADA, root.user_id]
    assert [line.entry.subject.id for line in by_ada] == [BOB]
    with pytest.raises(InvalidValue, match="is not one of this list"):
        market.view_audit_log(root, actor=ADA, cursor=first.next_cursor)


def test_the_log_is_not_for_everybody(market: Marketplace, root: Principal) -> None:
    """The support reads it, moderators do not."""
    market.give_role(root, ADA, Role.SUPPORT, WHY)
    market.give_role(root, BOB, Role.MODERATOR, WHY)

    assert market.view_audit_log(market.person("ada")).items
    with pytest.raises(Forbidden, match="read the audit log"):
        market.view_audit_log(market.person("bob"))


def test_reading_who_may_read_costs_nothing_where_a_listing_is_for_sale(
    market: Marketplace, poster: Automation
) -> None:
    """Only of what is off sale roles are looked up, and not for visitors."""
    buyer = market.person("bea")
    blind = market.but(roles=Failing(market.roles, 1))
    blind.view_automation(buyer, poster.id)
    market.withdraw_automation(market.person("ada"), poster.id)

    with pytest.raises(NotFound):
        blind.view_automation(None, poster.id)
    with pytest.raises(Unavailable):
        blind.view_automation(buyer, poster.id)
