"""`koda sandbox`."""

import click

from paysandbox.command import main


@click.command(
    add_help_option=False, context_settings={"ignore_unknown_options": True}, name="sandbox"
)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def command(arguments: tuple[str, ...]) -> int:
    """Run a Stripe and a Clerk on this machine."""
    return main(arguments, prog="koda sandbox")
