"""The chart of accounts."""

from enum import StrEnum

from attrs import field, frozen
from attrs.validators import optional

from koda.domain.model.errors.roots import InvalidValue
from koda.domain.model.identifiers import UserId
from koda.domain.model.sentences import sentence
from koda.domain.model.validation import identifier


class AccountKind(StrEnum):
    """The chart of accounts.

    Assets: `provider` is the marketplace's balance at the payment provider, `disputed` what open
    disputes have taken out of it, `bank` what the marketplace has taken out of it itself, less what
    it put in, `debts` what sellers owe. Liabilities: `buyers` is what was paid
    and goes back, `payable` what sellers are due, `held` what they are due and cannot get now.
    Income: `revenue`, the marketplace's fees. Expenses: `provider_fees`, and `losses`, what the
    marketplace bears in a seller's place.
    """

    PROVIDER = "provider"
    DISPUTED = "disputed"
    BANK = "bank"
    DEBTS = "debts"
    BUYERS = "buyers"
    PAYABLE = "payable"
    HELD = "held"
    REVENUE = "revenue"
    PROVIDER_FEES = "provider_fees"
    LOSSES = "losses"


OF_SELLERS = frozenset(
    {AccountKind.PAYABLE, AccountKind.HELD, AccountKind.DEBTS, AccountKind.REVENUE}
)
"""The kinds of which each seller has an account."""


@frozen(order=True)
class Account:
    """An account of the books: one of the marketplace, or one of a seller."""

    kind: AccountKind
    seller_id: UserId | None = field(default=None, validator=optional(identifier))

    def __attrs_post_init__(self) -> None:
        if (self.seller_id is not None) != (self.kind in OF_SELLERS):
            raise InvalidValue("account", sentence("must name a seller if each seller has one"))

    @classmethod
    def named(cls, name: str) -> "Account":
        """The account of a `name`; raises `InvalidValue` if there is none such."""
        kind, _, seller_id = name.partition(":")
        if kind not in set(AccountKind):
            raise InvalidValue("account", sentence("is not in the chart of accounts"))
        return cls(AccountKind(kind), UserId(seller_id) if seller_id else None)

    @property
    def name(self) -> str:
        """Its name in the store: `provider`, `payable:user_ada`."""
        return f"{self.kind.value}:{self.seller_id}" if self.seller_id else self.kind.value
