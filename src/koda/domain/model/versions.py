"""The versions of releases."""

import re
from functools import total_ordering

from attrs import field, frozen

from koda.domain.model.errors.roots import InvalidValue
from koda.domain.model.sentences import sentence
from koda.domain.model.validation import integer

LARGEST_VERSION_PART = 10**9 - 1

_PART = r"(0|[1-9]\d{0,8})"
_VERSION = rf"{_PART}\.{_PART}\.{_PART}"


@total_ordering
@frozen(order=False)
class Version:
    """A semantic version `major.minor.patch` (semver.org, without pre-release or build parts)."""

    major: int = field(validator=integer(0, LARGEST_VERSION_PART))
    minor: int = field(validator=integer(0, LARGEST_VERSION_PART))
    patch: int = field(validator=integer(0, LARGEST_VERSION_PART))

    @classmethod
    def parse(cls, text: str) -> "Version":
        """Read `"1.2.3"`; raises `InvalidValue` for anything else."""
        match = re.fullmatch(_VERSION, text, re.ASCII)
        if match is None:
            raise InvalidValue("version", sentence("must be three numbers such as 1.0.0"))
        return cls(int(match[1]), int(match[2]), int(match[3]))

    @property
    def next_minor(self) -> "Version":
        """The version to suggest for a release after this one."""
        return Version(self.major, min(self.minor + 1, LARGEST_VERSION_PART), 0)

    def __lt__(self, other: "Version") -> bool:
        return (self.major, self.minor, self.patch) < (other.major, other.minor, other.patch)

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}"
