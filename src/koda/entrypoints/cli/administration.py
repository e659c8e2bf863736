"""What the commands of an administrator share: who acts, and on which marketplace."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from koda.domain.model.people import Principal
from koda.domain.model.roles import OPERATOR, Role
from koda.entrypoints.environment.loading import load_settings
from koda.entrypoints.wiring.compose import UseCases
from koda.entrypoints.wiring.container import make_container
from koda.entrypoints.wiring.lifecycle import close

AT_TERMINAL = Principal(OPERATOR, "terminal", frozenset({Role.ADMIN}))
"""Whoever may read the settings and the store may do all that an admin may."""


@contextmanager
def administered() -> Iterator[UseCases]:
    """Lend the use cases of the marketplace that the environment tells of.

    Raises:
        InvalidValue: a setting is wrong.
    """
    container = make_container(load_settings(os.environ))
    try:
        yield container.use_cases()
    finally:
        close(container)
