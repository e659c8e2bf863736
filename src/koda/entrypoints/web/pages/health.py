"""Whether the site is alive, and whether it is ready."""

import time
from collections.abc import Mapping

from attrs import frozen
from flask import Blueprint
from flask.typing import ResponseReturnValue

from koda.entrypoints.health.readiness import WELL, EndpointReports, Watched

PATIENCE = 2.0
"""Seconds within which readiness is told, whatever the backends do."""


@frozen
class HealthPages:
    """Answers for those who watch the site.

    What became of messages is told and decides nothing: anybody can send some that are refused.
    """

    backends: Mapping[str, Watched]
    messages: EndpointReports
    patience: float = PATIENCE

    def route(self, blueprint: Blueprint) -> None:
        """Add the routes."""
        blueprint.add_url_rule("/healthz", "healthz", self.alive)
        blueprint.add_url_rule("/readyz", "readyz", self.ready)

    def alive(self) -> ResponseReturnValue:
        """Say that the process answers."""
        return {"status": WELL}

    def ready(self) -> ResponseReturnValue:
        """Say how each backend is, and whether the site can do without those that are down."""
        states = self._states()
        down = {name for name, state in states.items() if state != WELL}
        lost = any(self.backends[name].backend.needed for name in down)
        status = "unavailable" if lost else "degraded" if down else WELL
        told = {"status": status, "backends": states, "messages": self.messages.told}
        return told, 503 if lost else 200

    def _states(self) -> Mapping[str, str]:
        ends_at = time.monotonic() + self.patience
        for backend in self.backends.values():
            backend.ask()
        return {
            name: backend.state(max(0.0, ends_at - time.monotonic()))
            for name, backend in self.backends.items()
        }
