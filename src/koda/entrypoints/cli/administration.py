"""What the commands of an administrator share: who acts, and on which marketplace."""

from collections.abc import Iterator
from contextlib import contextmanager

import click

from koda.domain.model.people import Principal
from koda.domain.model.roles import OPERATOR, Role
from koda.entrypoints.cli.containers import container_of_environment
from koda.entrypoints.cli.exit_codes import Command
from koda.entrypoints.wiring.compose import UseCases

AT_TERMINAL = Principal(OPERATOR, "terminal", frozenset({Role.ADMIN}))
"""Whoever may read the settings and the store may do all that an admin may."""


def reason_option(command: Command) -> Command:
    """Give a command the option `--why`, which every action of an administrator asks for."""
    told = "The reason; the audit log keeps it."
    return click.option("--why", "reason", required=True, help=told)(command)


@contextmanager
def administered() -> Iterator[UseCases]:
    """Lend the use cases of the marketplace that the environment tells of.

    Raises:
        InvalidValue: a setting is wrong.
    """
    with container_of_environment() as container:
        yield container.use_cases()
