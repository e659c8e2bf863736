"""Fault points: each call of each port in each money use case, and what may happen at it.

The points are not listed anywhere: a scene is played once with ports that note their calls, and
then once for each call and each fault.
"""

from collections.abc import Callable, Iterator
from enum import StrEnum
from functools import partial
from typing import Any

from attrs import define, field, frozen

from koda.domain.model.errors import KodaError, Unavailable
from koda.entrypoints.wiring.backends import Backends
from koda.entrypoints.wiring.compose import UseCases, compose
from koda.testing.marketplace import Marketplace
from koda.testing.open_ports import PORTS
from tests.e2e.faults.final_state import final_state_of
from tests.e2e.faults.scenes import SCENES, Scene

UNWATCHED = frozenset({"clock", "ids", "provider"})
"""What has no calls that fail: functions of the process itself, and the provider's own side."""


class Fault(StrEnum):
    """What happens at a call; one that hangs until its caller gives up is `after`."""

    BEFORE = "before"
    AFTER = "after"
    KILLED = "killed"


class Killed(BaseException):
    """The process ends here: nothing that would handle an error runs on."""


@define
class Ports:
    """Ports of a marketplace that note their calls; at one of them something happens."""

    market: Marketplace
    at: int = 0
    fault: Fault = Fault.BEFORE
    calls: list[str] = field(factory=list, init=False)

    def use_cases(self) -> UseCases:
        """Every use case on these ports; nothing is delivered by itself."""
        ports: dict[str, Any] = {
            name: port if name in UNWATCHED else _Watched(port, name, self.meet)
            for name in PORTS
            if name != "provider"
            for port in [getattr(self.market, name)]
        }
        policy, connect = self.market.policy, ports["payment_webhooks"]
        return compose(Backends(policy=policy, connect_webhooks=connect, **ports))

    def meet(self, name: str, call: Callable[[], Any]) -> Any:
        """Let a call happen, or what is to happen at it."""
        self.calls.append(name)
        here = len(self.calls) == self.at
        if here and self.fault is Fault.BEFORE:
            raise Unavailable("test double")
        answer = call()
        if here:
            raise Killed if self.fault is Fault.KILLED else Unavailable("test double")
        return answer


@frozen
class _Watched:
    """A port whose calls are met; what it says of itself is none."""

    port: Any
    name: str
    meet: Callable[[str, Callable[[], Any]], Any]

    def __getattr__(self, name: str) -> Any:
        member = getattr(self.port, name)
        if not callable(member):
            return member
        return lambda *args, **kwargs: self.meet(
            f"{self.name}.{name}", partial(member, *args, **kwargs)
        )


@frozen
class Point:
    """One call in a scene, counted from 1."""

    scene: Scene
    number: int
    call: str

    def play(self, fault: Fault, recovery: str) -> str:
        """How it ends when that happens there, and somebody goes on elsewhere."""
        market = Marketplace()
        fixture = self.scene.begin(market)
        ports = Ports(market, self.number, fault)
        try:
            fixture.act(ports.use_cases())
        except (KodaError, Killed):
            assert ports.calls[self.number - 1] == self.call
        self.scene.recover(fixture, recovery)
        return final_state_of(market)


def final_state_without_fault(scene: Scene, recovery: str) -> str:
    """How a scene ends when nothing happens."""
    market = Marketplace()
    fixture = scene.begin(market)
    fixture.act(Ports(market).use_cases())
    scene.recover(fixture, recovery)
    return final_state_of(market)


def points_of(scene: Scene) -> Iterator[Point]:
    """Each call that is made in a scene."""
    market = Marketplace()
    fixture = scene.begin(market)
    ports = Ports(market)
    fixture.act(ports.use_cases())
    for number, call in enumerate(ports.calls, 1):
        yield Point(scene, number, call)


def all_points() -> tuple[Point, ...]:
    """Each call of each scene."""
    return tuple(point for scene in SCENES for point in points_of(scene))
