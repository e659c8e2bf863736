"""The processes that serve are killed while they handle a message; those that follow go on."""

import os
import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from threading import Event

import pytest
import requests

from tests.e2e.flows.caller import TIMEOUT, Caller
from tests.e2e.flows.serving import Site

WORKERS = 2
FOREVER = 60.0
"""Seconds that the provider is silent after it did what was asked; nobody waits for it."""
WITHIN = 60.0


def workers(site: Site) -> set[int]:
    """The processes that serve `site`, which the server started."""
    children = Path(f"/proc/{site.server_id}/task/{site.server_id}/children").read_text().split()
    return {int(child) for child in children if b"koda.entrypoints.web.worker" in command_of(child)}


def command_of(process: str) -> bytes:
    """The command of a process, which may have ended meanwhile."""
    with suppress(FileNotFoundError, ProcessLookupError):
        return Path(f"/proc/{process}/cmdline").read_bytes()
    return b""


def answers(site: Site) -> bool:
    """Whether anybody answers."""
    with suppress(requests.ConnectionError):
        return requests.get(f"{site.url}/healthz", timeout=TIMEOUT).ok
    return False


def eventually(holds: Callable[[], bool]) -> None:
    """Wait until it holds."""
    waiting = Event()
    for _ in range(int(WITHIN / 0.05)):
        if holds():
            return
        waiting.wait(0.05)
    pytest.fail("it never came to hold")


@pytest.mark.slow
def test_purchase_survives_the_death_of_all_that_serve(
    site: Site, sign_in: Callable[[str], Caller]
) -> None:
    """They die before they hear of a transfer; the message comes again, and all is made once.

    Once a site is enough: a server whose workers die again at once gives up, so that whoever
    looks after it starts it anew.
    """
    bea, sellers = sign_in("Bea"), [sign_in("Ada"), sign_in("Cyd")]
    for seller in sellers:
        seller.onboard()
    bought = [seller.list_automation("Nightly ledger", 1250) for seller in sellers]
    order, session = bea.check_out(*bought)
    site.sandbox.webhooks.hold()
    site.sandbox.pay(session)
    event = site.sandbox.events("checkout.session.completed")[-1]["id"]
    site.sandbox.faults.next("POST /v1/transfers", "timeout", seconds=FOREVER, after_commit=True)
    eventually(lambda: len(workers(site)) == WORKERS)
    before = workers(site)

    with ThreadPoolExecutor(1) as threads:
        first = threads.submit(site.sandbox.webhooks.deliver, event)
        eventually(lambda: len(site.sandbox.objects("transfer")) == 2)
        for process in before:
            os.kill(process, signal.SIGKILL)
        assert first.result(WITHIN) != [200]
    eventually(lambda: len(workers(site) - before) == WORKERS and answers(site))

    assert bea.owned() == set(bought)
    assert site.sandbox.webhooks.deliver(event) == [200]
    assert bea.state_of(order) == "paid"
    assert bea.owned() == set(bought)
    assert [transfer["amount"] for transfer in site.sandbox.objects("transfer")] == [1062, 1062]
    site.sandbox.assert_balanced()
