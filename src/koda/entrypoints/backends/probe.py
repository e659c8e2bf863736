"""What trying a service gives; `koda doctor` and the start of a site have this in common.

A probe returns what it found in a few words, or `Warned` where somebody should look at what works
all the same. It raises `Unavailable` where a service may be better soon, `Refused` or
`InvalidValue` where somebody must set something right.
"""

from collections.abc import Callable

from attrs import frozen

NEAR, FAR = 5.0, 60.0
"""Seconds for which a state is told again: of what is the marketplace's own, and of vendors."""

SET_CLOCK = "set this machine's clock by a time server (NTP)"


@frozen
class Warned:
    """Something works, though perhaps not as it should: what was found, and what to do."""

    detail: str
    remedy: str


Probe = Callable[[], "str | Warned"]


@frozen
class Check:
    """A probe of a service, and what to do where it fails.

    It is left out where what it `needs`, another service, failed. Doctor makes all checks; one
    that is `early` is made before a site starts, too. `registration` looks at what somebody must
    have set up at the vendor; a sandbox that Koda started itself is not asked.
    """

    service: str
    probe: Probe
    remedy: str
    needs: str = ""
    early: bool = False
    registration: Probe | None = None


@frozen
class Readiness:
    """How readiness asks a service; `check` raises where it is down.

    Without one that is `needed` the site can serve nothing. `lifetime` is for how many seconds its
    state is told without asking again.
    """

    check: Callable[[], object]
    needed: bool = True
    lifetime: float = NEAR
