"""`koda roles`."""

import json
import os
from collections.abc import Iterator
from typing import Any

import click

from koda.domain.model.identifiers import UserId
from koda.domain.model.people import name_of
from koda.domain.model.roles import Role
from koda.domain.usecases.administration.view_roles import RoleHolder
from koda.entrypoints.cli.administration import AT_TERMINAL, administered, reason_option
from koda.entrypoints.cli.exit_codes import json_option
from koda.entrypoints.environment.loading import load_settings


@click.group(name="roles")
def command() -> None:
    """List, give and take roles.

    An admin may do everything, the support reads payments and the audit log, a
    moderator suspends listings. Roles are given to the ids of users, as the identity provider
    knows them.
    """


@command.command(name="list")
@json_option
def list_roles(*, as_json: bool) -> None:
    """List who has which role, and who gave it."""
    with administered() as use_cases:
        holders = use_cases.view_roles(AT_TERMINAL)
    if as_json:
        click.echo(json.dumps([_described(holder) for holder in holders]))
        return
    told = bool(load_settings(os.environ).admins)
    by = "by KODA_ADMINS" if told else "in its sandbox, since KODA_ADMINS names nobody"
    for line in (line for holder in holders for line in _lines(holder, by)):
        click.echo(line)
    if not holders:
        click.echo("Nobody has a role; give the first: koda roles give USER admin --why REASON")


@command.command(name="give")
@click.argument("user")
@click.argument("role")
@reason_option
def give(user: str, role: str, reason: str) -> None:
    """Give USER the ROLE admin, support or moderator."""
    with administered() as use_cases:
        use_cases.give_role(AT_TERMINAL, UserId(user), Role.read(role), reason)
    click.echo(f"{user} has the role {role}")


@command.command(name="take")
@click.argument("user")
@click.argument("role")
@reason_option
def take(user: str, role: str, reason: str) -> None:
    """Take the ROLE from USER, but not the last admin's."""
    with administered() as use_cases:
        use_cases.take_role(AT_TERMINAL, UserId(user), Role.read(role), reason)
    click.echo(f"{user} no longer has the role {role}")


def _lines(holder: RoleHolder, by: str) -> Iterator[str]:
    whom = f"{holder.user_id}  {name_of(holder.person, '')}".rstrip()
    if holder.appointed:
        yield f"{Role.ADMIN:<10}{whom}  {by}"
    for given in holder.assignments:
        yield f"{given.role:<10}{whom}  since {given.given_at:%Y-%m-%d} by {given.given_by}"


def _described(holder: RoleHolder) -> dict[str, Any]:
    return {
        "user_id": holder.user_id,
        "name": holder.person and holder.person.name,
        "by_settings": holder.appointed,
        "roles": [
            {
                "role": given.role,
                "given_by": given.given_by,
                "given_at": given.given_at.isoformat(),
            }
            for given in holder.assignments
        ],
    }
