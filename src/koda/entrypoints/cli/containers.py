"""The container of a command that asks a few questions and ends."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from koda.entrypoints.environment.loading import load_settings
from koda.entrypoints.wiring.container import Container, make_container
from koda.entrypoints.wiring.lifecycle import close


@contextmanager
def container_of_environment() -> Iterator[Container]:
    """Lend a container as the environment's settings say; what was opened is closed at the end.

    Raises:
        InvalidValue: a setting is wrong.
    """
    container = make_container(load_settings(os.environ))
    try:
        yield container
    finally:
        close(container)
