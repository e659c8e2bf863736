"""Comparing the books with the provider's ledger, by the provider's own ids."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from enum import StrEnum

from attrs import evolve, frozen

from koda.domain.model.books.entries import Cause, Entry
from koda.domain.model.books.making import PROVIDER
from koda.domain.model.books.order_differences import OrderDifference
from koda.domain.model.identifiers import OrderId
from koda.domain.model.provider_ledger import LedgerKind, LedgerLine, ProviderBalance
from koda.domain.model.sentences import Sentence, sentence
from koda.domain.model.unreadable import Unreadable

_SUBJECT_OF_CAUSE: Mapping[Cause, LedgerKind] = {
    Cause.CHARGE: LedgerKind.CHARGE,
    Cause.TRANSFER: LedgerKind.TRANSFER,
    Cause.REVERSAL: LedgerKind.REVERSAL,
    Cause.REFUND: LedgerKind.REFUND,
    Cause.REFUND_UNMATCHED: LedgerKind.REFUND,
    Cause.DOUBLE_REFUNDED: LedgerKind.REFUND,
    Cause.REFUND_FAILED: LedgerKind.REFUND,
    Cause.FEE_RETURNED: LedgerKind.FEE_REFUND,
    Cause.DISPUTE_OPENED: LedgerKind.DISPUTE,
    Cause.DISPUTE_WON: LedgerKind.DISPUTE,
    Cause.PROVIDER_FEE: LedgerKind.PROVIDER_FEE,
    Cause.BANKED: LedgerKind.BANK,
}
_SUBJECT_OF_KIND: Mapping[LedgerKind, LedgerKind] = {
    LedgerKind.APPLICATION_FEE: LedgerKind.TRANSFER,
    LedgerKind.REFUND_FAILED: LedgerKind.REFUND,
    LedgerKind.DISPUTE_REVERSAL: LedgerKind.DISPUTE,
}
"""Which kinds are summed with another: what undoes it, and the fee that a seller's share lacks."""
_OWN = frozenset({LedgerKind.BANK, LedgerKind.PROVIDER_FEE})
"""The kinds that the books know by the line itself."""


class DifferenceCode(StrEnum):
    """How the books and the provider's ledger differ about something.

    `unbooked`: the provider's ledger has it, and the books do not; `not_at_provider`: the other way
    round; `amount`: both have it, with different amounts.
    """

    UNBOOKED = "unbooked"
    NOT_AT_PROVIDER = "not_at_provider"
    AMOUNT = "amount"


_UNBOOKED: Mapping[LedgerKind, Sentence] = {
    LedgerKind.CHARGE: sentence(
        "A payment that was not recorded, if it has an order: reconcile its day. Else another "
        "system took it."
    ),
    LedgerKind.TRANSFER: sentence(
        "A transfer that no order knows: made by hand, or twice. Look at it at the payment "
        "provider."
    ),
    LedgerKind.REFUND: sentence(
        "A refund that is on its way and is booked once it arrived, or one that is of no line: see "
        "what reconciling its day says of its order."
    ),
    LedgerKind.REVERSAL: sentence(
        "It came back from a seller, by hand or with a refund that is not booked."
    ),
    LedgerKind.FEE_REFUND: sentence(
        "A fee went back, by hand or with a refund that is not booked."
    ),
    LedgerKind.DISPUTE: sentence("A dispute that was not recorded: reconcile its day."),
    LedgerKind.PROVIDER_FEE: sentence("Not booked yet: reconcile its day."),
    LedgerKind.BANK: sentence("Not booked yet: reconcile its day."),
    LedgerKind.OTHER: sentence(
        "Nothing that Koda books: the payment provider's dashboard says what it is."
    ),
}
_NOT_AT_PROVIDER = sentence(
    "The payment provider does not know it in those days. See whether the key is of the right "
    "account, and check a longer period."
)
_AMOUNT = sentence(
    "The payment provider's amount is what moved: an entry of your own may correct the books."
)


@frozen(order=True)
class Subject:
    """What both are about: a kind of money, the provider's id of it, and the currency."""

    kind: LedgerKind
    reference: str
    currency: str


@frozen
class Difference:
    """Something about which the books and the provider's ledger differ.

    `booked` and `told` are by how many minor units either says that the balance changed, nothing
    where it says nothing. `occurred_at` (UTC) is the last that either knows of it.
    """

    subject: Subject
    booked: int | None
    told: int | None
    occurred_at: datetime
    order_id: OrderId | None

    @property
    def code(self) -> DifferenceCode:
        """How they differ."""
        if self.booked is None:
            return DifferenceCode.UNBOOKED
        return DifferenceCode.NOT_AT_PROVIDER if self.told is None else DifferenceCode.AMOUNT

    @property
    def what_to_do(self) -> Sentence:
        """What it is, and what a person does about it."""
        if self.code is DifferenceCode.UNBOOKED:
            return _UNBOOKED[self.subject.kind]
        return _AMOUNT if self.code is DifferenceCode.AMOUNT else _NOT_AT_PROVIDER

    @property
    def minor(self) -> int:
        """What the provider's balance has more than the books say by it."""
        return (self.told or 0) - (self.booked or 0)


