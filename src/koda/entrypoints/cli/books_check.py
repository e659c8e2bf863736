"""`koda books check`."""

import json
from collections.abc import Iterator
from datetime import date
from zoneinfo import ZoneInfo

import click

from koda.domain.model.books.checking import BalanceCheck, BooksCheck, Difference
from koda.domain.model.books.order_differences import OrderDifference
from koda.domain.model.money import signed
from koda.entrypoints.cli.containers import container_beside_its_sandbox
from koda.entrypoints.cli.dates import period_of, period_options
from koda.entrypoints.cli.exit_codes import json_option
from koda.entrypoints.cli.statements import columns

DIFFER = 1
"""The exit code where the books and the provider do not agree."""


@click.command(name="check")
@period_options
@json_option
def check(*, first: date | None, last: date | None, zone: ZoneInfo, as_json: bool) -> int:
    """Compare the books with the provider's ledger and orders, and change nothing.

    Prints what either has and the other has not, by the provider's ids, and what to do. Where the
    period reaches until today, the balances are compared, too. Of each order with an entry in the
    period, all its entries are compared with what the order itself says. What is younger than an
    hour may still be on its way, and is only counted. Ends with 1 if they differ.
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
    if checked.orders:
        of_orders = ("order", "account", "books", "order says", "")
        yield from columns([of_orders, *map(_order_row, checked.orders)], 2)
        yield from dict.fromkeys(str(difference.what_to_do) for difference in checked.orders)
    for line in checked.unreadable:
        yield f"{line.reference} cannot be read, and is compared with nothing: {line.problem}"
    if checked.under_way:
        yield f"{len(checked.under_way)} younger than an hour may be on their way."
    if checked.orders_under_way:
        yield (
            f"{checked.orders_under_way} of the orders that differ changed within the hour, and "
            "may not be booked whole."
        )
    if checked.past:
        yield (
            "The provider's balance was left out: it is known of now alone. Leave out --to for it."
        )
    yield "They agree." if checked.agreed else "They differ."


def _balance(balance: BalanceCheck) -> tuple[str, ...]:
    told = balance.told
    minors = (balance.booked, told.minor, balance.explained, balance.unexplained)
    return (balance.currency, *(signed(minor, balance.currency) for minor in minors))


def _row(difference: Difference, zone: ZoneInfo) -> tuple[str, ...]:
    subject = difference.subject
    return (
        difference.occurred_at.astimezone(zone).date().isoformat(),
        _kind(difference),
        subject.reference,
        difference.order_id or "",
        _differs(difference),
        _amount(difference.booked, subject.currency),
        _amount(difference.told, subject.currency),
        subject.currency,
    )


def _order_row(difference: OrderDifference) -> tuple[str, ...]:
    currency = difference.currency
    return (
        difference.order_id,
        difference.account.name,
        _amount(difference.booked, currency),
        _amount(difference.recorded, currency),
        currency,
    )


def _amount(minor: int | None, currency: str) -> str:
    return "-" if minor is None else signed(minor, currency)


def _advice(difference: Difference) -> str:
    return f"{_differs(difference)}, {_kind(difference)}: {difference.what_to_do}"


def _differs(difference: Difference) -> str:
    return difference.code.value.replace("_", " ")


def _kind(difference: Difference) -> str:
    return difference.subject.kind.value.replace("_", " ")


def _described(checked: BooksCheck) -> dict[str, object]:
    return {
        "agreed": checked.agreed,
        "balance_left_out": checked.past,
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
                "what_to_do": str(difference.what_to_do),
            }
            for difference in checked.differences
        ],
        "orders": [_described_order(difference) for difference in checked.orders],
        "orders_under_way": checked.orders_under_way,
        "unreadable": [
            {"reference": line.reference, "problem": line.problem} for line in checked.unreadable
        ],
    }


def _described_order(difference: OrderDifference) -> dict[str, object]:
    return {
        "order_id": difference.order_id,
        "account": difference.account.name,
        "currency": difference.currency,
        "books": difference.booked,
        "order": difference.recorded,
        "what_to_do": str(difference.what_to_do),
    }
