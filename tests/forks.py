"""`--forks N`: tests run in N processes, all forked from the one that has collected them.

Processes that begin on their own, as those of pytest-xdist do, import and collect everything each for itself,
which here takes as long as a quarter of the tests. Theirs is the way where processes cannot be forked safely.
"""

from __future__ import annotations

import os
import signal
import time
import traceback
import warnings
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from multiprocessing import Pipe
from multiprocessing.connection import Connection, wait
from typing import Any

import pytest

#: A debugger needs the terminal, which no forked process has; pytest-xdist has processes of its own.
_ALONE = {"--pdb": "usepdb", "--trace": "trace", "-n": "numprocesses"}
_ENDED = "ended"  #: instead of what a process tells
_PATIENCE_S = 5
_MOST = 24  #: tests that are handed out at once: they may share what their file sets up


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("forks", "tests in several processes")
    group.addoption("--forks", type=int, default=0, metavar="N", help="fork N processes to run tests")


def pytest_configure(config: pytest.Config) -> None:
    """Run tests in several processes, if that is asked for."""
    if not (count := config.getoption("--forks")):
        return
    if count < 0 or not hasattr(os, "fork"):
        raise pytest.UsageError("--forks takes a number of processes, on a system that can fork them")
    for other, name in _ALONE.items():
        if config.getoption(name, None):
            raise pytest.UsageError(f"--forks and {other} do not go together: run the tests without --forks")
    config.pluginmanager.register(_Forks(count))


def _parts(items: Sequence[pytest.Item]) -> Iterator[list[int]]:
    """Places of tests that are handed out at once: of one file."""
    part: list[int] = []
    for place, item in enumerate(items):
        if part and (len(part) == _MOST or item.path != items[part[0]].path):
            yield part
            part = []
        part.append(place)
    if part:
        yield part


@dataclass
class _Worker:
    pid: int
    handed: deque[int] = field(default_factory=deque)  #: places of the tests that it has not told of yet

    def end(self) -> int:
        """Its status, as the system has it."""
        return os.waitpid(self.pid, 0)[1]

    def stop(self) -> None:
        """As Ctrl-C does, so that it ends what its test has started; by force if that takes too long."""
        os.kill(self.pid, signal.SIGINT)
        for _ in range(_PATIENCE_S * 10):
            if os.waitpid(self.pid, os.WNOHANG)[0]:
                return
            time.sleep(0.1)
        os.kill(self.pid, signal.SIGKILL)
        self.end()


class _Forks:
    """Hands out tests, and tells pytest what became of them."""

    def __init__(self, count: int) -> None:
        self._count, self._number, self._told = count, 0, 0
        self._working: dict[Connection, _Worker] = {}
        self._left: deque[list[int]] = deque()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool | None:
        """Instead of pytest's own, to which it is left to run none."""
        if session.testsfailed or session.config.option.collectonly:
            return None
        self._left.extend(_parts(session.items))
        try:
            for _ in range(min(self._count, len(self._left))):
                self._fork(session)
            while self._working:
                for ready in wait(list(self._working)):
                    assert isinstance(ready, Connection)
                    self._hear(session, ready)
        finally:
            for worker in self._working.values():
                worker.stop()
        assert self._told == len(session.items) or _stopped(session), "of some tests nothing was told"
        if session.shouldfail:
            raise session.Failed(session.shouldfail)
        if session.shouldstop:
            raise session.Interrupted(session.shouldstop)
        return True

    def _fork(self, session: pytest.Session) -> None:
        ours, theirs = Pipe()
        self._number += 1
        if pid := os.fork():
            theirs.close()
            self._working[ours] = _Worker(pid)
            return
        status = 1
        try:
            for others in (ours, *self._working):
                others.close()
            _Forked(session, theirs, self._number).run()
            status = 0
        except KeyboardInterrupt:
            session._setupstate.teardown_exact(None)
        except Exception:
            traceback.print_exc()
        finally:
            os._exit(status)  # what the first process has to do when it ends is not done by each

    def _hear(self, session: pytest.Session, ready: Connection) -> None:
        worker, hook = self._working[ready], session.config.hook
        told: Any = _ENDED
        with suppress(EOFError, ConnectionResetError):
            told = ready.recv()
        if told == _ENDED:
            del self._working[ready]
            self._ended(session, worker)
        elif told is None:
            worker.handed += (part := self._next(session))
            with suppress(BrokenPipeError):  # it has ended: that is heard next
                ready.send(part)
        else:
            for warning in told["warnings"]:
                hook.pytest_warning_recorded.call_historic(kwargs=_warning(*warning))
            read = partial(hook.pytest_report_from_serializable, config=session.config)
            self._tell(session, worker.handed.popleft(), [read(data=data) for data in told["reports"]])

    def _next(self, session: pytest.Session) -> list[int]:
        return self._left.popleft() if self._left and not _stopped(session) else []

    def _ended(self, session: pytest.Session, worker: _Worker) -> None:
        status = worker.end()
        if _stopped(session) or not (status or worker.handed):
            return
        if not worker.handed:
            session.shouldfail = f"a process ended between two tests ({_how(status)})"
            return
        died = session.items[worker.handed[0]]
        why = f"the process that ran it ended ({_how(status)})"
        report = pytest.TestReport(died.nodeid, died.location, {}, "failed", why, "call")
        self._tell(session, worker.handed.popleft(), [report])
        if worker.handed:
            self._left.appendleft([*worker.handed])
        if self._left:
            self._fork(session)

    def _tell(self, session: pytest.Session, place: int, reports: list[pytest.TestReport]) -> None:
        self._told += bool(reports)
        item, hook = session.items[place], session.config.hook
        assert all(report.nodeid == item.nodeid for report in reports)
        hook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
        for report in reports:
            hook.pytest_runtest_logreport(report=report)
        hook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)


