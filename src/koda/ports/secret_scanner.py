"""A second look for secrets, by a program that knows kinds of them which Koda does not."""

from abc import abstractmethod
from collections.abc import Sequence
from typing import Protocol

from koda.domain.model.scans import NamedText, NotScanned, Scan


class SecretScanner(Protocol):
    """Looks for secrets in the texts of a file. Threads may share one."""

    @abstractmethod
    def scan(self, texts: Sequence[NamedText]) -> Scan | NotScanned:
        """Return what looks like a secret in each of `texts`, by itself and by its name.

        A secret never reaches from one text into another. The answer comes within a few seconds;
        nothing is ever raised: whoever cannot answer says `NotScanned`, never an empty `Scan`.
        Texts may hold any characters, lone surrogates included. Nothing leaves this machine.
        """
