"""Releases of n8n, and versions of its nodes."""

from attrs import frozen


@frozen(order=True)
class Release:
    """A minor release of n8n, such as 1.75, with all of its patches."""

    major: int
    minor: int

    @classmethod
    def parse(cls, text: str) -> "Release":
        """Read what `str()` of a release gives."""
        major, _, minor = text.partition(".")
        return cls(int(major), int(minor))

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}"


def plain_version(version: str | None) -> str:
    """Write a version as the facts do: `3` for `3.0`, and 1 for none."""
    try:
        return f"{float(version or 1):g}"
    except ValueError:
        return str(version)
