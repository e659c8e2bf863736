"""Listing an automation."""

from attrs import frozen
from flask import Blueprint, redirect
from flask.typing import ResponseReturnValue

from koda.domain.model.people import Principal
from koda.domain.model.sentences import sentence
from koda.domain.model.uploads import FileKind
from koda.domain.model.validation import Problems
from koda.domain.model.versions import Version
from koda.domain.usecases.selling.submit_automation import Submission, SubmitAutomation
from koda.entrypoints.web.forms import Refusal, Typed, attempt
from koda.entrypoints.web.links import link_to
from koda.entrypoints.web.messages import leave_message
from koda.entrypoints.web.pages.listing_forms import ListingHelp
from koda.entrypoints.web.rendering import Renderer
from koda.entrypoints.web.uploads import FormFiles
from koda.entrypoints.web.visitors import Visitors


@frozen
class SubmitPages:
    """The form of a new listing."""

    render: Renderer
    visitors: Visitors
    files: FormFiles
    help: ListingHelp
    submit: SubmitAutomation

    def route(self, blueprint: Blueprint) -> None:
        """Add the routes."""
        blueprint.add_url_rule("/selling/new", "submit", self.form)
        blueprint.add_url_rule("/selling/new", "submit_sent", self.sent, methods=["POST"])

    def form(self) -> ResponseReturnValue:
        """Show the empty form."""
        self.visitors.required()
        return self._page({"version": "1.0.0"}, ())

    def sent(self) -> ResponseReturnValue:
        """List the automation, or show the form again with what to change."""
        principal = self.visitors.required()
        self.visitors.limit("submit")
        typed = Typed.read(*self.help.fields, "version")
        wrong = list(self.files.take(principal, typed, FileKind.ARTIFACT, FileKind.PREVIEW))
        done = attempt(wrong, lambda: self._check(typed), lambda: self._submit(principal, typed))
        if isinstance(done, Refusal):
            return self._page(typed.shown(done.faults), done.faults), done.status
        leave_message(sentence("Your automation is on sale."))
        return redirect(link_to("automation", done), 303)

    def _check(self, typed: Typed) -> None:
        problems = Problems()
        problems.collect(self.help.check, typed)
        problems.collect(Version.parse, typed["version"])
        problems.check()

    def _submit(self, principal: Principal, typed: Typed) -> str:
        submission = Submission(
            **self.help.said(typed),
            artifact=typed.uploads[FileKind.ARTIFACT],
            preview=typed.uploads.get(FileKind.PREVIEW),
            version=typed["version"],
        )
        return self.submit(principal, submission).id

    def _page(self, form: dict[str, str], errors: object) -> str:
        return self.render("submit", form=form, errors=errors, **self.help.context())