@frozen
class BalanceCheck:
    """What the books and the provider say that the marketplace has, in signed minor units.

    `explained` is how much of what the provider has more comes from the differences that were
    found, or are under way.
    """

    currency: str
    booked: int
    told: ProviderBalance
    explained: int

    @property
    def unexplained(self) -> int:
        """What else the provider has more: differences from before the period."""
        return self.told.minor - self.booked - self.explained


@frozen
class BooksCheck:
    """What comparing the books with the provider's ledger, and with the orders, came to.

    `differences` are for a person, newest first; those `under_way` are younger than money takes to
    be seen on both sides. `balances` are known of now alone: they are left out of a period that is
    over (`past`).
    `unreadable` are lines of the provider's ledger that can be compared with nothing.
    `orders` are the differences with the records of orders, latest changed first, and
    `orders_under_way` counts other orders that differ and are changing, or did within that time.
    """

    differences: tuple[Difference, ...]
    under_way: tuple[Difference, ...]
    balances: tuple[BalanceCheck, ...]
    unreadable: tuple[Unreadable, ...] = ()
    past: bool = False
    orders: tuple[OrderDifference, ...] = ()
    orders_under_way: int = 0

    @property
    def agreed(self) -> bool:
        """Whether there is nothing to look at."""
        unexplained = any(balance.unexplained for balance in self.balances)
        return not (self.differences or self.unreadable or self.orders or unexplained)


@frozen
class _Sum:
    """What one side says of a subject."""

    minor: int
    occurred_at: datetime
    order_id: OrderId | None

    def __add__(self, other: "_Sum") -> "_Sum":
        latest = max(self.occurred_at, other.occurred_at)
        order_id = self.order_id or other.order_id
        return evolve(self, minor=self.minor + other.minor, occurred_at=latest, order_id=order_id)


def differences(lines: Iterable[LedgerLine], entries: Iterable[Entry]) -> Iterator[Difference]:
    """About what lines of the provider's ledger and entries of the books differ, by subject.

    Both are summed by what they are about, so that neither the order in which things happened
    matters, nor whether one side tells in one step what the other tells in two.
    """
    booked: dict[Subject, _Sum] = {}
    told: dict[Subject, _Sum] = {}
    for entry in entries:
        subject = Subject(
            _SUBJECT_OF_CAUSE.get(entry.cause, LedgerKind.OTHER),
            entry.reference or entry.key,
            entry.currency,
        )
        _count(booked, subject, _Sum(entry.change_of(PROVIDER), entry.occurred_at, entry.order_id))
    places: dict[Subject, Subject] = {}
    for line in sorted(lines, key=_is_fee):
        for subjects, minor in _movements(line):
            known = _place_of(line, subjects, booked, places)
            _count(told, known, _Sum(minor, line.occurred_at, line.order_id))
    for subject in sorted(booked.keys() | told.keys()):
        ours, theirs = booked.get(subject), told.get(subject)
        if (ours.minor if ours else 0) != (theirs.minor if theirs else 0):
            yield _difference(subject, ours, theirs)


def _is_fee(line: LedgerLine) -> bool:
    return line.kind is LedgerKind.APPLICATION_FEE


def _place_of(
    line: LedgerLine,
    subjects: tuple[Subject, ...],
    booked: Mapping[Subject, _Sum],
    places: dict[Subject, Subject],
) -> Subject:
    """What a movement of a line is counted as: as it is booked, or else by its closest id.

    The fee on a charge is counted as what the charge paid its seller, which lacks it: of a charge
    that is all fee, the books have no transfer. `places` are those of other movements so far.
    """
    known = next((subject for subject in subjects if subject in booked), None)
    if known is None and _is_fee(line):
        known = next((places[subject] for subject in subjects if subject in places), None)
    known = known or subjects[0]
    for subject in subjects:
        # Lines come newest first, and what a charge pays its seller before any other transfer.
        places[subject] = known
    return known


def _count(sums: dict[Subject, _Sum], subject: Subject, change: _Sum) -> None:
    sums[subject] = sums[subject] + change if subject in sums else change


def _movements(line: LedgerLine) -> Iterator[tuple[tuple[Subject, ...], int]]:
    """What a line says that the books say apart, each under the subjects that it may be booked as.

    The fee on what is no order of Koda's is part of that, since nobody books it.
    """
    kind = _SUBJECT_OF_KIND.get(line.kind, line.kind)
    references = (line.id,) if kind in _OWN else line.references or (line.id,)
    subjects = tuple(Subject(kind, reference, line.currency) for reference in references)
    if kind is LedgerKind.BANK or line.order_id is not None:
        yield subjects, line.amount
        if line.fee:
            yield (Subject(LedgerKind.PROVIDER_FEE, line.id, line.currency),), -line.fee
    else:
        yield subjects, line.net


def _difference(subject: Subject, ours: _Sum | None, theirs: _Sum | None) -> Difference:
    told = [side for side in (ours, theirs) if side is not None]
    return Difference(
        subject,
        ours.minor if ours else None,
        theirs.minor if theirs else None,
        max(side.occurred_at for side in told),
        next((side.order_id for side in told if side.order_id), None),
    )
