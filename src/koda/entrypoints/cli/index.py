"""`koda index`."""

import json
import sys
from collections.abc import Callable

import click
from attrs import asdict

from koda.domain.search.builds import IndexBuild
from koda.entrypoints.cli.containers import container_of_environment
from koda.entrypoints.cli.exit_codes import json_option
from koda.entrypoints.wiring.container import Container


@click.group(name="index", invoke_without_command=True)
@json_option
@click.pass_context
def command(context: click.Context, *, as_json: bool) -> None:
    """Tell how the index is by which the catalogue is searched.

    It is written with every listing. When a newer Koda reads words in another way, 'koda serve' and
    'koda work' write it anew by themselves in the background.
    """
    if context.invoked_subcommand is not None:
        return
    with container_of_environment() as container:
        build, listings = container.index_builder().build(), container.catalogue_index().size()
        automations = container.index_builder().automations()
    if as_json:
        click.echo(json.dumps({"entries": listings, "automations": automations, **asdict(build)}))
        return
    click.echo(f"{listings:>7}  listings for sale in the index, labels of version {build.version}")
    if build.target is not None:
        click.echo(f"{build.listings:>7}  of {automations} written anew to version {build.target}")


@command.command(name="rebuild")
@json_option
def rebuild(*, as_json: bool) -> None:
    """Write the index anew, while the marketplace serves.

    Each listing is found as before until its turn comes. What is cut off goes on where it was: with
    the next 'koda index rebuild', or by a 'koda serve' or 'koda work' within ten minutes.
    """
    with container_of_environment() as container:
        try:
            build = container.use_cases().rebuild_index(told=_progress(container))
        except KeyboardInterrupt:
            click.echo("\nCut off; the next one goes on from here.", err=True)
            raise
    if sys.stderr.isatty():
        click.echo(err=True)
    if as_json:
        click.echo(json.dumps({"listings": build.listings, "version": build.version}))
        return
    click.echo(f"{build.listings:>7}  listings written anew, labels of version {build.version}")


def _progress(container: Container) -> Callable[[IndexBuild], None]:
    """What tells somebody who waits at a terminal how far it came."""
    automations = container.index_builder().automations()

    def tell(build: IndexBuild) -> None:
        if sys.stderr.isatty():
            click.echo(f"\r{build.listings:>7}  of {automations} written anew", err=True, nl=False)

    return tell
