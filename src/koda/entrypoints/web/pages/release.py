"""Releasing a version of an automation: first its file, then what is said of it."""

from attrs import frozen
from flask import Blueprint, redirect
from flask.typing import ResponseReturnValue

from koda.domain.model.automations import Automation
from koda.domain.model.identifiers import UploadId
from koda.domain.model.people import Principal
from koda.domain.model.sentences import sentence
from koda.domain.model.versions import Version
from koda.domain.usecases.selling.release_version import NewRelease, ReleaseVersion
from koda.entrypoints.web.forms import UNTRIED, Refusal, Typed, attempt
from koda.entrypoints.web.links import link_to
from koda.entrypoints.web.pages.listing_forms import ListingHelp, OwnListings
from koda.entrypoints.web.pages.listing_outcome import leave_outcome
from koda.entrypoints.web.pages.upload_steps import YES, UploadSteps
from koda.entrypoints.web.rendering import Renderer
from koda.entrypoints.web.visitors import Visitors


@frozen
class ReleasePages:
    """The two forms of a release, for the seller; the address of the second names the upload."""

    render: Renderer
    visitors: Visitors
    own: OwnListings
    steps: UploadSteps
    help: ListingHelp
    release: ReleaseVersion

    def route(self, blueprint: Blueprint) -> None:
        """Add the routes: a form at GET, what it sends at POST of the same address."""
        place = "/selling/<automation_id>/release"
        for name, address, form, sent in (
            ("release", place, self.file_form, self.file_sent),
            ("describe_release", f"{place}/<upload_id>", self.form, self.sent),
        ):
            blueprint.add_url_rule(address, name, form)
            blueprint.add_url_rule(address, f"{name}_sent", sent, methods=["POST"])

    def file_form(self, automation_id: str) -> ResponseReturnValue:
        """Ask for the file."""
        return self._file_page(self.own(automation_id), UNTRIED)

    def file_sent(self, automation_id: str) -> ResponseReturnValue:
        """Look into the file, and go on to the form about it or say why it cannot be sold."""
        principal, item = self.visitors.required(), self.own(automation_id)
        self.visitors.limit("submit")
        upload = self.steps.take(principal, item.id)
        if isinstance(upload, Refusal):
            return self._file_page(item, upload)
        return redirect(link_to("describe_release", item.id, upload), 303)

    def form(self, automation_id: str, upload_id: str) -> ResponseReturnValue:
        """Show what is in the file, and the form with the next version."""
        principal, item = self.visitors.required(), self.own(automation_id)
        return self._page(principal, item, upload_id, None, UNTRIED)

    def sent(self, automation_id: str, upload_id: str) -> ResponseReturnValue:
        """Add the release, or show the form again with what to change."""
        principal, item = self.visitors.required(), self.own(automation_id)
        self.visitors.limit("submit")
        typed = Typed.read("version", "notes", "redact")
        done = attempt(
            (),
            lambda: Version.parse(typed["version"]),
            lambda: self._release(principal, item, UploadId(upload_id), typed),
        )
        if isinstance(done, Refusal):
            return self._page(principal, item, upload_id, typed.values, done)
        leave_outcome(done, sentence("The release is out for every buyer."))
        return redirect(link_to("automation", item.id), 303)

    def _release(
        self, principal: Principal, item: Automation, upload_id: UploadId, typed: Typed
    ) -> Automation:
        new = NewRelease(
            version=typed["version"],
            artifact=upload_id,
            notes=typed["notes"],
            redact=typed["redact"] == YES,
        )
        return self.release(principal, item.id, new)

    def _file_page(self, item: Automation, refusal: Refusal) -> ResponseReturnValue:
        shown = self.help.context(item.listing)
        page = self.render("release", item=item, form={}, errors=refusal.faults, **shown)
        return page, refusal.status

    def _page(
        self,
        principal: Principal,
        item: Automation,
        upload_id: str,
        form: dict[str, str] | None,
        refusal: Refusal,
    ) -> ResponseReturnValue:
        inspection = self.steps.look(principal, upload_id, item.id)
        if isinstance(inspection, Refusal):
            return self._file_page(item, inspection)
        suggested = {"version": inspection.version, "redact": YES}
        page = self.render(
            "describe_release",
            item=item,
            inspection=inspection,
            form=suggested if form is None else form,
            errors=refusal.faults,
            **self.help.context(item.listing),
        )
        return page, refusal.status
