"""`koda demo`."""

import json
from collections.abc import Iterable
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from koda.domain.model.money import Money
from koda.entrypoints.cli.exit_codes import json_option
from koda.entrypoints.demo.scenario import Row, Scenario, Step
from koda.entrypoints.demo.stage import set_up


@click.command(name="demo")
@json_option
def command(*, as_json: bool) -> int:
    """Live through a purchase, step by step.

    Two sellers list real workflow files, a buyer pays for both and downloads them, and the money
    is divided. Everything is real but the money: the Stripe and Clerk adapters speak HTTP to a
    sandbox on this machine, which sends its messages to the site over HTTP. Nothing is installed
    or left behind. Ends with 0 only if everything held.
    """
    console = Console(quiet=as_json, highlight=False)
    steps = []
    with set_up() as stage:
        scenario = Scenario(stage)
        for number, step in enumerate(scenario.play(), 1):
            steps.append(step)
            _show(console, number, step)
    held = all_held(steps)
    if as_json:
        click.echo(json.dumps(_described(steps, scenario.money, held=held)))
    console.print(_table(scenario.money))
    console.print("Everything held." if held else "Not everything held: see the crosses above.")
    return 0 if held else 1


def all_held(steps: Iterable[Step]) -> bool:
    """Whether everything that was to hold did."""
    return all(all(step.checks.values()) for step in steps)


def _show(console: Console, number: int, step: Step) -> None:
    console.print(f"[bold]{number:2}  {step.title}[/bold]")
    for name, fact in step.facts.items():
        console.print(f"    {name}: {fact}", markup=False, soft_wrap=True)
    for name, holds in step.checks.items():
        mark, style = ("✓", "green") if holds else ("✗", "red")
        console.print(f"    {mark} {name}", style=style)


def _table(money: list[Row]) -> Table:
    table = Table(title="Who got what", title_justify="left")
    table.add_column("")
    for name in ("gross", "fee", "net", "balance at the provider"):
        table.add_column(name, justify="right")
    for row in money:
        balance = Money(row.held, row.net.currency)
        table.add_row(row.who, *map(_shown, (row.gross, row.fee, row.net, balance)))
    return table


def _shown(money: Money) -> str:
    return str(money) if money.minor else ""


def _described(steps: list[Step], money: list[Row], *, held: bool) -> dict[str, Any]:
    """The demo for a program; amounts in minor units."""
    return {
        "held": held,
        "steps": [
            {"title": step.title, "facts": dict(step.facts), "checks": dict(step.checks)}
            for step in steps
        ],
        "money": [
            {
                "who": row.who,
                "gross": row.gross.minor,
                "fee": row.fee.minor,
                "net": row.net.minor,
                "balance": row.held,
                "currency": row.net.currency,
            }
            for row in money
        ],
    }
