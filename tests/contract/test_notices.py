import logging
from collections.abc import Callable

import pytest

from koda.adapters.console.notices import ConsoleNotices
from koda.adapters.memory.notices import MemoryNotices
from koda.adapters.smtp.notices import SmtpNotices
from koda.ports.notices import Notices
from koda.testing.contracts.notices import NOTICES, NoticesContract
from tests.servers.smtp import SmtpServer
from tests.support.smtp import made


class TestMemoryNotices(NoticesContract):
    @pytest.fixture
    def make(self) -> type[MemoryNotices]:
        """Notices that are kept."""
        return MemoryNotices

    @pytest.fixture
    def marks(self) -> Callable[[MemoryNotices], list[str]]:
        """The events that they follow from."""
        return lambda notices: [notice.id for notice in notices.sent]


class TestConsoleNotices(NoticesContract):
    @pytest.fixture
    def make(self) -> type[ConsoleNotices]:
        """Notices in the log."""
        return ConsoleNotices

    @pytest.fixture
    def marks(self, caplog: pytest.LogCaptureFixture) -> Callable[[Notices], list[str]]:
        """What the lines say."""
        caplog.set_level(logging.INFO, "koda.notices")
        return lambda _: caplog.messages


class TestSmtpNotices(NoticesContract):
    @pytest.fixture
    def make(self, smtp_server: SmtpServer) -> Callable[[], SmtpNotices]:
        """Notices by e-mail, on a live server."""
        return lambda: made(smtp_server)

    @pytest.fixture
    def marks(self, smtp_server: SmtpServer) -> Callable[[Notices], list[str]]:
        """What every mail server and mail program tells a message by."""
        return lambda _: [
            delivery.message["Message-ID"] for delivery in smtp_server.post.deliveries
        ]

    def test_each_sending_of_many_threads_is_one_message(
        self, make: Callable[[], SmtpNotices], marks: Callable[[Notices], list[str]]
    ) -> None:
        """No more arrives than was sent, and no less."""
        self.test_threads_send_at_once(make, marks)

        assert len(marks(make())) == len(NOTICES) * 20
