from collections.abc import Callable

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
