"""The container of a command that asks a few questions and ends."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from attrs import evolve

from koda.entrypoints.embedded.sandbox import admins_beside, with_its_sandbox
from koda.entrypoints.environment.loading import load_settings
from koda.entrypoints.settings.settings import Settings
from koda.entrypoints.wiring.container import Container, make_container
from koda.entrypoints.wiring.lifecycle import close


@contextmanager
def container_of_environment() -> Iterator[Container]:
    """Lend a container as the environment's settings say; what was opened is closed at the end.

    Raises:
        InvalidValue: a setting is wrong.
    """
    settings = load_settings(os.environ)
    if settings.embedded:
        settings = evolve(settings, admins=admins_beside(settings))
    with _opened(settings) as container:
        yield container


@contextmanager
def container_beside_its_sandbox() -> Iterator[Container]:
    """Lend the same to a command that asks the payment provider, which may be a sandbox.

    Raises:
        InvalidValue: a setting is wrong.
        Unavailable: the sandbox does not start; `with_its_sandbox` says what else.
    """
    with (
        with_its_sandbox(load_settings(os.environ)) as settings,
        _opened(settings) as container,
    ):
        yield container


@contextmanager
def _opened(settings: Settings) -> Iterator[Container]:
    container = make_container(settings)
    try:
        yield container
    finally:
        close(container)
