import io
import json
import logging
from collections.abc import Iterator

import pytest
from attrs import frozen

from koda.entrypoints.logs import HIDDEN, configure_logging, formatter, request_id
from koda.entrypoints.settings.choices import LogFormat

SECRETS = (
    "sk_live_51Habc",
    "rk_test_9zZ",
    "whsec_c2VjcmV0+/=",
    "eyJhbGciOi.eyJzdWIiOi.c2lnbmF0dXJl",
    "bea@koda.example",
    "koda:hunter2",
)


@frozen
class Log:
    """A logger and what it wrote."""

    logger: logging.Logger
    stream: io.StringIO

    @property
    def text(self) -> str:
        """All lines."""
        return self.stream.getvalue()


def log_of(form: LogFormat) -> Log:
    """A logger that writes in the given form."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter(form))
    logger = logging.getLogger("koda.test")
    logger.handlers, logger.propagate = [handler], False
    logger.setLevel(logging.INFO)
    return Log(logger, stream)


def fail(problem: str) -> None:
    """Fail as a library does."""
    raise ValueError(problem)


@pytest.fixture
def root() -> Iterator[logging.Logger]:
    """The root logger, which is afterwards as it was."""
    logger, koda = logging.getLogger(), logging.getLogger("koda")
    handlers, levels = logger.handlers, (logger.level, koda.level)
    yield logger
    logger.handlers = handlers
    logger.setLevel(levels[0])
    koda.setLevel(levels[1])


def test_line_for_programs_is_one_object_with_its_fields() -> None:
    """Time with its offset, level, logger, event, and what the event carries."""
    log = log_of(LogFormat.JSON)

    log.logger.warning("Request refused: %s", "sign in", extra={"code": "csrf", "status": 403})

    told = json.loads(log.text)
    assert told.pop("timestamp").endswith("+00:00")
    assert told == {
        "event": "Request refused: sign in",
        "level": "warning",
        "logger": "koda.test",
        "code": "csrf",
        "status": 403,
    }


def test_line_for_people_tells_the_same() -> None:
    """Level, event and fields stand on one line."""
    log = log_of(LogFormat.CONSOLE)

    log.logger.warning("Request refused", extra={"code": "csrf"})

    assert log.text.count("\n") == 1
    assert "warning" in log.text
    assert "Request refused" in log.text
    assert "code=csrf" in log.text
    assert "+00:00" in log.text


def test_line_break_in_a_field_makes_no_second_line() -> None:
    """Nobody can write a line of their own into the log."""
    log = log_of(LogFormat.CONSOLE)

    log.logger.warning("Refused", extra={"title": "x\n2026 [info] All is well"})

    assert log.text.count("\n") == 1


@pytest.mark.parametrize("form", LogFormat)
def test_line_break_in_an_event_makes_no_second_line(form: LogFormat) -> None:
    """Nor by what an error says."""
    log = log_of(form)

    log.logger.warning("Refused: %s", "x\r\n2026 [info] All is well")

    assert len(log.text.splitlines()) == 1


@pytest.mark.parametrize("form", LogFormat)
def test_request_at_hand_is_named(form: LogFormat) -> None:
    """Adapters that know nothing of requests log under their ids."""
    log, token = log_of(form), request_id.set("req-1")
    try:
        log.logger.info("Redis answers again")
    finally:
        request_id.reset(token)
    log.logger.info("Started")

    first, second = log.text.splitlines()
    assert "req-1" in first
    assert "request_id" not in second


@pytest.mark.parametrize("form", LogFormat)
@pytest.mark.parametrize("secret", SECRETS)
def test_secrets_are_hidden_wherever_they_stand(form: LogFormat, secret: str) -> None:
    """In the event, in a field, and in what another library's error says."""
    log = log_of(form)

    try:
        fail(f"mongodb://{secret}@db1 refused Bearer {secret}")
    except ValueError:
        log.logger.exception(
            "No way in: https://%s@host/", secret, extra={"said": f"x://{secret}@"}
        )

    assert secret not in log.text
    assert HIDDEN in log.text


def test_failure_for_programs_stays_one_readable_line() -> None:
    """The traceback is a member of the object, without the values of variables."""
    log = log_of(LogFormat.JSON)

    try:
        fail("Bearer abc")
    except ValueError:
        log.logger.exception("Request failed")

    assert "ValueError" in json.loads(log.text)["exception"]


def test_other_libraries_speak_from_warnings_on(root: logging.Logger) -> None:
    """Koda's own lines begin at INFO."""
    stream = io.StringIO()

    configure_logging(LogFormat.JSON, stream)
    for name in ("koda.web", "botocore"):
        logging.getLogger(name).info("from %s", name)
        logging.getLogger(name).warning("trouble of %s", name)

    events = [json.loads(line)["event"] for line in stream.getvalue().splitlines()]
    assert events == ["from koda.web", "trouble of koda.web", "trouble of botocore"]
