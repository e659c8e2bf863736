from datetime import timedelta

import pytest

from koda.domain.model.errors import InvalidValue, RefusalCause
from koda.domain.model.webhook_health import EndpointHealth
from koda.testing.examples import NOON


@pytest.mark.parametrize(
    ("health", "said"),
    [
        (EndpointHealth("stripe"), "none accepted so far"),
        (EndpointHealth("stripe", accepted_at=NOON), "last accepted 2026-03-01 12:00 UTC"),
        (
            EndpointHealth("stripe", 12, 400, 0),
            "412 refused (12 clock, 400 secret), none accepted so far",
        ),
        (
            EndpointHealth("stripe", 0, 0, 3, NOON),
            "3 refused (3 garbage), none accepted since 2026-03-01 12:00 UTC",
        ),
    ],
)
def test_health_is_told_in_a_few_words(health: EndpointHealth, said: str) -> None:
    """How many, why, and since when nothing was accepted."""
    assert str(health) == said


def test_refusals_add_up() -> None:
    """By cause."""
    health = EndpointHealth("stripe", 1, 2, 3).with_refusals({RefusalCause.SECRET: 5})

    assert health == EndpointHealth("stripe", 1, 7, 3)
    assert health.refused == 11


def test_accepting_counts_from_zero_and_never_goes_back() -> None:
    """The latest one is kept."""
    refused = EndpointHealth("stripe", 1, 2, 3)

    assert refused.with_accepted(NOON) == EndpointHealth("stripe", accepted_at=NOON)
    later = EndpointHealth("stripe", clock=1, accepted_at=NOON + timedelta(minutes=1))
    assert later.with_accepted(NOON) == later


def test_time_must_be_utc() -> None:
    """As everywhere."""
    with pytest.raises(InvalidValue):
        EndpointHealth("stripe", accepted_at=NOON.replace(tzinfo=None))
