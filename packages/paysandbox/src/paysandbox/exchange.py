"""The platform's settlement currency, into which whatever is charged is exchanged."""

from attrs import frozen


@frozen
class Exchange:
    """Exchanges at one rate: https://docs.stripe.com/currencies/conversions.

    Args:
        currency: the platform's settlement currency; each charge's own where there is none.
        rate: minor units of it for one minor unit of any other currency.
    """

    currency: str | None = None
    rate: float = 1.0

    def currency_of(self, charged: str) -> str:
        """The currency in which a charge is settled."""
        return self.currency or charged

    def rate_of(self, charged: str) -> float | None:
        """The rate at which a charge is settled, or nothing if nothing is exchanged."""
        return None if self.currency_of(charged) == charged else self.rate

    def settled(self, amount: int, charged: str) -> int:
        """Minor units of the settlement currency for minor units of a charge's."""
        rate = self.rate_of(charged)
        return amount if rate is None else round(amount * rate)
