"""Clerk's account portal: pages on which people sign in, sign up and out, without scripts."""

from collections.abc import Callable

from attrs import define, evolve

from paysandbox.clerk.clients import client_cookies, client_of, sign_in, sign_out
from paysandbox.clerk.users import add_user, show_name
from paysandbox.errors import ApiError, ClerkError, Json
from paysandbox.http import Answer, Request, redirect
from paysandbox.pages.looks import page
from paysandbox.resources.links import check_address
from paysandbox.world import World

Change = Callable[[Json | None, dict[str, str]], Json | None]
"""What becomes of the client that a browser is, by a form."""


@define
class ClerkPages:
    """Choose who you are, or become somebody; no password is asked for.

    The site that sent the browser here finds out by a handshake who is signed in.
    """

    world: World

    def show(self, request: Request, name: str) -> Answer:
        """One of the pages."""
        back = request.arguments().get("redirect_url", "")
        people = [(user, show_name(user)) for user in self.world.state.find("user")]
        return page(f"{name.replace('-', '_')}.html", people=people, back=back)

    def sign_in(self, request: Request, _: str) -> Answer:
        """Sign a known person in."""
        return self._enter(request, lambda form: form.get("person", ""))

    def sign_up(self, request: Request, _: str) -> Answer:
        """Make somebody known, and sign them in."""
        return self._enter(request, self._add)

    def sign_out(self, request: Request, _: str) -> Answer:
        """Sign out whoever is signed in with this browser."""
        return self._back(request, lambda client, _: client and sign_out(self.world, client))

    def _add(self, form: dict[str, str]) -> str:
        names = {name: form[name] for name in ("first_name", "last_name") if form.get(name)}
        given = {**names, "email_address": [form.get("email_address", "")]}
        return str(add_user(self.world, given)["id"])

    def _enter(self, request: Request, chosen: Callable[[dict[str, str]], str]) -> Answer:
        return self._back(request, lambda client, form: sign_in(self.world, client, chosen(form)))

    def _back(self, request: Request, change: Change) -> Answer:
        form = request.form()
        back = form.get("redirect_url", "")
        try:
            check_address(back, "redirect_url")
            with self.world.state.transaction():
                client = change(client_of(self.world, request), form)
        except (ApiError, ClerkError) as error:
            return page("notice.html", 400, title="That did not work", text=error.message)
        return evolve(redirect(back), cookies=client_cookies(self.world, client))
