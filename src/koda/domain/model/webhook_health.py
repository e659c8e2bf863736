"""How an endpoint for signed messages fares: what it refused, and when it last accepted one."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime

from attrs import evolve, field, frozen
from attrs.validators import optional

from koda.domain.model.errors import RefusalCause
from koda.domain.model.validation import identifier, integer, utc

MOST_COUNTED = 10**12


@frozen
class EndpointHealth:
    """What became of the messages at `endpoint` since the last accepted one (UTC).

    `clock` counts those that the provider signed at a time far from ours, `secret` those whose
    signature no secret of ours makes, and `garbage` whatever else was sent there.
    """

    endpoint: str = field(validator=identifier)
    clock: int = field(default=0, validator=integer(0, MOST_COUNTED))
    secret: int = field(default=0, validator=integer(0, MOST_COUNTED))
    garbage: int = field(default=0, validator=integer(0, MOST_COUNTED))
    accepted_at: datetime | None = field(default=None, validator=optional(utc))

    @property
    def refused(self) -> int:
        """How many were refused."""
        return self.clock + self.secret + self.garbage

    @property
    def by_cause(self) -> Mapping[RefusalCause, int]:
        """The refusals by their cause, those that there are."""
        counts = Counter({cause: int(getattr(self, cause.value)) for cause in RefusalCause})
        return +counts

    def with_refusals(self, counts: Mapping[RefusalCause, int]) -> "EndpointHealth":
        """The health after further refusals."""
        known = Counter(self.by_cause) + Counter(counts)
        return evolve(
            self,
            clock=known[RefusalCause.CLOCK],
            secret=known[RefusalCause.SECRET],
            garbage=known[RefusalCause.GARBAGE],
        )

    def with_accepted(self, at: datetime) -> "EndpointHealth":
        """The health after a message was accepted at `at`; an earlier one changes nothing."""
        if self.accepted_at is not None and at <= self.accepted_at:
            return self
        return EndpointHealth(self.endpoint, accepted_at=at)

    def __str__(self) -> str:
        accepted = (
            f"last accepted {self.accepted_at:%Y-%m-%d %H:%M} UTC"
            if self.accepted_at
            else "none accepted so far"
        )
        if not self.refused:
            return accepted
        causes = ", ".join(f"{count} {cause}" for cause, count in self.by_cause.items())
        since = accepted.replace("last accepted", "none accepted since")
        return f"{self.refused} refused ({causes}), {since}"
