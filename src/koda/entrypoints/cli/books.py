"""`koda books`."""

import json
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import click
from attrs import asdict

from koda.domain.model.books.balances import by_kind
from koda.domain.model.books.seller_balances import SellerBalance
from koda.domain.model.books.statements import Revenue
from koda.domain.model.identifiers import UserId
from koda.domain.model.money import signed
from koda.domain.model.periods import EARLIEST, Period
from koda.domain.usecases.money.view_books import Books
from koda.entrypoints.cli.books_check import check
from koda.entrypoints.cli.containers import container_of_environment
from koda.entrypoints.cli.dates import Day, period_of, period_options, zone_option
from koda.entrypoints.cli.exit_codes import json_option
from koda.entrypoints.cli.statements import as_beancount, as_table, columns, described, stands
from koda.entrypoints.statement_csv import as_csv


@click.group(name="books", invoke_without_command=True)
@click.option("--on", "day", type=Day(), help="The last day that counts; until now by default.")
@zone_option
@json_option
@click.pass_context
def command(context: click.Context, *, day: date | None, zone: ZoneInfo, as_json: bool) -> None:
    """Print the trial balance: what every account was debited and credited.

    Accounts that each seller has are summed by their kind; with --json each stands by itself, in
    minor units.
    """
    if context.invoked_subcommand is not None:
        return
    with container_of_environment() as container:
        before = Period.of_days(EARLIEST, day, zone).until if day else container.clock()()
        books = container.use_cases().view_books(before)
    if as_json:
        click.echo(json.dumps(_described(books)))
        return
    heading = ("account", "debit", "credit", "balance", "")
    rows = [
        (
            balance.kind.value,
            *(
                signed(minor, balance.currency)
                for minor in (balance.debit, balance.credit, balance.minor)
            ),
            balance.currency,
        )
        for balance in by_kind(books.balances)
    ]
    click.echo("\n".join(columns([heading, *rows], 1)))
    click.echo("Debits and credits are equal." if books.balanced else "The books do not balance.")


@command.command(name="seller")
@click.argument("seller_id", metavar="ID")
@period_options
@click.option("--csv", "form", flag_value="csv", help="Write CSV, with every column.")
@click.option("--beancount", "form", flag_value="beancount", help="Write a ledger of beancount.")
@json_option
def seller(
    *,
    seller_id: str,
    first: date | None,
    last: date | None,
    zone: ZoneInfo,
    form: str | None,
    as_json: bool,
) -> None:
    """Print what the seller ID sold, got and is due.

    The fee is what the marketplace took of a sale, the net what the seller is due of it; what was
    transferred to them is negative. The ledger is the seller's own, and asserts its balances.
    """
    with container_of_environment() as container:
        period = period_of(first, last, zone, container.clock()())
        statements = container.use_cases().view_statement.of_seller(UserId(seller_id), period)
    if as_json:
        click.echo(json.dumps([described(statement) for statement in statements]))
    elif form == "csv":
        click.echo(as_csv(statements), nl=False)
    elif form == "beancount":
        click.echo("\n".join(as_beancount(statements, zone)))
    else:
        for statement in statements:
            click.echo("\n".join(as_table(statement, zone)))


@command.command(name="sellers")
@json_option
def sellers(*, as_json: bool) -> None:
    """Print who owes the marketplace something, and who is due something that has not moved.

    Who owes most comes first; 'koda orders list --state owing' tells of which orders. What is due
    moves by itself; if it is negative, it comes back from the seller. With --json amounts are in
    minor units.
    """
    with container_of_environment() as container:
        listed = container.use_cases().view_seller_balances()
    if as_json:
        click.echo(json.dumps([_of_seller(balance) for balance in listed.balances]))
        return
    heading = ("seller", "owed", "held", "due", "")
    rows = [_row(balance) for balance in listed.balances]
    click.echo("\n".join(columns([heading, *rows], 1)) if rows else "Nothing is owed or due.")


@command.command(name="revenue")
@period_options
@json_option
def revenue(*, first: date | None, last: date | None, zone: ZoneInfo, as_json: bool) -> None:
    """Print what the marketplace earned: its fees, less the provider's and its losses.

    Losses are told by what made them, such as a refund, a double or a debt that was written off;
    what undid one is negative.
    """
    with container_of_environment() as container:
        period = period_of(first, last, zone, container.clock()())
        revenues = container.use_cases().view_revenue(period)
    if as_json:
        click.echo(json.dumps([{**asdict(told), "net": told.net} for told in revenues]))
        return
    heading = ("", "fees", "returned", "provider", "losses", "net")
    rows = [_earned(told) for told in revenues]
    click.echo("\n".join(columns([heading, *rows], 1)))
    for told in revenues:
        for cause, minor in told.lost.items():
            by = cause.value.replace("_", " ")
            click.echo(f"losses by {by}: {signed(minor, told.currency)} {told.currency}")


@command.command(name="rebuild")
def rebuild() -> None:
    """Sum the totals of all days anew, from which balances are read."""
    with container_of_environment() as container:
        count = container.journal().rebuild_totals()
    click.echo(f"{count:>7}  days summed")


command.add_command(check)


def _earned(told: Revenue) -> tuple[str, ...]:
    minors = (told.fees, told.fees_returned, told.provider_fees, told.losses, told.net)
    return (told.currency, *(signed(minor, told.currency) for minor in minors))


def _row(balance: SellerBalance) -> tuple[str, ...]:
    position, currency = balance.position, balance.currency
    minors = (position.debt, position.held, position.due)
    return (balance.seller_id, *(signed(minor, currency) for minor in minors), currency)


def _of_seller(balance: SellerBalance) -> dict[str, Any]:
    told = {"seller_id": balance.seller_id, "currency": balance.currency}
    return {**told, **stands(balance.position)}


def _described(books: Books) -> dict[str, Any]:
    return {
        "before": books.before.isoformat(),
        "balanced": books.balanced,
        "balances": [
            {
                "account": balance.account.name,
                "currency": balance.currency,
                "debit": balance.debit,
                "credit": balance.credit,
                "balance": balance.minor,
            }
            for balance in books.balances
        ],
    }
