"""Where the demo plays: a marketplace and a sandbox that last as long as it does."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import requests
from attrs import frozen
from werkzeug.serving import WSGIRequestHandler, make_server

from koda.entrypoints.backends.chosen import check
from koda.entrypoints.embedded.sandbox import leading_to
from koda.entrypoints.settings.choices import WebhookEndpoint
from koda.entrypoints.settings.settings import Settings
from koda.entrypoints.web.app import create_app
from koda.entrypoints.wiring.container import Container, make_container
from koda.entrypoints.wiring.lifecycle import close
from paysandbox.embedded import Sandbox

HOST = "127.0.0.1"


@frozen
class Stage:
    """The marketplace's use cases, the sandbox behind it, and a client for the site."""

    container: Container
    sandbox: Sandbox
    browser: requests.Session


class QuietHandler(WSGIRequestHandler):
    """Answers requests without a word about them."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


@contextmanager
def set_up() -> Iterator[Stage]:
    """Build everything in a temporary directory and on free ports; nothing of it stays.

    The adapters are those of the embedded marketplace. Uploads, downloads and the sandbox's
    messages go over HTTP to the site.
    """
    with (
        TemporaryDirectory(prefix="koda-demo-") as folder,
        socket.create_server((HOST, 0)) as listener,
        requests.Session() as browser,
    ):
        browser.trust_env = False
        url = f"http://{HOST}:{listener.getsockname()[1]}"
        hooks = f"{url}/webhooks"
        with Sandbox.start(
            webhook=f"{hooks}/{WebhookEndpoint.PAYMENTS}",
            connect_webhook=f"{hooks}/{WebhookEndpoint.ACCOUNTS}",
        ) as sandbox:
            settings = leading_to(Settings(data=Path(folder), site_url=url), sandbox)
            container = make_container(check(settings))
            with served(container, listener):
                yield Stage(container, sandbox, browser)
            close(container)


@contextmanager
def served(container: Container, listener: socket.socket) -> Iterator[None]:
    """Serve the site on `listener` from threads of this process."""
    server = make_server(
        HOST,
        listener.getsockname()[1],
        create_app(container),
        threaded=True,
        request_handler=QuietHandler,
        fd=listener.fileno(),
    )
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
