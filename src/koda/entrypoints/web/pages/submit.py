"""Listing an automation: first its file, then what is said of it."""

from attrs import frozen
from flask import Blueprint, redirect
from flask.typing import ResponseReturnValue

from koda.domain.model.automations import Automation
from koda.domain.model.errors import NotFound
from koda.domain.model.identifiers import UploadId
from koda.domain.model.people import Principal
from koda.domain.model.sentences import sentence
from koda.domain.model.uploads import FileKind
from koda.domain.model.validation import Problems
from koda.domain.model.versions import Version
from koda.domain.usecases.selling.submit_automation import Submission, SubmitAutomation, listed_as
from koda.entrypoints.web.forms import UNTRIED, Refusal, Typed, attempt
from koda.entrypoints.web.links import link_to
from koda.entrypoints.web.pages.listing_forms import ListingHelp, OwnListings
from koda.entrypoints.web.pages.listing_outcome import leave_outcome
from koda.entrypoints.web.pages.upload_steps import YES, UploadSteps
from koda.entrypoints.web.rendering import Renderer
from koda.entrypoints.web.visitors import Visitors


@frozen
class SubmitPages:
    """The two forms of a new listing; the address of the second one names the upload."""

    render: Renderer
    visitors: Visitors
    own: OwnListings
    steps: UploadSteps
    help: ListingHelp
    submit: SubmitAutomation

    def route(self, blueprint: Blueprint) -> None:
        """Add the routes: a form at GET, what it sends at POST of the same address."""
        for name, place, form, sent in (
            ("submit", "/selling/new", self.file_form, self.file_sent),
            ("describe", "/selling/new/<upload_id>", self.form, self.sent),
        ):
            blueprint.add_url_rule(place, name, form)
            blueprint.add_url_rule(place, f"{name}_sent", sent, methods=["POST"])

    def file_form(self) -> ResponseReturnValue:
        """Ask for the file."""
        self.visitors.required()
        return self._file_page(UNTRIED)

    def file_sent(self) -> ResponseReturnValue:
        """Look into the file, and go on to the form about it or say why it cannot be sold."""
        principal = self.visitors.required()
        self.visitors.limit("submit")
        upload = self.steps.take(principal)
        if isinstance(upload, Refusal):
            return self._file_page(upload)
        return redirect(link_to("describe", upload), 303)

    def form(self, upload_id: str) -> ResponseReturnValue:
        """Show what is in the file, and the form with what follows from it.

        Once the upload is listed, as for whoever goes back, lead to its listing.
        """
        principal = self.visitors.required()
        try:
            listed = self.own(listed_as(UploadId(upload_id)))
        except NotFound:
            return self._page(principal, upload_id, None, UNTRIED)
        return redirect(link_to("automation", listed.id), 303)

    def sent(self, upload_id: str) -> ResponseReturnValue:
        """List the automation, or show the form again with what to change."""
        principal = self.visitors.required()
        self.visitors.limit("submit")
        typed = Typed.read(*self.help.fields, "version", "redact")
        wrong = list(self.steps.files.take(principal, typed, FileKind.PREVIEW))
        done = attempt(
            wrong,
            lambda: self._check(typed),
            lambda: self._submit(principal, UploadId(upload_id), typed),
        )
        if isinstance(done, Refusal):
            return self._page(principal, upload_id, typed.shown(done.faults), done)
        leave_outcome(done, sentence("Your automation is on sale."))
        return redirect(link_to("automation", done.id), 303)

    def _check(self, typed: Typed) -> None:
        problems = Problems()
        problems.collect(self.help.check, typed)
        problems.collect(Version.parse, typed["version"])
        problems.check()

    def _submit(self, principal: Principal, upload_id: UploadId, typed: Typed) -> Automation:
        submission = Submission(
            **self.help.said(typed),
            artifact=upload_id,
            preview=typed.uploads.get(FileKind.PREVIEW),
            version=typed["version"],
            redact=typed["redact"] == YES,
        )
        return self.submit(principal, submission)

    def _file_page(self, refusal: Refusal) -> ResponseReturnValue:
        shown = self.help.context()
        return self.render("submit", form={}, errors=refusal.faults, **shown), refusal.status

    def _page(
        self, principal: Principal, upload_id: str, form: dict[str, str] | None, refusal: Refusal
    ) -> ResponseReturnValue:
        inspection = self.steps.look(principal, upload_id)
        if isinstance(inspection, Refusal):
            return self._file_page(inspection)
        suggested = {
            "platform": inspection.platform,
            "title": inspection.title,
            "version": inspection.version,
            "redact": YES,
        }
        page = self.render(
            "describe",
            inspection=inspection,
            form=suggested if form is None else form,
            errors=refusal.faults,
            **self.help.context(),
        )
        return page, refusal.status
