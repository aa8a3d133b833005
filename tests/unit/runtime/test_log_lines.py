"""Every line of the log parses, whatever is written; and each of our loggers is one whose lines do."""

from __future__ import annotations

import ast
import json
import logging
import warnings
from collections.abc import Callable, Iterator
from datetime import datetime, timezone
from io import BytesIO, StringIO, TextIOWrapper
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from shared.domain.requests import DiscoverResources
from shared.errors import AppError
from shared.runtime.app import App
from shared.runtime.handler import function
from shared.runtime.log import JsonFormatter, configure
from tests.keys import ec_key, key_pem
from tests.unit.runtime.conftest import Lines

log = logging.getLogger("certdeploy.test")
SHARED = Path(__file__).parents[3] / "shared"
PEM = key_pem(ec_key())


class Unwritable:
    def __str__(self) -> str:
        raise ValueError("no")

    __repr__ = __str__


LOOP: dict[str, Any] = {}
LOOP["itself"] = LOOP
ODD: dict[str, Any] = {
    "a block that was cut off": PEM[:60],
    "a block with its end in the next field": "-----BEGIN PRIVATE KEY-----",
    "a quote": 'he said "token": "abc", and \\',
    "what steers a screen": "\x1b[31m\r\n\u2028\ud800\x00",
    "a number that is none": float("nan"),
    "a loop": LOOP,
    "what has no text": Unwritable(),
    "keys of all kinds": {1: "a", None: "b", ("c",): "d"},
    "bytes": b"\xff",
    "a long number": 10**400,
    "an exception": ValueError("password=hunter2horse"),
    "a secret in a list": ["access_key_secret=LTAIsecret"],
}


@pytest.mark.parametrize("field", ["reason", "password", "token"])
@pytest.mark.parametrize("value", ODD.values(), ids=ODD)
def test_a_line_parses_and_keeps_the_fields_beside_it(logged: Lines, field: str, value: Any) -> None:
    log.info("odd", extra={field: value, "job_id": 7, "after": "-----END PRIVATE KEY-----"})

    (line,) = logged()
    assert (line["message"], line["job_id"]) == ("odd", 7)
    assert {field, "after"} <= line.keys()


@pytest.mark.parametrize("value", [5, None, True, "x", PEM[:60], "x " + PEM[:60], {"a": 1}, ["x", 2]])
def test_what_is_named_as_a_secret_is_not_written(logged: Lines, value: Any) -> None:
    log.info("odd", extra={"password": value, "settings": {"password": value}})

    (line,) = logged()
    assert PEM[30:60] not in json.dumps(line)
    if isinstance(value, int | str):
        assert line["password"] != value


@pytest.mark.parametrize("arguments", [("one",), (Unwritable(), 2)])
def test_a_message_whose_arguments_do_not_fit_is_written_without_them(arguments: tuple[object, ...]) -> None:
    record = logging.makeLogRecord({"msg": "%s of %d", "args": arguments})

    assert json.loads(JsonFormatter().format(record))["message"] == "%s of %d"


def test_a_line_tells_when_in_utc() -> None:
    record = logging.makeLogRecord(
        {"msg": "x", "created": datetime(2026, 5, 1, tzinfo=timezone.utc).timestamp()}
    )

    assert json.loads(JsonFormatter().format(record))["time"] == "2026-05-01T00:00:00.000+00:00"


class Platform:
    """What Function Compute gives: a handler on the root logger with a form of its own, and a context."""

    request_id = "r-1"

    class function:
        name, timeout = "certdeploy-test", 60

    def __init__(self) -> None:
        self.written = StringIO()
        handler = logging.StreamHandler(self.written)
        handler.setFormatter(logging.Formatter("[%(levelname)s] %(message)s"))
        logging.getLogger("certdeploy").handlers, logging.getLogger().handlers = [], [handler]


@pytest.fixture
def started() -> Iterator[Callable[[], Platform]]:
    """Called in the test: pytest's own handlers come after fixtures. All is put back as it was."""
    ours, others = logging.getLogger("certdeploy"), logging.getLogger()
    before = (ours.handlers, ours.level, ours.propagate, others.handlers)
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        yield Platform
        logging.captureWarnings(False)
    ours.handlers, ours.propagate, others.handlers = before[0], before[2], before[3]
    ours.setLevel(before[1])


def test_letters_that_the_stream_lacks_are_escaped(started: Callable[[], Platform]) -> None:
    started()
    stream = TextIOWrapper(BytesIO(), encoding="ascii")
    configure(stream)
    log.info("bücher")
    stream.seek(0)

    assert json.loads(stream.read())["message"] == "bücher"


def test_in_a_function_the_lines_of_others_are_json_too(
    started: Callable[[], Platform], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    @function(DiscoverResources)
    def handler(message: BaseModel, app: App) -> BaseModel:
        logging.getLogger("urllib3").warning("retrying %s", "https://a/?token=hunter2horse")
        warnings.warn("old\nand new", DeprecationWarning, stacklevel=1)
        raise KeyError("the whole request")

    monkeypatch.setattr(logging, "_warnings_showwarning", None)  # in this process they were captured before
    platform = started()
    monkeypatch.setattr(App, "of", lambda context: None)
    with pytest.raises(AppError, match="internal error"):
        handler(b"{}", platform)

    theirs = [json.loads(line) for line in platform.written.getvalue().splitlines()]
    assert [(line["level"], line["request_id"]) for line in theirs] == [("WARNING", "r-1")] * 2
    assert "hunter2" not in platform.written.getvalue()
    assert "old\nand new" in theirs[1]["message"]
    (ours,) = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert (ours["message"], ours["request_id"]) == ("function failed unexpectedly", "r-1")
    assert "Traceback" in ours["exception"]


def _loggers() -> Iterator[tuple[Path, ast.expr]]:
    for path in SHARED.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
                call = node.value
                if isinstance(call.func, ast.Attribute) and call.func.attr == "getLogger" and call.args:
                    yield path, call.args[0]


def test_each_logger_of_ours_is_one_whose_lines_are_json() -> None:
    """One that is named as its module writes as the platform does, and nothing is redacted."""
    by_module = [path for path, name in _loggers() if isinstance(name, ast.Name) and name.id == "__name__"]

    assert by_module == []
    names = [name.value for _, name in _loggers() if isinstance(name, ast.Constant)]
    assert len(names) > 20
    assert [name for name in names if not str(name).startswith("certdeploy")] == []
