"""How often one caller may do a thing: the settings of the rate limits."""

from collections.abc import Mapping

from attrs import asdict, field, frozen

from koda.domain.model.sentences import verbatim
from koda.domain.model.validation import pattern


def _limit(default: str) -> str:
    limit: str = field(
        default=default,
        validator=pattern(
            "[1-9][0-9]{0,8}/([1-9][0-9]{0,3} )?(second|minute|hour|day)",
            verbatim("must be a limit such as 30/minute"),
        ),
    )
    return limit


@frozen
class LimitSettings:
    """`KODA_LIMITS_…`: how often one caller may do a thing, such as `30/minute` or `1/5 second`.

    `search` and `preview` count each search that the cache does not answer, and each picture;
    `suggest` counts what a browser asks while somebody types, some three times a second at most;
    `payment_look` is how often the provider is asked about one open order, whoever looks at it.
    """

    checkout: str = _limit("30/minute")
    download: str = _limit("60/minute")
    upload: str = _limit("60/minute")
    submit: str = _limit("60/minute")
    onboarding: str = _limit("20/minute")
    sign_in: str = _limit("30/minute")
    search: str = _limit("240/minute")
    suggest: str = _limit("600/minute")
    preview: str = _limit("1200/minute")
    payment_look: str = _limit("1/3 second")

    @property
    def rates(self) -> Mapping[str, str]:
        """The limits by action."""
        return asdict(self)
