"""`koda settings`."""

import json

import click
from attrs import asdict
from rich.console import Console
from rich.table import Table

from koda.entrypoints.cli.exit_codes import json_option
from koda.entrypoints.environment.reference import as_markdown, headings, settings_of


@click.command(name="settings")
@json_option
@click.option("--markdown", is_flag=True, help="Print the page of the documents.")
def command(*, as_json: bool, markdown: bool) -> None:
    """List every setting: its variable, default and meaning."""
    if markdown:
        click.echo(as_markdown(), nl=False)
    elif as_json:
        click.echo(
            json.dumps(
                [asdict(setting) for section in headings() for setting in settings_of(section)]
            )
        )
    else:
        _show(Console())


def _show(console: Console) -> None:
    for section, heading in headings().items():
        table = Table(title=heading, title_justify="left", box=None, pad_edge=False)
        table.add_column("variable", no_wrap=True)
        table.add_column("default")
        table.add_column("meaning")
        for setting in settings_of(section):
            table.add_row(setting.name, setting.default, setting.meaning.replace("`", ""))
        console.print(table, "")
