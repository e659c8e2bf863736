"""What every adapter of `WebhookHealth` does."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from koda.domain.model.errors import RefusalCause
from koda.domain.model.webhook_health import EndpointHealth
from koda.ports.webhook_health import WebhookHealth
from koda.testing.contracts.running import at_once
from koda.testing.contracts.stores import StoreContract
from koda.testing.examples import NOON

_Make = Callable[[], WebhookHealth]
_Again = Callable[[WebhookHealth], WebhookHealth]

_ENDPOINTS = ("stripe", "stripe-connect", "clerk")
_REFUSALS = {RefusalCause.CLOCK: 1, RefusalCause.SECRET: 20, RefusalCause.GARBAGE: 300}

_endpoints: st.SearchStrategy[str] = st.sampled_from(_ENDPOINTS)
_counts: st.SearchStrategy[dict[RefusalCause, int]] = st.dictionaries(
    st.sampled_from(RefusalCause), st.integers(0, 1000)
)
_timestamps: st.SearchStrategy[datetime] = st.integers(-1000, 1000).map(
    lambda seconds: NOON + timedelta(seconds=seconds)
)


class WebhookHealthContract(StoreContract[WebhookHealth]):
    """Subclass it and override `make`, `again` and `broken`, as `StoreContract` says."""

    port: ClassVar[type] = WebhookHealth

    def machine(self, store: WebhookHealth) -> RuleBasedStateMachine:
        """WebhookHealth beside plain dictionaries."""
        return WebhookHealthMachine(store)

    def test_of_an_unknown_endpoint_nothing_is_counted(self, make: _Make) -> None:
        """Neither refused nor accepted."""
        assert make().of("stripe") == EndpointHealth("stripe")

    def test_refusals_add_up_by_cause(self, make: _Make) -> None:
        """Of each endpoint by itself."""
        health = make()
        health.refused("stripe", _REFUSALS)
        health.refused("stripe", {RefusalCause.SECRET: 3})
        health.refused("clerk", {})

        assert health.of("stripe") == EndpointHealth("stripe", 1, 23, 300)
        assert health.of("clerk") == EndpointHealth("clerk")

    def test_accepting_counts_from_zero(self, make: _Make) -> None:
        """What was refused before does not matter any more."""
        health = make()
        health.refused("stripe", _REFUSALS)
        health.accepted("stripe", NOON)
        health.refused("stripe", {RefusalCause.CLOCK: 2})

        assert health.of("stripe") == EndpointHealth("stripe", clock=2, accepted_at=NOON)

    def test_first_update_may_be_that_one_was_accepted(self, make: _Make) -> None:
        """Most endpoints refuse nothing."""
        health = make()
        health.accepted("stripe", NOON)

        assert health.of("stripe") == EndpointHealth("stripe", accepted_at=NOON)

    def test_an_earlier_acceptance_changes_nothing(self, make: _Make) -> None:
        """A process that writes late takes no refusals back."""
        health = make()
        health.accepted("stripe", NOON)
        health.refused("stripe", _REFUSALS)
        health.accepted("stripe", NOON - timedelta(minutes=1))
        health.accepted("stripe", NOON)

        assert health.of("stripe") == EndpointHealth("stripe", 1, 20, 300, NOON)

    def test_of_many_counting_at_once_none_is_lost(self, make: _Make) -> None:
        """The first ones meet no record."""
        health = make()
        at_once([partial(health.refused, "stripe", {RefusalCause.SECRET: 1})] * 20)

        assert health.of("stripe").secret == 20

    def test_of_many_accepting_at_once_the_latest_is_kept(self, make: _Make) -> None:
        """Whatever the order."""
        health = make()
        timestamps = [NOON + timedelta(seconds=seconds) for seconds in range(10)]
        at_once(partial(health.accepted, "stripe", moment) for moment in timestamps)

        assert health.of("stripe").accepted_at == timestamps[-1]

    def test_two_handles_count_together(self, make: _Make, again: _Again) -> None:
        """As two processes that serve one endpoint."""
        health = make()
        other = again(health)
        at_once(partial(handle.refused, "stripe", _REFUSALS) for handle in (health, other) * 4)

        assert other.of("stripe") == EndpointHealth("stripe", 8, 160, 2400) == health.of("stripe")
        other.accepted("stripe", NOON)
        assert health.of("stripe") == EndpointHealth("stripe", accepted_at=NOON)


class WebhookHealthMachine(RuleBasedStateMachine):
    """Endpoints beside a dictionary of what they should be."""

    def __init__(self, health: WebhookHealth) -> None:
        super().__init__()
        self.health = health
        self.kept: dict[str, dict[RefusalCause, int]] = {name: {} for name in _ENDPOINTS}
        self.accepted_at: dict[str, datetime | None] = dict.fromkeys(_ENDPOINTS)

    @rule(endpoint=_endpoints, counts=_counts)
    def refuse(self, endpoint: str, counts: Mapping[RefusalCause, int]) -> None:
        """Count refusals."""
        known = self.kept[endpoint]
        self.kept[endpoint] = {
            cause: known.get(cause, 0) + counts.get(cause, 0) for cause in RefusalCause
        }
        self.health.refused(endpoint, counts)

    @rule(endpoint=_endpoints, moment=_timestamps)
    def accept(self, endpoint: str, moment: datetime) -> None:
        """Accept a message."""
        known = self.accepted_at[endpoint]
        if known is None or moment > known:
            self.accepted_at[endpoint], self.kept[endpoint] = moment, {}
        self.health.accepted(endpoint, moment)

    @invariant()
    def every_endpoint_fares_as_noted(self) -> None:
        """Counts and time."""
        for endpoint in _ENDPOINTS:
            health = self.health.of(endpoint)
            counted = {cause: count for cause, count in self.kept[endpoint].items() if count}
            assert health.by_cause == counted
            assert health.accepted_at == self.accepted_at[endpoint]
