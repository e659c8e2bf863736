"""`koda`, run as somebody at a terminal would."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.e2e.cli.program import PATIENCE, Koda, Serving
from tests.e2e.cli.warm import Warm, warmed

Serve = Callable[..., Serving]


@pytest.fixture(scope="session")
def warm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warm]:
    """What becomes `koda` for each run, in a process of its own, without imports."""
    with warmed(tmp_path_factory.mktemp("warm")) as process:
        yield process


@pytest.fixture
def koda(tmp_path: Path, warm: Warm) -> Koda:
    """`koda` with a fresh data directory."""
    return Koda(tmp_path / "data", warm=warm)


@contextmanager
def serving(koda: Koda) -> Iterator[Serve]:
    """Give what starts `koda serve` on a free port; all that was started ends with the block."""
    started = []

    def start(*arguments: str, **settings: str) -> Serving:
        # One worker unless a test says otherwise: each imports everything anew.
        process = koda.begin("serve", "--port", "0", "--workers", "1", *arguments, **settings)
        started.append(process)
        return Serving(process)

    try:
        yield start
    finally:
        for process in started:
            process.terminate()
            process.communicate(timeout=PATIENCE)


@pytest.fixture
def serve(koda: Koda) -> Iterator[Serve]:
    """Start `koda serve` on a free port with further arguments and settings."""
    with serving(koda) as start:
        yield start
