"""Whether the site is alive, and whether it is ready."""

from collections.abc import Callable, Mapping

from attrs import frozen
from flask import Blueprint
from flask.typing import ResponseReturnValue

from koda.domain.model.errors import KodaError


@frozen
class HealthPages:
    """Answers for those who watch the site; `checks` raise where a backend is down."""

    checks: Mapping[str, Callable[[], object]]

    def route(self, blueprint: Blueprint) -> None:
        """Add the routes."""
        blueprint.add_url_rule("/healthz", "healthz", self.alive)
        blueprint.add_url_rule("/readyz", "readyz", self.ready)

    def alive(self) -> ResponseReturnValue:
        """Say that the process answers."""
        return {"status": "ok"}

    def ready(self) -> ResponseReturnValue:
        """Try each backend and say how it is."""
        states = {name: _state(check) for name, check in self.checks.items()}
        ready = all(state == "ok" for state in states.values())
        return {"status": "ok" if ready else "unavailable", "backends": states}, (
            200 if ready else 503
        )


def _state(check: Callable[[], object]) -> str:
    try:
        check()
    except KodaError as error:
        return error.code
    return "ok"
