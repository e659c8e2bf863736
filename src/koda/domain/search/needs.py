"""What a workflow needs, by a few values that listings can be filtered by."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import ClassVar, Final

from attrs import frozen

from koda.domain.model.validation import chosen

WITHOUT: Final = "without"
WITH: Final = "with"
WITH_CHANGES: Final = "-with-changes"
"""What a version of n8n has behind it, where something may have to be changed for it."""
_N8N_VERSIONS = (1, 2, 3)
_SETUP_STEPS = (0, 2, 5, 10)
"""Of the published templates of n8n 7, 26, 61 and 86 in 100 have no more steps to set up."""


class Need(StrEnum):
    """What listings differ by in what they need."""

    N8N = "n8n"
    """The version of n8n on which it runs as it is, or perhaps with changes."""
    CODE = "code"
    """With steps that run code or commands, or without."""
    AI = "ai"
    """With steps of AI, or without."""
    SETUP = "setup"
    """The most steps that somebody has to set up."""


NEEDS: Mapping[Need, tuple[str, ...]] = MappingProxyType(
    {
        Need.N8N: tuple(f"{major}{end}" for major in _N8N_VERSIONS for end in ("", WITH_CHANGES)),
        Need.CODE: (WITHOUT, WITH),
        Need.AI: (WITHOUT, WITH),
        Need.SETUP: tuple(map(str, _SETUP_STEPS)),
    }
)
"""The values that there are of each."""


@frozen
class Needed:
    """One of the values of a need."""

    MARK: ClassVar[str] = "R:"
    """The beginning of its label."""

    need: Need
    value: str

    @classmethod
    def read(cls, need: Need, text: str) -> "Needed":
        """Read what was asked for; raises `InvalidValue` if it is none of the values."""
        return cls(need, chosen(need.value, NEEDS[need], text))

    @property
    def label(self) -> str:
        """The label of a listing that has it."""
        return f"{self.MARK}{self.need}={self.value}"
