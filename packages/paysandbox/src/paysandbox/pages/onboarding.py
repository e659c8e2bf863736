"""The pages on which a seller opens an account, and sees its balance."""

from attrs import define

from paysandbox.errors import Json
from paysandbox.http import Answer, Request, redirect
from paysandbox.pages.looks import page
from paysandbox.resources import account_status
from paysandbox.resources.links import open_link
from paysandbox.world import World

LEFT_OUT = ["external_account"]
REJECTED = "rejected.other"


@define
class OnboardingPages:
    """Complete the account, leave something out, or be rejected."""

    world: World

    def show(self, _: Request, identifier: str) -> Answer:
        """The form, once; a link that was used or has expired leads back to `refresh_url`."""
        opened = open_link(self.world, identifier, "onboarding")
        if opened is None:
            return _no_link()
        link, good = opened
        if not good:
            return redirect(link["refresh_url"])
        return page("onboarding.html", link=link, account=self._account(link))

    def act(self, request: Request, identifier: str) -> Answer:
        """Do what the button says, and send the seller back."""
        link = self.world.state.get("link", identifier)
        if link is None or link["purpose"] != "onboarding":
            return _no_link()
        if not link["used"]:
            return redirect(link["refresh_url"])
        action = request.form().get("action", "")
        with self.world.state.transaction():
            self._do(action, link["account"])
        return redirect(link["return_url"])

    def _do(self, action: str, account_id: str) -> None:
        if action == "complete":
            account_status.complete_onboarding(self.world, account_id)
        if action == "partly":
            account_status.require(self.world, account_id, LEFT_OUT)
            account_status.restrict(self.world, account_id)
        if action == "reject":
            account_status.restrict(self.world, account_id, REJECTED)

    def dashboard(self, _: Request, identifier: str) -> Answer:
        """The account's balance and what changed it, once a link."""
        opened = open_link(self.world, identifier, "dashboard")
        if opened is None:
            return _no_link()
        link, good = opened
        if not good:
            return page(
                "notice.html",
                410,
                title="This link was used or has expired",
                text="Ask the marketplace for a new link to your dashboard.",
            )
        moves = self.world.state.find("balance_transaction", _account=link["account"])
        return page(
            "dashboard.html",
            account=self._account(link),
            balances=self.world.ledger.balances().get(link["account"], {}),
            moves=moves[::-1],
        )

    def _account(self, link: Json) -> Json:
        return self.world.load("account", link["account"])


def _no_link() -> Answer:
    return page(
        "notice.html",
        404,
        title="There is no such link",
        text="The address is wrong, or the link was made by another sandbox.",
    )
