"""Lines of orders: what is sold, as it was when it was sold, and each seller's share of it."""

import re
from collections.abc import Iterable

from attrs import field, frozen

from koda.domain.model.digests import sha256_of
from koda.domain.model.errors.roots import InvalidValue
from koda.domain.model.identifiers import AccountId, AutomationId, UserId
from koda.domain.model.money import Money
from koda.domain.model.sentences import sentence
from koda.domain.model.validation import identifier, integer
from koda.domain.model.versions import Version

_NUMBER = re.compile("[0-9]{1,3}")


@frozen
class OrderLine:
    """One automation of an order, frozen as it was sold; `number` counts from 1."""

    number: int = field(validator=integer(1, 100))
    automation_id: AutomationId = field(validator=identifier)
    version: Version
    seller_id: UserId = field(validator=identifier)
    account_id: AccountId = field(validator=identifier)
    title: str
    price: Money
    fee: Money

    def __attrs_post_init__(self) -> None:
        if self.fee > self.price:
            raise InvalidValue("fee", sentence("must not be above the price"))

    @property
    def net(self) -> Money:
        """What the seller gets: the price less the fee."""
        return self.price - self.fee


def line_number(text: str) -> int:
    """The number of a line as an address has it; 0, which no line has, if it is none."""
    return int(text) if _NUMBER.fullmatch(text) else 0


@frozen
class Share:
    """What one seller gets of some lines: fee + net = gross."""

    seller_id: UserId
    account_id: AccountId
    gross: Money
    fee: Money

    @property
    def net(self) -> Money:
        """What is the seller's own."""
        return self.gross - self.fee


def shares_of(lines: Iterable[OrderLine]) -> tuple[Share, ...]:
    """The shares of `lines`, one a seller, in the order of their first lines."""
    shares: dict[UserId, Share] = {}
    for line in lines:
        share = shares.get(line.seller_id)
        gross, fee = (
            (share.gross + line.price, share.fee + line.fee) if share else (line.price, line.fee)
        )
        shares[line.seller_id] = Share(line.seller_id, line.account_id, gross, fee)
    return tuple(shares.values())


def basket_of(lines: Iterable[OrderLine]) -> str:
    """A fingerprint of `lines`, whatever their order: automations, accounts, prices and fees."""
    parts = sorted(
        f"{line.automation_id}|{line.account_id}|{line.price.minor}|{line.fee.minor}"
        f"|{line.price.currency}"
        for line in lines
    )
    return sha256_of("\n".join(parts).encode())
