"""The sandbox's own time, which a test may set and move."""

import time

from attrs import define, field

from paysandbox.state import State

RECORD = {"kind": "meta", "id": "clock"}


@define
class SandboxClock:
    """Time in whole seconds since the epoch (UTC), kept in the state.

    Moved time (`advance`) is business time: what was created when, and what has expired.
    Signatures and session tokens are judged by clocks outside the sandbox, so they follow the real
    time, unless the clock was set to a fixed moment (`fix`): then they carry that moment.
    """

    state: State
    _offset: float = field(default=0.0, init=False)
    _fixed: float | None = field(default=None, init=False)

    def __attrs_post_init__(self) -> None:
        """Take up the time at which the kept state left it."""
        settings = self.state.get(RECORD["kind"], RECORD["id"]) or {}
        self._offset = settings.get("offset", 0.0)
        self._fixed = settings.get("fixed")

    def now(self) -> int:
        """Business time, in seconds since the epoch."""
        return int(self.moment())

    def moment(self) -> float:
        """Business time to the fraction of a second, for what comes due."""
        return (time.time() if self._fixed is None else self._fixed) + self._offset

    @property
    def stands(self) -> bool:
        """Whether it is fixed: time passes only when it is told to."""
        return self._fixed is not None

    def signing(self) -> int:
        """The time to put on signatures and tokens, in seconds since the epoch."""
        return int(time.time()) if self._fixed is None else self.now()

    def advance(self, seconds: float) -> int:
        """Move business time by `seconds` and return the new time."""
        self._offset += seconds
        return self._keep()

    def fix(self, moment: float | None) -> int:
        """Stand still at `moment`, in seconds since the epoch; `None` follows real time again."""
        self._fixed, self._offset = moment, 0.0
        return self._keep()

    def _keep(self) -> int:
        settings = {"id": RECORD["id"], "offset": self._offset, "fixed": self._fixed}
        self.state.put(RECORD["kind"], settings)
        return self.now()
