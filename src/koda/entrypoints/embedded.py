"""The embedded marketplace: the sandbox beside the site, and settings that lead to it."""

import selectors
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from attrs import evolve
from typed_settings.types import SecretStr

from koda.domain.model.errors import Unavailable
from koda.entrypoints.occupied import free_port
from koda.entrypoints.samples.catalogue import ADMIN
from koda.entrypoints.settings import Settings
from koda.sandbox.control import SandboxControl, SandboxError

STARTS_WITHIN = 30.0
"""Seconds."""
ENDS_WITHIN = 10.0
"""Seconds."""
READY = "sandbox ready at "


@contextmanager
def sandbox_beside(settings: Settings, near: int) -> Iterator[Settings]:
    """Run a sandbox whose state lies in the data directory; give the settings that lead to it.

    It has the port of the last run, since checkout pages and sign-ins of then name it, or else the
    one above `near`. It ends with this process and its forked children, however they end.

    Raises:
        Unavailable: it does not start.
    """
    process = subprocess.Popen(  # noqa: S603 - our own program, with arguments of our own
        _command(settings, near),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        control = SandboxControl(_address(process))
        _remember_port(settings.data, control.url)
        yield leading_to(settings, control)
    finally:
        _stop(process)


def _command(settings: Settings, near: int) -> list[str]:
    port = free_port(*last_port(settings.data), near + 1)
    state = str(settings.data / "sandbox.sqlite")
    hooks = f"{settings.site_url}/webhooks"
    return [
        *(sys.executable, "-m", "koda.sandbox", "--until-stdin-closes"),
        *("--port", str(port), "--state", state),
        *("--webhook", f"{hooks}/stripe", "--connect-webhook", f"{hooks}/stripe-connect"),
        *("--clerk-webhook", f"{hooks}/clerk"),
    ]


def _port_file(data: Path) -> Path:
    return data / "sandbox-port"


def last_port(data: Path) -> tuple[int, ...]:
    """Return the port of the last sandbox beside this data directory, if there was one."""
    try:
        return (int(_port_file(data).read_text()),)
    except (OSError, ValueError):
        return ()


def _remember_port(data: Path, url: str) -> None:
    _port_file(data).write_text(url.rpartition(":")[2])


def _address(process: "subprocess.Popen[str]") -> str:
    """Wait for the line that says where the sandbox is."""
    line = _first_line(process.stdout) if process.stdout else ""
    if not line.startswith(READY):
        raise Unavailable("sandbox")
    return line.removeprefix(READY).strip()


def _first_line(stream: IO[str]) -> str:
    with selectors.DefaultSelector() as selector:
        selector.register(stream, selectors.EVENT_READ)
        return stream.readline() if selector.select(STARTS_WITHIN) else ""


def _stop(process: "subprocess.Popen[str]") -> None:
    process.terminate()
    try:
        process.wait(ENDS_WITHIN)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    for stream in (process.stdin, process.stdout):
        if stream:
            stream.close()


def leading_to(settings: Settings, control: SandboxControl) -> Settings:
    """Return the settings of a marketplace whose Stripe and Clerk are the sandbox's.

    Unless somebody is told to, one of the sandbox's own people administers.

    Raises:
        Unavailable: it does not answer.
    """
    try:
        told, public_key = control.info(), control.clerk.public_key()
    except SandboxError as error:
        raise Unavailable("sandbox") from error
    return evolve(
        settings,
        sandbox_url=told["url"],
        stripe=evolve(
            settings.stripe,
            secret_key=SecretStr(told["secret_key"]),
            webhook_secrets=(SecretStr(told["webhook_secret"]),),
            connect_webhook_secrets=(SecretStr(told["connect_webhook_secret"]),),
        ),
        clerk=evolve(
            settings.clerk,
            issuer=told["clerk_url"],
            public_key=public_key,
            secret_key=SecretStr(told["clerk_secret_key"]),
            webhook_secrets=(SecretStr(told["clerk_webhook_secret"]),),
        ),
        admins=settings.admins or (ADMIN.id,),
    )
