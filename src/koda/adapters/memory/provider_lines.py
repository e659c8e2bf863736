"""The ledger of a payment provider in memory."""

from collections.abc import Iterator
from datetime import datetime
from itertools import count

from attrs import define, field

from koda.adapters.memory.provider_records import CAPTURE, Session
from koda.domain.model.identifiers import LedgerLineId, OrderId
from koda.domain.model.money import BASIS_POINTS, Money
from koda.domain.model.provider_ledger import LedgerKind, LedgerLine
from koda.ports.clock import Clock


@define(eq=False)
class MemoryLines:
    """What changed the marketplace's balance; writing a line moves nothing by itself.

    `charge_fee` is what the provider keeps of each charge, in hundredths of a percent, and
    `dispute_fee` what it takes for each dispute, in minor units; nothing unless it is set.
    """

    clock: Clock
    charge_fee: int = field(default=0, init=False)
    dispute_fee: int = field(default=0, init=False)
    _lines: list[LedgerLine] = field(factory=list, init=False)
    _numbers: Iterator[int] = field(factory=count, init=False)

    def occurred(self) -> tuple[LedgerLine, ...]:
        """The lines that occurred by now, oldest first."""
        now = self.clock()
        occurred = [line for line in self._lines if line.occurred_at <= now]
        return tuple(sorted(occurred, key=lambda line: line.occurred_at))

    def write(
        self,
        kind: LedgerKind,
        minor: int,
        currency: str,
        *references: str,
        fee: int = 0,
        order_id: OrderId | None = None,
        at: datetime | None = None,
    ) -> None:
        """Add a line, of now unless it will occur `at` another time."""
        line_id = LedgerLineId(f"txn_{next(self._numbers)}")
        at = at or self.clock()
        self._lines.append(
            LedgerLine(line_id, kind, at, currency, minor, fee, references, order_id)
        )

    def write_charge(self, session: Session, at: datetime) -> Money:
        """Write what a payment does once it is captured; return what the provider keeps of it."""
        total, charge_id, captured = session.amount, session.charge_id, at + CAPTURE
        kept = total.minor * self.charge_fee // BASIS_POINTS
        currency, order_id = total.currency, session.order.id
        self.write(
            LedgerKind.CHARGE,
            total.minor,
            currency,
            charge_id,
            fee=kept,
            order_id=order_id,
            at=captured,
        )
        if session.destination is not None:
            of_charge = (f"tr_{charge_id}", charge_id)
            self.write(LedgerKind.TRANSFER, -total.minor, currency, *of_charge, at=captured)
            self._write_fee(session, captured)
        return Money(kept, currency)

    def _write_fee(self, session: Session, at: datetime) -> None:
        fee, charge_id = session.order.fee, session.charge_id
        if fee.minor:
            references = (f"fee_{charge_id}", charge_id)
            self.write(LedgerKind.APPLICATION_FEE, fee.minor, fee.currency, *references, at=at)
