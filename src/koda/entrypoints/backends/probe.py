"""What trying a service gives; `koda doctor` and the start of a site have this in common.

A probe returns what it found in a few words, or `Warned` where somebody should look at what works
all the same. It raises `Unavailable` where a service may be better soon, `Refused` or
`InvalidValue` where somebody must set something right.
"""

from collections.abc import Callable

from attrs import frozen


@frozen
class Warned:
    """Something works, though perhaps not as it should: what was found, and what to do."""

    detail: str
    remedy: str


Probe = Callable[[], "str | Warned"]
