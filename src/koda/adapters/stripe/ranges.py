"""Periods as Stripe's lists are asked for them."""

from koda.domain.model.periods import Period


def seconds_of(period: Period) -> tuple[int, int]:
    """From and to before which second since 1970 a period is: Stripe tells times by them."""
    return int(period.since.timestamp()), int(period.until.timestamp())
