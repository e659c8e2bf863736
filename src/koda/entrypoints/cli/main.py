"""The program `koda`."""

import gc
import signal
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module

import click

from koda import __version__
from koda.domain.model.errors import KodaError
from koda.entrypoints.backends.libraries import missed
from koda.entrypoints.cli.exit_codes import INTERRUPTED, MISUSED, TERMINATED, code_of, tell

COMMANDS: Mapping[str, str] = {
    "serve": "Serve the marketplace.",
    "demo": "Live through a purchase, step by step.",
    "init": "Prepare the data directory, the store and the bucket.",
    "doctor": "Try every configured service.",
    "work": "Send notices, deliver events, compare payments, tidy up.",
    "events": "List, show and replay the payment provider's messages.",
    "deliveries": "Tell what waits for whom of what happened.",
    "roles": "List, give and take roles.",
    "listings": "List what is for sale, as the catalogue finds it.",
    "orders": "List orders, tell what happened to one.",
    "refunds": "Refund lines of orders, list what was refunded.",
    "disputes": "List the payments that buyers' banks question.",
    "audit": "Tell what administrators did, and why.",
    "books": "Print the trial balance, a seller's statement, the revenue.",
    "reconcile": "Compare orders with their payments.",
    "index": "Tell how the catalogue's index is, write it anew.",
    "inspect": "Say what is in workflow files, and what looks like a secret.",
    "tidy": "Remove what was uploaded and never listed.",
    "settings": "List every setting.",
    "sandbox": "Run a Stripe and a Clerk on this machine.",
}
"""What each command does; each is imported only when it is run or asked for help."""

EPILOG = """\b
Start here:
  koda demo                 watch a purchase from listing to download
  koda serve --samples      a marketplace with sample listings to click through
\b
Settings are environment variables such as KODA_DATA; see 'koda settings'.
Exit codes: 0 done, 1 failed, 2 wrong input or setting, 3 not allowed, 4 not found,
5 conflict, 6 too many requests, 7 a service is down (try again), 130 interrupted.
"""


class LazyGroup(click.Group):
    """Lists its commands without importing them."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """The names of the commands, in the order in which somebody new meets them."""
        return list(COMMANDS)

    def get_command(self, _ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command of that name."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"koda.entrypoints.cli.{cmd_name}").command
        return command

    def format_commands(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list from the table."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=LazyGroup, epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="koda")
def koda() -> None:
    """Koda, a marketplace for automations.

    Sellers list workflow files (n8n, Make, Zapier, Python), buyers pay through Stripe, and the
    file reaches only those who paid. With no settings at all it runs on this machine alone, and
    no money moves.
    """


def run(argv: Sequence[str]) -> int:
    """Run `koda` with the arguments `argv` and return the exit code; see `exit_codes`."""
    as_json = "--json" in argv
    try:
        return _invoke(argv)
    except KodaError as error:
        tell(error.code, error.message, error.data(), as_json=as_json)
        return code_of(error)
    except click.ClickException as error:
        tell("usage", _hint(error), {}, as_json=as_json)
        return MISUSED
    except (KeyboardInterrupt, click.Abort):
        return INTERRUPTED


def _invoke(argv: Sequence[str]) -> int:
    """Run the command; one whose library is not installed raises `MissingLibrary`."""
    try:
        return int(koda.main(list(argv), prog_name="koda", standalone_mode=False) or 0)
    except ModuleNotFoundError as error:
        missing = missed(error)
        if missing is None:
            raise
        raise missing from error


def _hint(error: click.ClickException) -> str:
    """The error, and the help of which command would have told."""
    context = error.ctx if isinstance(error, click.UsageError) else None
    advice = f" Try '{context.command_path} --help'." if context else ""
    return f"{error.format_message()}{advice}"


def main() -> None:
    """Be the program; SIGTERM ends it in order, as leaving every context does."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(TERMINATED))
    try:
        sys.exit(run(sys.argv[1:]))
    finally:
        # All of it goes with the process: the garbage collector need not look at it once more.
        gc.freeze()


if __name__ == "__main__":
    main()
