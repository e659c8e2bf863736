from datetime import timedelta

import pytest

from koda.adapters.memory.clock import FixedClock
from koda.adapters.memory.files import MemoryFiles
from koda.domain.model.errors import Expired, NotFound
from koda.testing.contracts.files_case import token_in
from koda.testing.examples import NOON, WORKFLOW, a_ticket

TICKET = a_ticket()


def test_urls_begin_with_the_site() -> None:
    """Links lead to the site that serves them."""
    files = MemoryFiles(FixedClock(NOON), "http://koda.test/")

    assert files.offer(TICKET).url.startswith("http://koda.test/files/")


def test_every_link_has_its_own_token() -> None:
    """Tokens are drawn by chance, long enough that nobody guesses one."""
    files = MemoryFiles(FixedClock(NOON))
    tokens = {token_in(files.link(TICKET.stored, NOON).url) for _ in range(100)}

    assert len(tokens) == 100
    assert min(map(len, tokens)) >= 43


def test_tokens_are_forgotten_long_after_their_time() -> None:
    """Memory does not grow with every link there ever was."""
    clock = FixedClock(NOON)
    files = MemoryFiles(clock)
    files.receive(TICKET, WORKFLOW)
    token = token_in(files.link(files.keep(TICKET), NOON + timedelta(minutes=5)).url)

    clock.advance(timedelta(minutes=6))
    files.offer(TICKET)
    with pytest.raises(Expired):
        files.open(token)
    clock.advance(timedelta(days=2))
    files.offer(TICKET)
    with pytest.raises(NotFound):
        files.open(token)
