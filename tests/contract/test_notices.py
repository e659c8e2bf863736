from collections.abc import Callable, Iterator

import pytest

from koda.adapters.console.notices import ConsoleNotices
from koda.adapters.memory.notices import MemoryNotices
from koda.adapters.smtp.notices import SmtpNotices
from koda.testing.contracts.notices import NOTICES, NoticesContract
from tests.servers.smtp import SmtpServer
from tests.support.smtp import made


class TestMemoryNotices(NoticesContract):
    @pytest.fixture
    def make(self) -> type[MemoryNotices]:
        """Notices that are kept."""
        return MemoryNotices


class TestConsoleNotices(NoticesContract):
    @pytest.fixture
    def make(self) -> type[ConsoleNotices]:
        """Notices in the log."""
        return ConsoleNotices


class TestSmtpNotices(NoticesContract):
    @pytest.fixture
    def make(self, smtp_server: SmtpServer) -> Iterator[Callable[[], SmtpNotices]]:
        """Notices by e-mail, on a live server."""
        kept = []

        def make() -> SmtpNotices:
            kept.append(made(smtp_server))
            return kept[-1]

        yield make
        for notices in kept:
            notices.close()

    def test_notices_of_many_threads_arrive_once_each(
        self, make: Callable[[], SmtpNotices], smtp_server: SmtpServer
    ) -> None:
        """As many messages as were sent, and none twice."""
        self.test_threads_send_at_once(make)

        assert len(smtp_server.post.wait(len(NOTICES) * 20)) == len(NOTICES) * 20
