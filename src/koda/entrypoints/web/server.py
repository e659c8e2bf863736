"""Serving the marketplace by granian: several processes, each with a container of its own."""

import logging
import multiprocessing
import os
import signal
import socket
import threading
from collections.abc import Callable
from multiprocessing.util import Finalize
from typing import TYPE_CHECKING, Any

from flask import Flask
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels
from granian.server import Server

from koda.entrypoints.container import close, make_container
from koda.entrypoints.environment import load_settings, without_settings, write_settings
from koda.entrypoints.logs import configure_logging
from koda.entrypoints.settings import Settings
from koda.entrypoints.web.app import create_app

if TYPE_CHECKING:
    from multiprocessing.process import BaseProcess

THREADS = 16
"""Requests that one process works on at a time."""
KILL_AFTER = 10
"""Seconds that a request may go on once the server stops."""
PATIENCE = 0.05
"""Seconds between two looks whether the server answers."""

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "loggers": {"_granian": {"level": "ERROR"}},
}
"""The server's own errors go where all of Koda's log goes."""

logger = logging.getLogger("koda.serve")


def application() -> Flask:
    """Return the application of one worker, as the environment says.

    Raises:
        InvalidValue: names the first variable that is wrong.
    """
    _heed_signals()
    _end_with(multiprocessing.parent_process())
    settings = load_settings().check()
    configure_logging(settings.log_format)
    container = make_container(settings)
    # A forked worker ends without what `atexit` would do, but not without this.
    Finalize(None, close, (container,), exitpriority=0)
    return create_app(container)


def _heed_signals() -> None:
    """Let a worker that is told to stop before it serves do so.

    Until granian sets its own, a forked worker has the handlers of the server, which only make a
    note of the signal.
    """
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)


def _end_with(parent: "BaseProcess | None") -> None:
    """End this worker as soon as the process that started it has ended, however that did."""
    if parent is not None:
        threading.Thread(target=_await_end, args=(parent,), daemon=True).start()


def _await_end(parent: "BaseProcess") -> None:
    parent.join()
    os.kill(os.getpid(), signal.SIGTERM)


def serve(
    settings: Settings, address: str, port: int, workers: int, ready: Callable[[], None]
) -> None:
    """Serve until told to stop by SIGTERM or SIGINT; then finish what is being answered.

    The workers read `settings` from the environment, where this process puts them. `ready` is
    called once the first of them answers.
    """
    kept = without_settings(os.environ)
    os.environ.clear()
    os.environ.update(kept | write_settings(settings))
    server = Server(
        f"{__name__}:{application.__name__}",
        address,
        port,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        workers=workers,
        blocking_threads=THREADS,
        log_level=LogLevels.error,
        log_dictconfig=LOGGING,
        respawn_failed_workers=True,
        workers_kill_timeout=KILL_AFTER,
        factory=True,
    )
    stopped = threading.Event()
    announcer = threading.Thread(target=_announce, args=(address, port, stopped, ready))
    server.on_startup(announcer.start)
    server.on_shutdown(stopped.set)
    logger.info("Site starts", extra={"site_url": settings.site_url, "workers": workers})
    server.serve()
    logger.info("Site stopped", extra={"site_url": settings.site_url})


def _announce(address: str, port: int, stopped: threading.Event, ready: Callable[[], None]) -> None:
    while not stopped.wait(PATIENCE):
        if _answers(address, port):
            ready()
            return


def _answers(address: str, port: int) -> bool:
    try:
        socket.create_connection((address, port), timeout=1).close()
    except OSError:
        return False
    return True
