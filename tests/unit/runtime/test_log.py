"""The log: one line of JSON a record, with who called, and nothing secret."""

from __future__ import annotations

import logging
from io import StringIO

from shared.runtime.log import JsonFormatter, configure, log_context
from tests.keys import ec_key, key_pem
from tests.unit.runtime.conftest import Lines

log = logging.getLogger("certdeploy.test")


def test_a_line_has_the_message_the_facts_and_the_context_and_nothing_else(logged: Lines) -> None:
    with log_context(request_id="r-1", function="scan"), log_context(event_id="e-1"):
        log.info("a %s thing", "good", extra={"slot": "CDN/-/bücher.example.com", "attempts": 2})
    log.warning("bare")

    assert logged() == [
        {
            "level": "INFO",
            "message": "a good thing",
            "request_id": "r-1",
            "function": "scan",
            "event_id": "e-1",
            "slot": "CDN/-/bücher.example.com",
            "attempts": 2,
        },
        {"level": "WARNING", "message": "bare"},
    ]


def test_a_fact_wins_over_the_context_and_the_context_ends_with_its_block(logged: Lines) -> None:
    with log_context(job_id=1):
        log.info("one", extra={"job_id": 2})
        with log_context(job_id=3):
            log.info("two")
        log.info("three")

    assert [line["job_id"] for line in logged()] == [2, 3, 1]


def test_a_line_steers_no_terminal_and_says_what_was_said(logged: Lines) -> None:
    said = "a\x1b[31m\x9b\u202e\ud800\nb"
    log.warning("odd", extra={"reason": said})

    assert logged() == [{"level": "WARNING", "message": "odd", "reason": said}]


def test_each_line_can_be_printed() -> None:
    shown = JsonFormatter().format(logging.makeLogRecord({"msg": "a\x1b\x7f\x9b\u202e\ud800\n\u2028b"}))
    assert shown.isprintable()


def test_an_exception_is_in_the_line_and_no_secret_is(logged: Lines) -> None:
    secret = key_pem(ec_key())
    body = secret.splitlines()[1]
    try:
        raise ValueError(f"the body was {secret}")
    except ValueError:
        log.exception("broken", extra={"when": {"a", "set"}})

    (line,) = logged()
    assert "Traceback" in line["exception"]
    assert "ValueError: the body was" in line["exception"]
    assert body not in line["exception"]
    assert line["when"].startswith("{"), "what JSON does not know is written as text"


def test_ours_is_logged_from_info_on_and_configuring_again_changes_nothing(logged: Lines) -> None:
    other = StringIO()
    configure(other)
    log.debug("too much")
    log.info("enough")
    logging.getLogger("another.library").info("not ours")

    assert [line["message"] for line in logged()] == ["enough"]
    assert other.getvalue() == ""


def test_a_line_is_not_written_a_second_time_by_the_platform_s_own_handler(logged: Lines) -> None:
    """Function Compute puts a handler on the root logger."""
    seen: list[str] = []

    class Platforms(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            seen.append(record.getMessage())

    handler = Platforms()
    logging.getLogger().addHandler(handler)
    try:
        log.info("once")
    finally:
        logging.getLogger().removeHandler(handler)

    assert (seen, [line["message"] for line in logged()]) == ([], ["once"])
