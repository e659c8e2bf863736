"""A process that serves: `python -m koda.entrypoints.web.worker ADDRESS PORT`.

`server` starts several, each with a listening socket of its own on the same port, so that the
system spreads connections evenly over them. It answers as the variables of its
environment say, until SIGTERM or SIGINT, or the end of its standard input: the process that started
it has ended then.
"""

import gc
import logging
import os
import signal
import socket
import sys
from contextlib import nullcontext
from threading import Thread

from koda.entrypoints.backends.chosen import check, is_shared
from koda.entrypoints.environment.loading import load_settings
from koda.entrypoints.logs import configure_logging
from koda.entrypoints.web.app import create_app
from koda.entrypoints.web.connections import Bounds
from koda.entrypoints.web.form_limits import most_bytes
from koda.entrypoints.web.listening import Server
from koda.entrypoints.web.processes import FINISH_WITHIN, family_of
from koda.entrypoints.wiring.container import make_container
from koda.entrypoints.wiring.lifecycle import close

BACKLOG = 1024
"""Connections that wait for a process to take them."""


class NoAddresses(logging.Filter):
    """Keeps addresses, which may hold a link's token, out of what waitress says."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Cut the address off."""
        what, separator, _ = str(record.msg).partition(" while serving ")
        if separator:
            record.msg, record.args = what, ()
        return True


def main(address: str, port: int) -> None:
    """Serve until told to stop; then finish what is being answered.

    Raises:
        InvalidValue: names the first variable that is wrong.
    """
    Thread(target=_await_end, daemon=True).start()
    settings = check(load_settings())
    configure_logging(settings.log_format)
    _quieten_waitress()
    container = make_container(settings)
    application = create_app(container)
    family = family_of(address)
    settle()
    listener = socket.create_server(
        (address, port), family=family, backlog=BACKLOG, reuse_port=True
    )
    server = Server(application, listener, Bounds(most_bytes(settings.policy)))
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: server.stop())
    # What lies in memory is here alone; else the process that started this one does the work.
    with nullcontext() if is_shared(settings) else container.work().running():
        server.serve(FINISH_WITHIN)
    close(container)


def settle() -> None:
    """Let the garbage collector leave alone what is there now, which lasts as long as the process.

    Or else it stops every request for as long as it takes to look at all of it.
    """
    gc.collect()
    gc.freeze()


def _quieten_waitress() -> None:
    """Let it tell errors alone, among what Koda logs, and no addresses."""
    log = logging.getLogger("waitress")
    log.setLevel(logging.ERROR)
    log.addFilter(NoAddresses())


def _await_end() -> None:
    """Stop once whoever started this process has ended, however that did."""
    os.read(sys.stdin.fileno(), 1)
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
