"""The seller's home: payouts and listings."""

from collections.abc import Mapping
from datetime import datetime
from typing import assert_never

from attrs import frozen
from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue

from koda.domain.model.errors import InvalidValue
from koda.domain.model.people import Principal
from koda.domain.model.policy import Policy
from koda.domain.model.sellers import Pending, Ready, Restricted, Seller, name_of
from koda.domain.model.sentences import Sentence, sentence
from koda.domain.usecases.selling.confirm_onboarding import ConfirmOnboarding
from koda.domain.usecases.selling.onboard_seller import OnboardSeller
from koda.domain.usecases.selling.open_dashboard import OpenDashboard
from koda.domain.usecases.selling.view_listings import ViewListings
from koda.domain.usecases.selling.view_seller import ViewSeller
from koda.entrypoints.web.countries import choices
from koda.entrypoints.web.errors import Fault, status_of
from koda.entrypoints.web.forms import Typed
from koda.entrypoints.web.language import language
from koda.entrypoints.web.links import asked_cursor, link_to, paging
from koda.entrypoints.web.messages import leave_message
from koda.entrypoints.web.rendering import Renderer
from koda.entrypoints.web.visitors import Visitors
from koda.entrypoints.web.wording import beside
from koda.entrypoints.wiring.cursors import Cursors

MESSAGES = {
    "ready": (
        "good",
        sentence("Your payout account is ready. You can list your first automation."),
    ),
    "pending": (
        "warn",
        sentence("The payment provider still needs something, or is still checking."),
    ),
    "restricted": ("bad", sentence("The payment provider holds your account back; see why below.")),
}


@frozen
class Payouts:
    """What the page says of a payout account; `deadline` in UTC."""

    state: str
    requirements: tuple[str, ...] = ()
    reason: str = ""
    deadline: datetime | None = None

    @classmethod
    def of(cls, seller: Seller | None) -> "Payouts":
        """Describe the account of `seller`, or that there is none yet."""
        if seller is None:
            return cls("none")
        name = name_of(seller.status)
        match seller.status:
            case Pending(requirements):
                return cls(name, _said(requirements))
            case Ready(requirements, deadline):
                return cls(name, _said(requirements), deadline=deadline)
            case Restricted(reason, requirements, deadline):
                return cls(name, _said(requirements), beside(reason), deadline)
            case _:
                assert_never(seller.status)


def _said(requirements: tuple[Sentence, ...]) -> tuple[str, ...]:
    return tuple(map(language().say, requirements))


@frozen
class SellingPages:
    """Becoming a seller, and being one."""

    render: Renderer
    visitors: Visitors
    policy: Policy
    cursors: Cursors
    seller: ViewSeller
    listings: ViewListings
    onboard: OnboardSeller
    confirm: ConfirmOnboarding
    dashboard: OpenDashboard

    def route(self, blueprint: Blueprint) -> None:
        """Add the routes."""
        place = "/selling/onboarding"
        blueprint.add_url_rule("/selling", "selling", self.selling)
        blueprint.add_url_rule(place, "onboarding", self.begin, methods=["POST"])
        blueprint.add_url_rule(f"{place}/refresh", "onboarding_refresh", self.refresh)
        blueprint.add_url_rule(f"{place}/return", "onboarding_return", self.check)
        blueprint.add_url_rule(f"{place}/check", "onboarding_check", self.check, methods=["POST"])
        blueprint.add_url_rule("/selling/payouts", "payouts", self.payouts, methods=["POST"])

    def selling(self) -> ResponseReturnValue:
        """Show the state of payouts and the seller's listings."""
        return self._page(self.visitors.required(), {}, ())

    def begin(self) -> ResponseReturnValue:
        """Lead to the provider's onboarding pages by a fresh link, or show what is to be chosen."""
        principal = self.visitors.required()
        self.visitors.limit("onboarding")
        typed = Typed.read("country")
        try:
            return redirect(self.onboard(principal, typed["country"] or None).url, 303)
        except InvalidValue as error:
            fault = Fault(error.field, error.code, sentence("must be chosen from the list"))
            return self._page(principal, typed.values, (fault,)), status_of(error)

    def refresh(self) -> ResponseReturnValue:
        """Replace a used-up link; an account is opened by the form alone, never by an address."""
        if self.seller(self.visitors.required()) is None:
            return redirect(link_to("selling"), 303)
        return self.begin()

    def check(self) -> ResponseReturnValue:
        """Ask the provider what the account allows now; coming back from there proves nothing."""
        principal = self.visitors.required()
        self.visitors.limit("onboarding")
        kind, text = MESSAGES[name_of(self.confirm(principal.user_id).status)]
        leave_message(text, kind)
        return redirect(link_to("selling"), 303)

    def payouts(self) -> ResponseReturnValue:
        """Lead to the seller's own pages at the provider."""
        principal = self.visitors.required()
        self.visitors.limit("onboarding")
        return redirect(self.dashboard(principal), 303)

    def _page(
        self, principal: Principal, form: Mapping[str, str], errors: tuple[Fault, ...]
    ) -> str:
        q = request.args.get("q", "").strip()
        page = self.listings(principal, asked_cursor(self.cursors), q=q)
        return self.render(
            "selling",
            payouts=Payouts.of(self.seller(principal)),
            countries=choices(self.onboard.countries),
            form=form,
            errors=errors,
            listings=page.items,
            fee=self.policy.fee_basis_points,
            sought=q,
            **paging("selling", self.cursors, page.next_cursor, **({"q": q} if q else {})),
            here="selling",
        )
