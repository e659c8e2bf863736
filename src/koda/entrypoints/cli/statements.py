"""Statements of sellers as tables, for programs, and as a beancount ledger."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from attrs import asdict

from koda.domain.model.books.entries import Cause
from koda.domain.model.books.statements import Position, Statement, StatementLine
from koda.domain.model.money import signed

_HEADINGS = ("date", "what", "order", "gross", "fee", "net", "held", "balance")

DUE = "Assets:Marketplace:Due"
_HELD = "Assets:Marketplace:Held"
_DEBT = "Liabilities:Marketplace:Debt"
_FEES = "Expenses:Marketplace:Fees"
_PROVIDER = "Assets:Provider"
_SALES = "Income:Sales"
_FORGIVEN = "Income:Debts-Written-Off"
_OPENING = "Equity:Opening-Balances"
_COUNTERPARTS = {
    Cause.TRANSFER: _PROVIDER,
    Cause.REVERSAL: _PROVIDER,
    Cause.FEE_RETURNED: _PROVIDER,
    Cause.WRITTEN_OFF: _FORGIVEN,
    Cause.WRITE_OFF_UNDONE: _FORGIVEN,
}
"""Where the other side of a change is, if it is not a sale: in the seller's own account at the
provider, or given up."""


def columns(rows: Sequence[Sequence[str]], texts: int) -> Iterator[str]:
    """Rows as lines of aligned columns: the first `texts` to the left, amounts to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (
            cell.ljust(width) if place < texts else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        yield "  ".join(cells).rstrip()


def as_table(statement: Statement, zone: ZoneInfo) -> Iterator[str]:
    """A statement in lines for a terminal; amounts in its currency."""
    currency = statement.currency
    yield f"{statement.seller_id}, {currency}"
    opening = (
        "",
        "opening balance",
        "",
        "",
        "",
        "",
        "",
        signed(statement.opening.balance, currency),
    )
    rows = [_HEADINGS, opening, *(_cells(line, currency, zone) for line in statement.lines)]
    yield from columns(rows, 3)
    closing = statement.closing
    yield (
        f"due {signed(closing.due, currency)}, held {signed(closing.held, currency)}, "
        f"owed {signed(closing.debt, currency)} {currency}"
    )


def described(statement: Statement) -> dict[str, object]:
    """A statement for a program, in minor units; times are UTC."""
    return {
        "seller_id": statement.seller_id,
        "currency": statement.currency,
        "opening": stands(statement.opening),
        "closing": stands(statement.closing),
        "lines": [
            {
                "key": line.entry.key,
                "occurred_at": line.entry.occurred_at.isoformat(),
                "cause": line.entry.cause,
                "order_id": line.entry.order_id,
                "line": line.entry.line,
                "reference": line.entry.reference,
                "gross": line.gross,
                "fee": line.fee,
                **asdict(line.change),
                "balance": line.after.balance,
            }
            for line in statement.lines
        ],
    }


def stands(position: Position) -> dict[str, int]:
    """A position for a program, in minor units."""
    return {**asdict(position), "balance": position.balance}


def _cells(line: StatementLine, currency: str, zone: ZoneInfo) -> tuple[str, ...]:
    amounts = (line.gross, line.fee, line.change.balance, line.change.held, line.after.balance)
    return (
        _day(line.entry.occurred_at, zone).isoformat(),
        line.entry.cause.value.replace("_", " "),
        line.entry.order_id or "",
        *(signed(amount, currency) for amount in amounts),
    )


def as_beancount(statements: Sequence[Statement], zone: ZoneInfo) -> Iterator[str]:
    """The seller's own books of the statements, as a ledger of beancount 3.

    It asserts the balances at the end of the period.
    """
    first = _day(statements[0].period.since, zone)
    after = _day(statements[0].period.until, zone)
    for account in (DUE, _HELD, _DEBT, _FEES, _PROVIDER, _SALES, _FORGIVEN, _OPENING):
        yield f"{first} open {account}"
    for statement in statements:
        opening = statement.opening
        if opening != Position():
            postings = (*_position(opening), (_OPENING, -opening.balance))
            yield from _transaction(first, "opening balance", postings, statement.currency)
        for line in statement.lines:
            yield from _booked(line, statement.currency, zone)
        currency = statement.currency
        for account, minor in _position(statement.closing):
            yield f"{after} balance {account}  {signed(minor, currency)} {currency}"


def _booked(line: StatementLine, currency: str, zone: ZoneInfo) -> Iterator[str]:
    counterpart = _COUNTERPARTS.get(line.entry.cause, _SALES)
    postings = (*_position(line.change), (_FEES, line.fee), (counterpart, -line.gross))
    day, what = _day(line.entry.occurred_at, zone), line.entry.cause.value.replace("_", " ")
    head, *rest = _transaction(day, what, postings, currency)
    yield head
    if line.entry.order_id:
        yield f'  order: "{line.entry.order_id}"'
    yield f'  key: "{line.entry.key}"'
    yield from rest


def _transaction(
    day: date, what: str, postings: Iterable[tuple[str, int]], currency: str
) -> Iterator[str]:
    yield f'{day} * "{what}"'
    for account, minor in postings:
        if minor:
            yield f"  {account}  {signed(minor, currency)} {currency}"


def _position(position: Position) -> tuple[tuple[str, int], ...]:
    return (DUE, position.due), (_HELD, position.held), (_DEBT, -position.debt)


def _day(moment: datetime, zone: ZoneInfo) -> date:
    return moment.astimezone(zone).date()
