"""Rates such as `20/minute`: so many times in a window of time."""

import math
import re
from collections.abc import Mapping

from attrs import frozen

from koda.domain.model.errors import InvalidValue
from koda.domain.model.sentences import verbatim

SECONDS: Mapping[str, int] = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400}
"""How long a window of one unit lasts."""

_RATE = r"([1-9][0-9]*)/(?:([1-9][0-9]*) )?(second|minute|hour|day)"


@frozen
class Rate:
    """At most so many `times` in a window of so many `seconds`."""

    times: int
    seconds: int

    @classmethod
    def parse(cls, name: str, text: str) -> "Rate":
        """Read a rate such as `20/minute` or `2/3 hour`, which is called `name`.

        Raises:
            InvalidValue: it is none.
        """
        match = re.fullmatch(_RATE, text, re.ASCII)
        if match is None:
            raise InvalidValue(name, verbatim("must be a rate such as 20/minute"))
        times, units, unit = match.groups(default="1")
        return cls(int(times), int(units) * SECONDS[unit])

    def share(self, count: int) -> "Rate":
        """So many a window, or, where a share of `count` is less than one, one in several windows.

        All shares together never allow more than the whole.
        """
        if self.times >= count:
            return Rate(self.times // count, self.seconds)
        return Rate(1, self.seconds * math.ceil(count / self.times))
