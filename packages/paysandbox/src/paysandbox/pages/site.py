"""Which page answers which address."""

import re
from collections.abc import Callable

from attrs import define, field

from paysandbox.clerk.sessions import Tokens
from paysandbox.http import Answer, Request
from paysandbox.pages.checkout import CheckoutPages
from paysandbox.pages.looks import page, stylesheet
from paysandbox.pages.onboarding import OnboardingPages
from paysandbox.pages.sign_in import ClerkPages
from paysandbox.world import World

Page = Callable[[Request, str], Answer]

CLERK_PAGES = frozenset({"/clerk/sign-in", "/clerk/sign-up", "/clerk/sign-out"})
"""The pages of Clerk's account portal, beside its APIs."""


@define
class Site:
    """The hosted pages."""

    world: World
    tokens: Tokens
    _pages: tuple[tuple[str, str, Page], ...] = field(init=False)

    def __attrs_post_init__(self) -> None:
        """Build the pages over the one world."""
        checkout = CheckoutPages(self.world)
        onboarding = OnboardingPages(self.world)
        clerk = ClerkPages(self.world)
        self._pages = (
            ("GET", r"/()", self._home),
            ("GET", r"/(style\.css)", lambda *_: stylesheet()),
            ("GET", r"/pay/([^/]+)", checkout.show),
            ("POST", r"/pay/([^/]+)", checkout.act),
            ("GET", r"/onboarding/([^/]+)", onboarding.show),
            ("POST", r"/onboarding/([^/]+)", onboarding.act),
            ("GET", r"/dashboard/([^/]+)", onboarding.dashboard),
            ("GET", r"/clerk/(sign-in|sign-up|sign-out)", clerk.show),
            ("POST", r"/clerk/sign-in()", clerk.sign_in),
            ("POST", r"/clerk/sign-up()", clerk.sign_up),
            ("POST", r"/clerk/sign-out()", clerk.sign_out),
        )

    def answer(self, request: Request) -> Answer:
        """Show a page, or do what a form asks."""
        for method, pattern, handler in self._pages:
            match = re.fullmatch(pattern, request.path)
            if match is not None and method == request.method:
                return handler(request, match.group(1))
        return page(
            "notice.html",
            404,
            title="There is no such page",
            text="The address is wrong, or its link was made by another sandbox.",
        )

    def _home(self, _: Request, __: str) -> Answer:
        return page(
            "notice.html",
            title="A Stripe and a Clerk on this machine",
            text=f"Stripe's API is at {self.world.url}/v1/, Clerk's at {self.world.clerk_url}/v1/.",
        )
