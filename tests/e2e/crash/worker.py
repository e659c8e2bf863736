"""A process that handles messages in children of its own, and lets them be killed at a step.

It reads one JSON object a line: `die_at` (a call of any port, counted from 1, whose effect is the
last; 0 for never), `payload` and `headers`. It answers each with the child's wait status.
"""

import json
import os
import signal
import sys
import traceback
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from attrs import define
from dependency_injector.providers import Object

from koda.entrypoints.embedded.sandbox import leading_to
from koda.entrypoints.environment.loading import load_settings
from koda.entrypoints.settings.settings import Settings
from koda.entrypoints.wiring.container import Container, make_container
from koda.entrypoints.wiring.lifecycle import close, open_ports
from paysandbox.control import SandboxControl

STEPS = ("payment_inbox", "payments", "orders", "purchases", "journal")
"""The ports whose calls are the steps of recording a purchase: all that it changes anything by."""


def die() -> None:
    """End this process without warning."""
    os.kill(os.getpid(), signal.SIGKILL)


@define
class Doom:
    """Counts the steps, and lets something end at one of them: this process, unless told."""

    die_at: int
    after: bool = False
    strike: Callable[[], object] = die
    steps: int = 0

    def meet(self, step: Callable[[], Any]) -> Any:
        """Take a step, or die before or after it."""
        self.steps += 1
        doomed = self.steps == self.die_at
        if doomed and not self.after:
            self.strike()
        answer = step()
        if doomed and self.after:
            self.strike()
        return answer


@define
class Doomed:
    """A port each of whose calls is a step; what it says of itself is none."""

    port: Any
    doom: Doom

    def __getattr__(self, name: str) -> Any:
        method = getattr(self.port, name)
        if not callable(method):
            return method
        return lambda *args, **kwargs: self.doom.meet(lambda: method(*args, **kwargs))


def doomed(settings: Settings, doom: Doom) -> Container:
    """A marketplace every step of which may be its last."""
    container = make_container(settings)
    for name in STEPS:
        provider = getattr(container, name)
        provider.override(Object(Doomed(provider(), doom)))
    return container


def handle(settings: Settings, asked: dict[str, Any]) -> None:
    """Handle one message, as a web process would."""
    container = doomed(settings, Doom(asked["die_at"], after=True))
    container.use_cases().handle_payment_event(asked["payload"].encode(), asked["headers"])


def in_a_child(settings: Settings, asked: dict[str, Any]) -> int:
    """The wait status of a child process that handles the message."""
    child = os.fork()
    if child == 0:
        with ExitStack() as leave:
            # Whatever is raised: a child must never go on as its parent.
            leave.callback(os._exit, 1)
            leave.callback(traceback.print_exc)
            handle(settings, asked)
            os._exit(0)
    return os.waitpid(child, 0)[1]


def main() -> None:
    """Serve the marketplace of the environment; the argument is the sandbox's address."""
    settings = leading_to(load_settings(), SandboxControl(sys.argv[1]))
    # What every child needs is imported once, here; what it opens is its own.
    warm = make_container(settings)
    open_ports(warm)
    close(warm)
    for line in sys.stdin:
        print(in_a_child(settings, json.loads(line)), flush=True)


if __name__ == "__main__":
    main()
