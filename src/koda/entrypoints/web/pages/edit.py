"""Changing a listing, withdrawing it."""

from attrs import frozen
from flask import Blueprint, redirect
from flask.typing import ResponseReturnValue

from koda.domain.model.automations import Automation
from koda.domain.model.identifiers import AutomationId
from koda.domain.model.people import Principal
from koda.domain.model.sentences import sentence
from koda.domain.model.uploads import FileKind
from koda.domain.usecases.selling.revise_automation import ReviseAutomation, Revision
from koda.domain.usecases.selling.withdraw_automation import WithdrawAutomation
from koda.entrypoints.web.forms import UNTRIED, Refusal, Typed, attempt
from koda.entrypoints.web.links import link_to
from koda.entrypoints.web.messages import leave_message
from koda.entrypoints.web.pages.listing_forms import ListingHelp, OwnListings, typed_of
from koda.entrypoints.web.rendering import Renderer
from koda.entrypoints.web.uploads import FormFiles
from koda.entrypoints.web.visitors import Visitors


@frozen
class EditPages:
    """The forms of a listing that there is, for its seller."""

    render: Renderer
    visitors: Visitors
    own: OwnListings
    files: FormFiles
    help: ListingHelp
    revise: ReviseAutomation
    withdraw: WithdrawAutomation

    def route(self, blueprint: Blueprint) -> None:
        """Add the routes: a form at GET, what it sends at POST of the same address."""
        for name, form, sent in (
            ("edit", self.edit_form, self.edit_sent),
            ("withdraw", self.withdraw_form, self.withdraw_sent),
        ):
            place = f"/selling/<automation_id>/{name}"
            blueprint.add_url_rule(place, name, form)
            blueprint.add_url_rule(place, f"{name}_sent", sent, methods=["POST"])

    def edit_form(self, automation_id: str) -> ResponseReturnValue:
        """Show the form with the present listing."""
        item = self.own(automation_id)
        return self._page(item, typed_of(item), UNTRIED)

    def edit_sent(self, automation_id: str) -> ResponseReturnValue:
        """Change the listing, or show the form again with what to change."""
        principal, item = self.visitors.required(), self.own(automation_id)
        self.visitors.limit("submit")
        typed = Typed.read(*self.help.fields)
        wrong = list(self.files.take(principal, typed, FileKind.PREVIEW))
        done = attempt(
            wrong,
            lambda: self.help.check(typed, item.listing),
            lambda: self._revise(principal, item, typed),
        )
        if isinstance(done, Refusal):
            return self._page(item, typed.shown(done.faults), done)
        leave_message(sentence("Your listing is changed."))
        return redirect(link_to("automation", item.id), 303)

    def withdraw_form(self, automation_id: str) -> ResponseReturnValue:
        """Ask whether it is meant."""
        return self.render("withdraw", item=self.own(automation_id), here="selling")

    def withdraw_sent(self, automation_id: str) -> ResponseReturnValue:
        """Take the listing off sale."""
        self.withdraw(self.visitors.required(), AutomationId(automation_id))
        leave_message(sentence("The listing is withdrawn. Its buyers keep their files."))
        return redirect(link_to("selling"), 303)

    def _revise(self, principal: Principal, item: Automation, typed: Typed) -> Automation:
        revision = Revision(**self.help.said(typed), preview=typed.uploads.get(FileKind.PREVIEW))
        return self.revise(principal, item.id, revision)

    def _page(
        self, item: Automation, form: dict[str, str], refusal: Refusal
    ) -> ResponseReturnValue:
        shown = self.help.context(item.listing)
        page = self.render("edit", item=item, form=form, errors=refusal.faults, **shown)
        return page, refusal.status
