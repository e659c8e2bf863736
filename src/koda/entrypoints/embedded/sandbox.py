"""The embedded marketplace: the sandbox beside the site, and settings that lead to it."""

import logging
import selectors
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from threading import Event, Thread
from typing import IO, TYPE_CHECKING

from attrs import define, evolve, field

from koda.domain.model.errors import Unavailable
from koda.entrypoints.backends.chosen import check_policy
from koda.entrypoints.backends.registry import chosen, distinct
from koda.entrypoints.embedded.addresses import free_port
from koda.entrypoints.embedded.data_lock import owned
from koda.entrypoints.embedded.occupied import Occupied
from koda.entrypoints.samples.catalogue import ADMIN
from koda.entrypoints.settings.choices import WebhookEndpoint
from koda.entrypoints.settings.settings import Settings

if TYPE_CHECKING:
    # Imported where it is used: a site in production runs without the sandbox.
    from paysandbox.control import SandboxControl

_STARTS_WITHIN = 30.0
"""Seconds."""
_ENDS_WITHIN = 10.0
"""Seconds."""
_BETWEEN = 1.0
"""Seconds between two looks whether it is there."""
_READY = "sandbox ready at "
_NEAR = 8000
"""The port near which a sandbox without a site is started, unless it has one of before."""

_logger: logging.Logger = logging.getLogger("koda.serve")


@contextmanager
def sandbox_beside(settings: Settings, near: int) -> Iterator[Settings]:
    """Run a sandbox whose state lies in the data directory; give the settings that lead to it.

    It has the port of the last run, since checkout pages and sign-ins of then name it, or else the
    one above `near`. It ends with this process, however that ends; where it ends before, it is
    started again with its state, and the log tells.

    Raises:
        InvalidValue: it would not charge the currency or the prices.
        Unavailable: it does not start.
    """
    from paysandbox.control import SandboxControl

    check_policy(settings)
    process = _Kept(settings)
    try:
        control = SandboxControl(process.start_near(*last_port(settings.data), near + 1))
        _remember_port(settings.data, control.url)
        complete = leading_to(settings, control)
        process.watch()
        yield complete
    finally:
        process.stop()


def with_running_sandbox(settings: Settings) -> Settings | None:
    """Return the settings that lead to the sandbox of a running `koda serve`, if there is one."""
    from paysandbox.control import SandboxControl

    for port in last_port(settings.data):
        with suppress(Unavailable):
            return leading_to(settings, SandboxControl(f"http://127.0.0.1:{port}"))
    return None


@contextmanager
def with_its_sandbox(settings: Settings) -> Iterator[Settings]:
    """Give the settings of a marketplace as it is kept, for a command that runs beside it or alone.

    Without Stripe and Clerk configured they lead to the sandbox of a running `koda serve`, or else
    to one that is started for as long as the block runs, with the state of that one.

    Raises:
        InvalidValue: they lead to a sandbox that others than this machine would reach.
        Occupied: `koda serve` is about to start, or to end.
        Unavailable: the sandbox does not start.
    """
    if not settings.embedded:
        yield settings
        return
    settings.check_sandbox()
    with ExitStack() as held:
        try:
            held.enter_context(owned(settings.data))
        except Occupied:
            # Only while it is held is what answers at the port of the last run surely its sandbox.
            running = with_running_sandbox(settings)
            if running is None:
                raise
            yield running
        else:
            yield held.enter_context(sandbox_beside(settings, _NEAR))


@define(eq=False)
class _Kept:
    """The process of a sandbox, which a thread starts again wherever it ends."""

    settings: Settings
    _port: int = 0
    _process: "subprocess.Popen[str] | None" = None
    _stopping: Event = field(factory=Event, init=False)
    _watching: Thread | None = None

    def start(self, port: int) -> str:
        """Start it at that port, and return its address.

        Raises:
            Unavailable: it does not start.
        """
        self._port = port
        self._process = subprocess.Popen(  # noqa: S603 - our own program, with our own arguments
            _command(self.settings, port),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        return _address(self._process)

    def start_near(self, *wanted: int) -> str:
        """Start it at the first of the ports that is free, or else at any; return its address.

        A port may be taken by somebody else after it was seen to be free.

        Raises:
            Unavailable: it does not start.
        """
        try:
            return self.start(free_port(*wanted))
        except Unavailable:
            self._end()
            return self.start(free_port())

    def watch(self) -> None:
        """Start it again, at the same port, whenever it has ended."""
        self._watching = Thread(target=self._watch, daemon=True)
        self._watching.start()

    def _watch(self) -> None:
        while not self._stopping.wait(_BETWEEN):
            if self._process is not None and self._process.poll() is not None:
                _logger.warning("Sandbox ended", extra={"status": self._process.returncode})
                self._restart()

    def _restart(self) -> None:
        self._end()
        try:
            self.start(self._port)
        except Unavailable:
            _logger.warning("Sandbox does not start", extra={"port": self._port})
        else:
            _logger.warning("Sandbox started again", extra={"port": self._port})

    def stop(self) -> None:
        """End it for good."""
        self._stopping.set()
        if self._watching is not None:
            self._watching.join()
        self._end()

    def _end(self) -> None:
        if self._process is not None:
            _stop(self._process)


def _command(settings: Settings, port: int) -> list[str]:
    state = str(settings.data / "sandbox.sqlite")
    hooks = f"{settings.site_url}/webhooks"
    return [
        *(sys.executable, "-m", "paysandbox", "--until-stdin-closes"),
        *("--port", str(port), "--state", state),
        *("--webhook", f"{hooks}/{WebhookEndpoint.PAYMENTS}"),
        *("--connect-webhook", f"{hooks}/{WebhookEndpoint.ACCOUNTS}"),
        *("--clerk-webhook", f"{hooks}/{WebhookEndpoint.PEOPLE}"),
        *("--currency", settings.policy.currency.lower()),
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
    file = _port_file(data)
    file.touch(mode=0o600)
    file.write_text(url.rpartition(":")[2])


def _address(process: "subprocess.Popen[str]") -> str:
    """Wait for the line that says where the sandbox is."""
    line = _first_line(process.stdout) if process.stdout else ""
    if not line.startswith(_READY):
        raise Unavailable("sandbox")
    return line.removeprefix(_READY).strip()


def _first_line(stream: IO[str]) -> str:
    with selectors.DefaultSelector() as selector:
        selector.register(stream, selectors.EVENT_READ)
        return stream.readline() if selector.select(_STARTS_WITHIN) else ""


def _stop(process: "subprocess.Popen[str]") -> None:
    process.terminate()
    try:
        process.wait(_ENDS_WITHIN)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    for stream in (process.stdin, process.stdout):
        if stream:
            stream.close()


def admins_beside(settings: Settings) -> tuple[str, ...]:
    """Who administers a marketplace beside a sandbox, told or not: one of the sandbox's people."""
    return settings.admins or (ADMIN.id,)


def leading_to(settings: Settings, control: "SandboxControl") -> Settings:
    """Return the settings of a marketplace whose providers are the sandbox's.

    Raises:
        Unavailable: it does not answer.
    """
    from paysandbox.control import SandboxError

    try:
        told = {**control.info(), "clerk_public_key": control.clerk.public_key()}
    except SandboxError as error:
        raise Unavailable("sandbox") from error
    complete = evolve(settings, sandbox_url=told["url"], admins=admins_beside(settings))
    for room in distinct(chosen(complete).values()):
        complete = room.at_sandbox(complete, told)
    return complete
