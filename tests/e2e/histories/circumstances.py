"""What happens around a marketplace: to its people, to its ports, and to what it keeps."""

from datetime import timedelta

from attrs import define

from koda.domain.model.errors import NotAuthenticated
from koda.domain.model.people import Credentials, Person, Principal
from tests.e2e.histories.scene import Scene, picked
from tests.support.backups import Backup

FAILING = ("orders", "purchases", "journal", "payment_inbox", "payments", "payout_accounts")
"""The ports of which a call may fail."""
SPANS = (1, 1, 60, 301, 1801, 3700, 86_401)
"""Seconds."""


@define
class Circumstances(Scene):
    """What nobody who buys or sells decides."""

    def change_an_account(self, pick: int, way: int, _: int) -> str:
        """The provider holds a seller's account back, pays it out, or lets it go on."""
        name = picked(list(self.sellers), pick)
        seller = self.market.sellers.find(self.sellers[name].user_id)
        assert seller is not None
        account_id = seller.account_id
        if way % 3 == 0:
            self.stage.restrict(account_id)
        elif way % 3 == 1:
            self.stage.world.complete_onboarding(account_id)
        else:
            self.stage.world.pay_out(account_id)
        return f"{name} {way % 3}"

    def suspend_a_listing(self, pick: int, way: int, _: int) -> str:
        """An admin stops what is sold, and its downloads, or lets it go on."""
        listed, suspended = picked(self.listed, pick), way % 2 == 0
        moderate, why = self.market.moderate_automation, "It is looked at."
        return moderate(self.admin, listed.id, suspended=suspended, reason=why).state

    def delete_somebody(self, pick: int, way: int, _: int) -> str:
        """A buyer or a seller is deleted at the identity provider; another buyer comes instead.

        It may tell so twice, and what was before it late.
        """
        here = [
            who for who in (*self.buyers, *self.sellers.values()) if who.user_id not in self.gone
        ]
        who, market = picked(here, pick), self.market
        known = market.people.find(who.user_id)
        for _ in range(way % 2 + 1):
            market.follow_people(*market.people_webhooks.removed(who.user_id, market.clock()))
        if isinstance(known, Person):  # a restore may have lost them
            market.follow_people(*market.people_webhooks.changed(known))
        self.gone.add(who.user_id)
        if who in self.buyers:
            self.buyers.append(market.person(f"newcomer{len(self.buyers)}"))
        self._check_signed_out(who)
        return str(who.user_id)

    def _check_signed_out(self, who: Principal) -> None:
        """A session that outlives its user lets nobody in."""
        token = self.market.identity.sign_in(who.user_id)
        try:
            self.market.authenticate(Credentials(token))
        except NotAuthenticated:
            return
        raise AssertionError(who)

    def back_up(self, _: int, __: int, ___: int) -> str:
        """All stores are copied."""
        self.backups.append(Backup.of(self.market))
        return str(len(self.backups))

    def restore(self, pick: int, _: int, __: int) -> str:
        """The stores go back to an earlier moment, and the provider does not.

        Orders that are younger are lost. Nobody learns of those that nobody paid.
        """
        place = len(self.backups) - 1 - pick % 3
        picked(self.backups, place).restore()
        self.restored = True
        return str(place % len(self.backups))

    def pass_time(self, pick: int, _: int, __: int) -> str:
        """Time passes, in which charges are captured, sessions expire, and waits end."""
        seconds = picked(SPANS, pick)
        self.stage.pass_time(timedelta(seconds=seconds))
        return str(seconds)

    def stumble(self, port: int, nth: int, after: int) -> str:
        """The next use case meets a port that fails, before its effect or after it."""
        self.trouble = picked(FAILING, port), nth % 4 + 1, bool(after % 2)
        return str(self.trouble)
