"""The audit log."""

from collections.abc import Mapping, Sequence

from attrs import frozen
from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from koda.domain.model.audit import AuditSubject
from koda.domain.model.errors import InvalidValue
from koda.domain.model.identifiers import UserId
from koda.domain.model.paging import ListPage
from koda.domain.model.roles import Permission
from koda.domain.usecases.administration.authorize import Authorize
from koda.domain.usecases.administration.view_audit_log import AuditLine, ViewAuditLog
from koda.entrypoints.web.errors import Fault
from koda.entrypoints.web.forms import Refusal
from koda.entrypoints.web.links import asked_cursor, paging
from koda.entrypoints.web.rendering import Renderer
from koda.entrypoints.web.visitors import Visitors
from koda.entrypoints.wiring.cursors import Cursors


@frozen
class AuditLogPages:
    """What administrators did, and why."""

    render: Renderer
    visitors: Visitors
    cursors: Cursors
    authorize: Authorize
    view: ViewAuditLog

    def route(self, blueprint: Blueprint) -> None:
        """Add the routes."""
        blueprint.add_url_rule("/admin/audit", "audit_log", self.audit_log)

    def audit_log(self) -> ResponseReturnValue:
        """Show a page of the log, newest first: all of it, or of a subject or an actor."""
        principal, cursor = self.visitors.required(), asked_cursor(self.cursors)
        self.authorize(principal, Permission.READ_AUDIT_LOG)
        asked = {name: request.args.get(name, "").strip() for name in ("subject", "actor")}
        try:
            subject = AuditSubject.parse(asked["subject"]) if asked["subject"] else None
        except InvalidValue as error:
            refusal = Refusal.of(error)
            return self._page(asked, ListPage((), None), refusal.faults), refusal.status
        actor = UserId(asked["actor"]) or None
        return self._page(asked, self.view(principal, subject, actor, cursor=cursor), ())

    def _page(
        self, asked: Mapping[str, str], page: ListPage[AuditLine], errors: Sequence[Fault]
    ) -> str:
        query = {name: value for name, value in asked.items() if value}
        return self.render(
            "audit_log",
            lines=page.items,
            form=asked,
            errors=errors,
            **paging("audit_log", self.cursors, page.next_cursor, **query),
            here="admin",
        )
