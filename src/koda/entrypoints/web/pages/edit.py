"""Changing a listing, releasing a version of it, withdrawing it."""

from attrs import frozen
from flask import Blueprint, redirect
from flask.typing import ResponseReturnValue

from koda.domain.model.automations import Automation
from koda.domain.model.identifiers import AutomationId
from koda.domain.model.people import Principal
from koda.domain.model.sentences import Sentence, sentence
from koda.domain.model.uploads import FileKind
from koda.domain.model.versions import Version
from koda.domain.usecases.selling.release_version import NewRelease, ReleaseVersion
from koda.domain.usecases.selling.revise_automation import ReviseAutomation, Revision
from koda.domain.usecases.selling.withdraw_automation import WithdrawAutomation
from koda.entrypoints.web.forms import Refusal, Typed, attempt
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
    release: ReleaseVersion
    withdraw: WithdrawAutomation

    def route(self, blueprint: Blueprint) -> None:
        """Add the routes: a form at GET, what it sends at POST of the same address."""
        for name, form, sent in (
            ("edit", self.edit_form, self.edit_sent),
            ("release", self.release_form, self.release_sent),
            ("withdraw", self.withdraw_form, self.withdraw_sent),
        ):
            place = f"/selling/<automation_id>/{name}"
            blueprint.add_url_rule(place, name, form)
            blueprint.add_url_rule(place, f"{name}_sent", sent, methods=["POST"])

    def edit_form(self, automation_id: str) -> ResponseReturnValue:
        """Show the form with the present listing."""
        item = self.own(automation_id)
        return self._page("edit", item, typed_of(item), ())

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
        return self._answer("edit", item, typed, done, sentence("Your listing is changed."))

    def release_form(self, automation_id: str) -> ResponseReturnValue:
        """Show the empty form."""
        return self._page("release", self.own(automation_id), {}, ())

    def release_sent(self, automation_id: str) -> ResponseReturnValue:
        """Add the release, or show the form again with what to change."""
        principal, item = self.visitors.required(), self.own(automation_id)
        self.visitors.limit("submit")
        typed = Typed.read("version", "notes")
        wrong = list(self.files.take(principal, typed, FileKind.ARTIFACT))
        done = attempt(
            wrong,
            lambda: Version.parse(typed["version"]),
            lambda: self._release(principal, item, typed),
        )
        return self._answer(
            "release", item, typed, done, sentence("The release is out for every buyer.")
        )

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

    def _release(self, principal: Principal, item: Automation, typed: Typed) -> Automation:
        artifact = typed.uploads[FileKind.ARTIFACT]
        new = NewRelease(version=typed["version"], artifact=artifact, notes=typed["notes"])
        return self.release(principal, item.id, new)

    def _answer(
        self,
        form: str,
        item: Automation,
        typed: Typed,
        done: Automation | Refusal,
        message: Sentence,
    ) -> ResponseReturnValue:
        if isinstance(done, Refusal):
            return self._page(form, item, typed.shown(done.faults), done.faults), done.status
        leave_message(message)
        return redirect(link_to("automation", item.id), 303)

    def _page(self, name: str, item: Automation, form: dict[str, str], errors: object) -> str:
        shown = self.help.context(item.listing)
        return self.render(name, item=item, form=form, errors=errors, **shown)
