"""The page on which one of the sample people signs in."""

from urllib.parse import urlsplit

from attrs import define

from koda.sandbox.clerk.sessions import Tokens, open_session
from koda.sandbox.clerk.users import show_name
from koda.sandbox.errors import ApiError, ClerkError
from koda.sandbox.http import Answer, Request, redirect
from koda.sandbox.pages.looks import page
from koda.sandbox.resources.links import check_address
from koda.sandbox.world import World

SIGNED_IN = 12 * 3600
"""Seconds for which the cookie's token is good: no script renews it here."""


@define
class SignInPages:
    """Choose who you are; no password is asked for."""

    world: World
    tokens: Tokens

    def show(self, request: Request, _: str) -> Answer:
        """The people to choose from."""
        back = request.arguments().get("redirect_url", "")
        people = [(user, show_name(user)) for user in self.world.state.find("user")]
        return page("sign_in.html", people=people, back=back)

    def act(self, request: Request, _: str) -> Answer:
        """Set the session cookie, which browsers share among the ports of one host."""
        form = request.form()
        back = form.get("redirect_url", "")
        try:
            check_address(back, "redirect_url")
            session = open_session(self.world, form.get("person", ""))
        except (ApiError, ClerkError) as error:
            return page("notice.html", 400, title="You are not signed in", text=error.message)
        parts = urlsplit(back)
        token = self.tokens.for_session(session, SIGNED_IN, f"{parts.scheme}://{parts.netloc}")
        cookie = f"__session={token}; Path=/; Max-Age={SIGNED_IN}; SameSite=Lax"
        return redirect(back).with_headers(Set_Cookie=cookie)
