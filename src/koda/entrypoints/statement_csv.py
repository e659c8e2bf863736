"""Statements of sellers as CSV."""

import csv
from collections.abc import Iterable
from io import StringIO

from koda.domain.model.books.statements import Statement, StatementLine
from koda.domain.model.money import signed

COLUMNS = (
    *("key", "occurred_at", "cause", "order", "line", "reference", "currency", "gross", "fee"),
    *("due", "held", "debt", "balance"),
)


def as_csv(statements: Iterable[Statement]) -> str:
    """Statements as one CSV file (RFC 4180) with a line of headings; times are UTC."""
    written = StringIO()
    writer = csv.writer(written)
    writer.writerow(COLUMNS)
    for statement in statements:
        writer.writerows(_record(line, statement.currency) for line in statement.lines)
    return written.getvalue()


def _record(line: StatementLine, currency: str) -> tuple[object, ...]:
    entry, change = line.entry, line.change
    amounts = (line.gross, line.fee, change.due, change.held, change.debt, line.after.balance)
    return (
        entry.key,
        entry.occurred_at.isoformat(),
        entry.cause.value,
        entry.order_id,
        entry.line,
        entry.reference,
        currency,
        *(signed(amount, currency) for amount in amounts),
    )
