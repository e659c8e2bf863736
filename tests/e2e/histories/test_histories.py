from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.e2e.histories.history import RULES, Step
from tests.e2e.histories.seeded import CURRENCIES, FEES, Plot

numbers = st.integers(0, 23)
steps = st.builds(Step, st.sampled_from(RULES), numbers, numbers, numbers)
few = settings(suppress_health_check=list(HealthCheck), deadline=None)


@settings(few, max_examples=40)
@given(
    st.sampled_from(CURRENCIES),
    st.sampled_from(FEES),
    st.lists(steps, min_size=10, max_size=40).map(tuple),
)
def test_nothing_is_lost_whatever_happens(currency: str, fee: int, steps: tuple[Step, ...]) -> None:
    """`make soak` plays 100,000 longer ones."""
    Plot("memory", 0, currency, fee, steps).play()


@settings(few, max_examples=3)
@given(st.sampled_from(FEES), st.lists(steps, min_size=20, max_size=25).map(tuple))
def test_nothing_is_lost_at_the_sandbox(fee: int, steps: tuple[Step, ...]) -> None:
    """By the adapters of Stripe; `make soak` plays 2,000 longer ones."""
    Plot("sandbox", 0, "EUR", fee, steps).play()


def test_seed_is_the_same_history_again() -> None:
    """Down to the digest of all that came of it."""
    plot = Plot.of("memory", 7)

    assert plot.play() == plot.play()


def test_shrunk_history_fails_as_the_whole_did() -> None:
    """Whoever looks for the reason sees the steps that matter."""
    plot = Plot("memory", 0, "EUR", 1500, (Step("pass_time"), Step("no_rule"), Step("look")))

    assert plot.shrunk().steps == (Step("no_rule"),)
