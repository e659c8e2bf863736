"""Betterleaks, a scanner for secrets."""

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

from koda.domain.model.errors import Unavailable
from koda.domain.model.scans import NamedText, NotScanned
from koda.entrypoints.backends.probe import Check
from koda.entrypoints.backends.room import ScannerRoom
from koda.ports.secret_scanner import SecretScanner

if TYPE_CHECKING:
    from koda.adapters.betterleaks.secret_scanner import BetterleaksSecretScanner

_PLANTED = NamedText(f"ghp_{'aB3dE5gH7jK9' * 3}")
"""What looks like a token of GitHub's, and is none."""


class BetterleaksRoom(ScannerRoom):
    """The library in a process of its own."""

    name = "betterleaks"
    extra = "betterleaks"
    about: ClassVar[Mapping[str, str]] = {
        "scanner": "knows tokens of some hundred providers, in a process beside each of the site's"
    }
    remedy = (
        "see that this user may start another Python process, with some 40 MB of memory; until "
        "then files are not scanned"
    )

    @cached_property
    def _scanner(self) -> "BetterleaksSecretScanner":
        from koda.adapters.betterleaks.secret_scanner import BetterleaksSecretScanner

        return BetterleaksSecretScanner()

    def scanner(self) -> SecretScanner:
        """Return what scans in another process, which starts with the first file."""
        return self._scanner

    def checks(self, slot: str) -> Iterator[Check]:
        """Yield how the scanner is tried."""
        yield Check(slot, self.try_scanner, self.remedy)

    def try_scanner(self) -> str:
        """Have it look at a token that was made up."""
        answer = self.scanner().scan([_PLANTED])
        if isinstance(answer, NotScanned) or not answer.suspicions:
            raise Unavailable("scanner")
        return "betterleaks suspects what looks like a token"

    def close(self) -> None:
        """End the process that scans, if it was started."""
        if "_scanner" in vars(self):
            self._scanner.close()
