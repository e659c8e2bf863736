"""People and roles."""

from collections.abc import Mapping, Sequence

from attrs import frozen
from flask import Blueprint, redirect
from flask.typing import ResponseReturnValue

from koda.domain.model.errors import LacksRole
from koda.domain.model.identifiers import UserId
from koda.domain.model.people import Principal
from koda.domain.model.roles import Role
from koda.domain.model.sentences import sentence
from koda.domain.usecases.administration.give_role import GiveRole
from koda.domain.usecases.administration.take_role import TakeRole
from koda.domain.usecases.administration.view_roles import RoleHolder, ViewRoles
from koda.entrypoints.web.errors import Fault
from koda.entrypoints.web.forms import REFUSALS, Refusal, Typed
from koda.entrypoints.web.links import link_to
from koda.entrypoints.web.messages import leave_message
from koda.entrypoints.web.rendering import Renderer
from koda.entrypoints.web.visitors import Visitors
from koda.entrypoints.web.words import word


@frozen
class RolePages:
    """Who has which role; an admin gives and takes them here."""

    render: Renderer
    visitors: Visitors
    view: ViewRoles
    give: GiveRole
    take: TakeRole

    def route(self, blueprint: Blueprint) -> None:
        """Add the routes."""
        place = "/admin/roles"
        blueprint.add_url_rule(place, "roles", self.roles)
        blueprint.add_url_rule(place, "roles_sent", self.roles_sent, methods=["POST"])
        held = f"{place}/<user_id>/<role>/take"
        blueprint.add_url_rule(held, "take_role", self.take_form)
        blueprint.add_url_rule(held, "take_role_sent", self.take_sent, methods=["POST"])

    def roles(self) -> ResponseReturnValue:
        """List everybody who has a role, beside the form that gives one."""
        return self._page(self.visitors.required(), {}, ())

    def roles_sent(self) -> ResponseReturnValue:
        """Give a role, or show the form again with what to change."""
        principal, typed = self.visitors.required(), Typed.read("user_id", "role", "reason")
        user_id = UserId(typed["user_id"].strip())
        try:
            self.give(principal, user_id, Role.read(typed["role"]), typed["reason"])
        except REFUSALS as error:
            refusal = Refusal.of(error)
            return self._page(principal, typed.values, refusal.faults), refusal.status
        leave_message(sentence("The role is given. It holds from their next request on."))
        return self._leave(principal, user_id)

    def take_form(self, user_id: str, role: str) -> ResponseReturnValue:
        """Ask for the reason."""
        return self._taking(self.visitors.required(), UserId(user_id), role, {}, ())

    def take_sent(self, user_id: str, role: str) -> ResponseReturnValue:
        """Take the role, or say why not."""
        principal, typed = self.visitors.required(), Typed.read("reason")
        try:
            self.take(principal, UserId(user_id), Role.read(role), typed["reason"])
        except REFUSALS as error:
            refusal = Refusal.of(error)
            page = self._taking(principal, UserId(user_id), role, typed.values, refusal.faults)
            return page, refusal.status
        leave_message(sentence("The role is taken. It ends with their next request."))
        return self._leave(principal, UserId(user_id))

    def _leave(self, principal: Principal, user_id: UserId) -> ResponseReturnValue:
        """Lead on; whose own roles have changed perhaps may not see the list any more."""
        if user_id != principal.user_id:
            return redirect(link_to("roles"), 303)
        self.visitors.look_again()
        return redirect(link_to("catalogue"), 303)

    def _page(self, principal: Principal, form: Mapping[str, str], errors: Sequence[Fault]) -> str:
        return self.render(
            "roles",
            holders=self.view(principal),
            choices=[(role.value, word(role)) for role in Role],
            form=form,
            errors=errors,
            here="admin",
        )

    def _taking(
        self,
        principal: Principal,
        user_id: UserId,
        role: str,
        form: Mapping[str, str],
        errors: Sequence[Fault],
    ) -> str:
        holder = _holder(self.view(principal), user_id, role)
        return self.render(
            "take_role", holder=holder, role=role, form=form, errors=errors, here="admin"
        )


def _holder(holders: Sequence[RoleHolder], user_id: UserId, role: str) -> RoleHolder:
    """Return who was given the role under that id; raises `LacksRole` if it was not."""
    for holder in holders:
        if holder.user_id == user_id and role in {given.role for given in holder.assignments}:
            return holder
    raise LacksRole(user_id, role)
