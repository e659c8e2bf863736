"""`koda books check`."""

import json
from collections.abc import Iterator, Mapping
from datetime import date
from zoneinfo import ZoneInfo

import click

from koda.domain.model.books.checking import (
    BalanceCheck,
    BooksCheck,
    Difference,
    DifferenceCode,
)
from koda.domain.model.money import signed
from koda.domain.model.provider_ledger import LedgerKind
from koda.entrypoints.cli.containers import container_beside_its_sandbox
from koda.entrypoints.cli.dates import period_of, period_options
from koda.entrypoints.cli.exit_codes import json_option
from koda.entrypoints.cli.statements import columns

DIFFER = 1
"""The exit code where the books and the provider do not agree."""

_BOOK_IT = "not booked yet: 'koda reconcile' of that day books it"
_UNBOOKED: Mapping[LedgerKind, str] = {
    LedgerKind.CHARGE: (
        "a payment that was not recorded, if it has an order: 'koda reconcile' of that day records"
        " it; else another system took it"
    ),
    LedgerKind.TRANSFER: (
        "a transfer that no order knows: made by hand, or twice; look at it at the provider"
    ),
    LedgerKind.REFUND: (
        "a refund that is on its way and is booked once it arrived, or one that is of no line:"
        " see what 'koda reconcile' says of its order"
    ),
    LedgerKind.REVERSAL: "came back from a seller, by hand or with a refund that is not booked",
    LedgerKind.FEE_REFUND: "a fee went back, by hand or with a refund that is not booked",
    LedgerKind.DISPUTE: "a dispute that was not recorded: 'koda reconcile' of that day records it",
    LedgerKind.PROVIDER_FEE: _BOOK_IT,
    LedgerKind.BANK: _BOOK_IT,
    LedgerKind.OTHER: "nothing that Koda books: the provider's dashboard says what it is",
}
_ELSE: Mapping[DifferenceCode, str] = {
    DifferenceCode.NOT_AT_PROVIDER: (
        "the provider does not know it in those days: see whether the key is of the right account,"
        " and check a longer period"
    ),
    DifferenceCode.AMOUNT: (
        "the provider's amount is what moved: an entry of your own may correct the books"
    ),
}


@click.command(name="check")
@period_options
@json_option
def check(*, first: date | None, last: date | None, zone: ZoneInfo, as_json: bool) -> int:
    """Compare the books with the payment provider's ledger, and change nothing.

    Prints what either has and the other has not, by the provider's ids, and what to do. Where the
    period reaches until today, the balances are compared, too. What is younger than an hour may
    still be on its way, and is only counted. Ends with 1 if they differ.
    """
    with container_beside_its_sandbox() as container:
        period = period_of(first, last, zone, container.clock()())
        checked = container.use_cases().check_books(period)
    if as_json:
        click.echo(json.dumps(_described(checked)))
    else:
        click.echo("\n".join(_lines(checked, zone)))
    return 0 if checked.agreed else DIFFER


def _lines(checked: BooksCheck, zone: ZoneInfo) -> Iterator[str]:
    heading = ("", "books", "provider", "explained", "unexplained")
    if checked.balances:
        yield from columns([heading, *map(_balance, checked.balances)], 1)
    if checked.differences:
        titles = ("date", "what", "reference", "order", "differs", "books", "provider", "")
        rows = [_row(difference, zone) for difference in checked.differences]
        yield from columns([titles, *rows], 5)
        yield from dict.fromkeys(map(_advice, checked.differences))
    if checked.under_way:
        yield f"{len(checked.under_way)} younger than an hour may be on their way."
    yield "They agree." if checked.agreed else "They differ."


def _balance(balance: BalanceCheck) -> tuple[str, ...]:
    told = balance.told
    minors = (balance.booked, told.minor, balance.explained, balance.unexplained)
    return (balance.currency, *(signed(minor, balance.currency) for minor in minors))


def _row(difference: Difference, zone: ZoneInfo) -> tuple[str, ...]:
    subject = difference.subject
    amounts = (
        "-" if minor is None else signed(minor, subject.currency)
        for minor in (difference.booked, difference.told)
    )
    return (
        difference.occurred_at.astimezone(zone).date().isoformat(),
        subject.kind.value.replace("_", " "),
        subject.reference,
        difference.order_id or "",
        difference.code.value.replace("_", " "),
        *amounts,
        subject.currency,
    )


def _advice(difference: Difference) -> str:
    code, kind = difference.code, difference.subject.kind
    told = _UNBOOKED[kind] if code is DifferenceCode.UNBOOKED else _ELSE[code]
    words = kind.value.replace("_", " ") if code is DifferenceCode.UNBOOKED else "anything"
    return f"{code.value.replace('_', ' ')}, {words}: {told}."


def _described(checked: BooksCheck) -> dict[str, object]:
    return {
        "agreed": checked.agreed,
        "under_way": len(checked.under_way),
        "balances": [
            {
                "currency": balance.currency,
                "books": balance.booked,
                "provider": balance.told.minor,
                "pending": balance.told.pending,
                "explained": balance.explained,
                "unexplained": balance.unexplained,
            }
            for balance in checked.balances
        ],
        "differences": [
            {
                "code": difference.code.value,
                "kind": difference.subject.kind.value,
                "reference": difference.subject.reference,
                "order_id": difference.order_id,
                "occurred_at": difference.occurred_at.isoformat(),
                "currency": difference.subject.currency,
                "books": difference.booked,
                "provider": difference.told,
            }
            for difference in checked.differences
        ],
    }
