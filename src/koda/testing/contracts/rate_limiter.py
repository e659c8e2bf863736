"""What every rate limiter does."""

import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor

import pytest

from koda.domain.model.errors import InvalidValue, TooMany
from koda.ports.rate_limiter import RateLimiter

RATES = {"sign_in": "5/minute", "search": "1/second", "upload": "40/hour"}
"""What an adapter under test is to allow."""

MakeRateLimiter = Callable[[Mapping[str, str]], RateLimiter]


def wait_of(limiter: RateLimiter, action: str, caller: str) -> int:
    """The seconds to wait, 0 when the limiter lets this pass."""
    try:
        limiter.check(action, caller)
    except TooMany as refused:
        return refused.retry_after
    return 0


def allowed(limiter: RateLimiter, action: str, caller: str) -> bool:
    """Whether the limiter lets this pass."""
    return not wait_of(limiter, action, caller)


class RateLimiterContract:
    """Subclass it, with a fixture `make` that returns a function of rates by action."""

    def test_caller_passes_up_to_the_limit(self, make: MakeRateLimiter) -> None:
        """As many actions pass as the rate says, and the next one does not."""
        limiter = make(RATES)

        assert [allowed(limiter, "sign_in", "ada") for _ in range(7)] == [True] * 5 + [False] * 2

    def test_refusal_says_what_and_for_how_long(self, make: MakeRateLimiter) -> None:
        """A refusal names the action, and the seconds to wait are within the window."""
        limiter = make(RATES)
        for _ in range(5):
            limiter.check("sign_in", "ada")

        with pytest.raises(TooMany) as refused:
            limiter.check("sign_in", "ada")

        assert refused.value.action == "sign_in"
        assert 1 <= refused.value.retry_after <= 60

    def test_window_may_be_several_units_long(self, make: MakeRateLimiter) -> None:
        """A rate of 2/3 hour lets pass two, and then none for three hours."""
        limiter = make({"look": "2/3 hour"})
        waits = [wait_of(limiter, "look", "order") for _ in range(3)]

        assert waits[:2] == [0, 0]
        assert 2 * 3600 < waits[2] <= 3 * 3600

    def test_refused_actions_do_not_make_the_wait_longer(self, make: MakeRateLimiter) -> None:
        """Whoever goes on knocking passes when they were told."""
        limiter = make({"look": "1/hour"})
        waits = [wait_of(limiter, "look", "ada") for _ in range(50)]

        assert waits[0] == 0
        assert sorted(waits[1:], reverse=True) == waits[1:]

    def test_callers_and_actions_are_counted_apart(self, make: MakeRateLimiter) -> None:
        """What one caller does neither costs another one, nor another action."""
        limiter = make(RATES)
        for _ in range(6):
            allowed(limiter, "sign_in", "ada")

        assert allowed(limiter, "sign_in", "bea")
        assert allowed(limiter, "upload", "ada")

    def test_action_without_a_limit_always_passes(self, make: MakeRateLimiter) -> None:
        """Only what a rate was given for is counted."""
        limiter = make(RATES)

        assert all(allowed(limiter, "look", "ada") for _ in range(100))

    @pytest.mark.parametrize("caller", ["", "2001:db8::1", "a/b:c%d\n", "üser 👋", "x" * 10_000])
    def test_any_text_names_a_caller(self, make: MakeRateLimiter, caller: str) -> None:
        """Callers may be named by whatever their requests carry."""
        limiter = make(RATES)

        assert [allowed(limiter, "sign_in", caller) for _ in range(6)] == [True] * 5 + [False]

    def test_action_passes_again_after_the_wait(self, make: MakeRateLimiter) -> None:
        """Who waits for as long as the refusal says passes again."""
        limiter = make(RATES)
        waits = [wait for _ in range(20) if (wait := wait_of(limiter, "search", "ada"))]

        time.sleep(waits[-1])

        assert allowed(limiter, "search", "ada")

    def test_threads_share_one_count(self, make: MakeRateLimiter) -> None:
        """Of many actions at once, exactly as many pass as the rate says."""
        limiter = make(RATES)

        with ThreadPoolExecutor(16) as threads:
            passed = list(threads.map(lambda _: allowed(limiter, "upload", "ada"), range(400)))

        assert sum(passed) == 40

    @pytest.mark.parametrize("rate", ["", "often", "20", "5/fortnight", "-1/minute"])
    def test_unreadable_rate_is_refused(self, make: MakeRateLimiter, rate: str) -> None:
        """A wrong rate stops the start, and names the action it was given for."""
        with pytest.raises(InvalidValue, match="sign_in"):
            make({"sign_in": rate})
