"""`koda serve`."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext

import click
from attrs import frozen

from koda.domain.model.errors import InvalidValue
from koda.domain.model.sentences import verbatim
from koda.entrypoints.backends.chosen import check, folders, is_shared
from koda.entrypoints.backends.registry import chosen
from koda.entrypoints.cli.opening import opened
from koda.entrypoints.embedded.addresses import address_of, free_port
from koda.entrypoints.embedded.data_lock import ANOTHER, owned
from koda.entrypoints.embedded.sandbox import sandbox_beside
from koda.entrypoints.environment.loading import load_settings
from koda.entrypoints.samples.catalogue import ADMIN, BUYER, SELLERS
from koda.entrypoints.settings.settings import Settings
from koda.entrypoints.wiring.container import make_container
from koda.entrypoints.wiring.lifecycle import close

STARTED = "The site starts all the same, and /readyz tells when it is back."
EVERYWHERE = frozenset({"0.0.0.0", "::", ""})  # noqa: S104 - told apart, not bound


@frozen
class Request:
    """What the command line asked for."""

    host: str
    port: int
    workers: int
    samples: bool


@click.command(name="serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8000,
    show_default=True,
    help="Port to listen on; 0 takes a free one.",
)
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    default=2,
    show_default=True,
    help="Processes that serve.",
)
@click.option(
    "--samples/--no-samples",
    default=False,
    help="Put sample listings into an empty catalogue; only with the sandbox.",
)
def command(host: str, port: int, workers: int, *, samples: bool) -> None:
    """Serve the marketplace.

    With neither Stripe nor Clerk configured, a sandbox of both is started beside the site: sample
    people sign in without a password, and no money moves. So it starts for this machine alone: with
    a KODA_SITE_URL and a --host of loopback. Everything is kept in the directory
    KODA_DATA, koda-data unless set. Stop with Ctrl-C.

    Production needs KODA_SITE_URL, the address that visitors use, https://…; for payments
    KODA_STRIPE_SECRET_KEY, KODA_STRIPE_WEBHOOK_SECRETS and KODA_STRIPE_CONNECT_WEBHOOK_SECRETS;
    for signing in KODA_CLERK_ISSUER, KODA_CLERK_PUBLIC_KEY and KODA_CLERK_PUBLISHABLE_KEY.
    'koda settings' lists all variables with their defaults and meanings.

    What would only fail later, such as a key that is refused or a database that is not prepared,
    stops the start. A service that is merely down does not: /readyz tells when it is back.
    """
    request = Request(host, port or free_port(), workers, samples)
    address = address_of(request.host, request.port)
    settings = load_settings({"KODA_SITE_URL": _site_url(request), **os.environ})
    settings.check_root()
    settings.check_sandbox(address)
    with _held(settings), _completed(settings, request) as complete:
        check(complete)
        _prepare(complete, request)
        _serve(complete, address, request)


def _site_url(request: Request) -> str:
    """The address of a site whose settings name none."""
    host = "127.0.0.1" if request.host in EVERYWHERE else request.host
    return f"http://[{host}]:{request.port}" if ":" in host else f"http://{host}:{request.port}"


@contextmanager
def _held(settings: Settings) -> Iterator[None]:
    """Own every directory in which something is kept, such as the data directory."""
    with ExitStack() as held:
        for folder in folders(settings):
            instead = ANOTHER if folder == settings.data else "let the settings lead to another one"
            held.enter_context(owned(folder, instead))
        yield


@contextmanager
def _completed(settings: Settings, request: Request) -> Iterator[Settings]:
    if settings.embedded:
        with sandbox_beside(settings, request.port) as complete:
            yield complete
    else:
        yield settings


def _prepare(settings: Settings, request: Request) -> None:
    """Find out here what would stop the workers, and put the samples in."""
    if request.workers > 1 and not is_shared(settings):
        raise InvalidValue("--workers", verbatim("must be 1 where anything is kept in memory"))
    container = opened(settings, STARTED)
    if request.samples:
        if not (settings.sandboxed and is_shared(settings)):
            raise InvalidValue(
                "--samples", verbatim("is for a sandboxed site that keeps what it is given")
            )
        from koda.entrypoints.samples.seeding import Seeding
        from paysandbox.control import SandboxControl

        Seeding(container, SandboxControl(settings.sandbox_url))()
    close(container)


def _serve(settings: Settings, address: str, request: Request) -> None:
    from koda.entrypoints.logs import configure_logging
    from koda.entrypoints.web.server import serve

    configure_logging(settings.log_format)

    def announce() -> None:
        click.echo(welcome(settings, samples=request.samples))

    # What lies in memory is known to the process that serves alone, which then does it itself.
    container = make_container(settings)
    with container.work().running() if is_shared(settings) else nullcontext():
        serve(settings, address, request.port, request.workers, announce)
    close(container)


def welcome(settings: Settings, *, samples: bool) -> str:
    """Say where the site is, and on a sandboxed one how to sign in."""
    lines = [f"Koda serves {settings.site_url}", "Stop with Ctrl-C."]
    if settings.sandboxed:
        lines[1:1] = [*_sandboxed(settings), *(_people() if samples else ())]
    return "\n".join(lines)


def _sandboxed(settings: Settings) -> Iterator[str]:
    yield f"Stripe and Clerk are a sandbox at {settings.sandbox_url}: no money moves."
    rooms = chosen(settings)
    if rooms["store"].on_this_machine and rooms["files"].on_this_machine:
        yield f"Everything is kept in {settings.data}."
    yield f"Sign in, without a password, at {settings.site_url}/sandbox/sign-in"


def _people() -> Iterator[str]:
    yield f"  as a seller   {', '.join(seller.name for seller in SELLERS)}"
    yield f"  as a buyer    {BUYER.name}"
    yield f"  as an admin   {ADMIN.name}"