def _stopped(session: pytest.Session) -> bool:
    return bool(session.shouldfail or session.shouldstop)


class _Forked:
    """Of a process that runs tests, and tells the first one."""

    def __init__(self, session: pytest.Session, connection: Connection, number: int) -> None:
        self._session, self._connection = session, connection
        config = session.config
        if (terminal := config.pluginmanager.get_plugin("terminalreporter")) is not None:
            config.pluginmanager.unregister(terminal)
        self._told = _nothing()
        config.pluginmanager.register(self)
        self._told = _nothing()  # it was told of each warning so far, which the first process knows
        if (capture := config.pluginmanager.get_plugin("capturemanager")) is not None:
            capture.stop_global_capturing()  # its files are those of the first process
            capture.start_global_capturing()
            capture.suspend_global_capture(in_=True)
        folders = config._tmp_path_factory  # type: ignore[attr-defined]
        folders._basetemp = folders.getbasetemp() / f"fork-{number}"
        folders._basetemp.mkdir()

    def run(self) -> None:
        items, places = self._session.items, self._handed()
        place = next(places, None)
        while place is not None:
            # Known before the test ends, for the sake of what the next one shares with it.
            following = next(places, None)
            after = None if following is None else items[following]
            items[place].config.hook.pytest_runtest_protocol(item=items[place], nextitem=after)
            self._connection.send(self._told)
            self._told = _nothing()
            place = None if self._session.shouldfail else following

    def _handed(self) -> Iterator[int]:
        while True:
            self._connection.send(None)
            if not (part := self._connection.recv()):
                return
            yield from part

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        data = self._session.config.hook.pytest_report_to_serializable(
            config=self._session.config, report=report
        )
        self._told["reports"].append(data)

    def pytest_warning_recorded(
        self,
        warning_message: warnings.WarningMessage,
        when: str,
        nodeid: str,
        location: tuple[str, int, str] | None,
    ) -> None:
        it = warning_message
        told = (str(it.message), it.category, it.filename, it.lineno)
        self._told["warnings"].append((*told, when, nodeid, location))


def _nothing() -> dict[str, list[Any]]:
    return {"reports": [], "warnings": []}


def _how(status: int) -> str:
    code = os.waitstatus_to_exitcode(status)
    return f"exit {code}" if code >= 0 else signal.Signals(-code).name


def _warning(
    text: str, category: type[Warning], filename: str, line: int, when: str, nodeid: str, location: Any
) -> dict[str, Any]:
    message = warnings.WarningMessage(category(text), category, filename, line)
    return {"warning_message": message, "when": when, "nodeid": nodeid, "location": location}
