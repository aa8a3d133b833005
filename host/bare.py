"""Bare instances: a process with the interpreter's own library, a folder of code and one of layers, no more.

As on Function Compute, what neither the code nor a layer has cannot be imported. Standard library only, so
that the emulator's own distribution has it. One request at a time; the caller kills what is over its memory
by `memory_mb`, as the platform does, on Linux.
"""

import os
import select
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from threading import Event, Thread
from time import monotonic
from typing import Any

from host import bare_child, child

Line = Callable[[str], object]
_LOOK_S = 0.1  #: how often the memory of what runs is looked at
_START_S = 120.0  #: longest initialisation
_MB = 1024 * 1024


@dataclass(frozen=True)
class Outcome:
    """`error_type`: None for success."""

    body: bytes = field(repr=False)
    error_type: str | None
    seconds: float
    memory_mb: float  #: the most that was seen


@cache
def interpreter(version: str) -> str | None:
    """The program of that version ("3.10") on this machine; None where there is none."""
    if ".".join(map(str, sys.version_info[:2])) == version:
        return sys.executable
    found = shutil.which(f"python{version}")
    if not found:
        return None
    # What stands for it may be a launcher of a version that is not installed.
    asked = [found, "-I", "-S", "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
    ran = subprocess.run(asked, capture_output=True, text=True, check=False)  # noqa: S603
    return found if ran.stdout.strip() == version else None


def own_interpreter() -> str:
    """This program's, for want of the right one."""
    return sys.executable


class BareInstance:
    """One instance, started at once. `line` gets each line that it prints; from another thread."""

    def __init__(self, launch: child.Launch, program: str, line: Line) -> None:
        self._launch, self._line = launch, line
        self._ended = Event()
        requests, self._requests = os.pipe()
        self._answers, answers = os.pipe()
        script = str(Path(bare_child.__file__).resolve())
        self._process = subprocess.Popen(  # noqa: S603
            [program, "-I", "-S", script, str(requests), str(answers)],
            pass_fds=(requests, answers),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=launch.folder,
        )
        os.close(requests)
        os.close(answers)
        self._out = os.fdopen(self._requests, "wb")
        self._in = os.fdopen(self._answers, "rb", buffering=0)
        self._told = select.poll()  # select knows no descriptor beyond 1023
        self._told.register(self._answers, select.POLLIN)
        self._reader = Thread(target=self._read_output, name="output", daemon=True)
        self._reader.start()
        told = {name: str(value) if isinstance(value, Path) else value for name, value in _plain(launch)}
        with suppress(OSError):  # it has ended already: the first request tells
            bare_child.write(self._out, {"launch": told})
        self._ready = False

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def run(self, payload: bytes, request_id: str, key: tuple[str, str, str] | None) -> Outcome:
        """One request, to its end. Killed beyond its time or its memory; the instance is then gone."""
        self._ended.clear()
        if not self._ready and self._answer(_START_S)[0] is None:
            return self._failed("Function instance failed to start", 0.0, 0.0)
        self._ready = True
        begun = monotonic()
        with suppress(OSError):
            bare_child.write(self._out, {"request_id": request_id, "key": key}, payload)
        answer, memory = self._answer(self._launch.timeout_s)
        seconds = monotonic() - begun
        if answer is None:
            return self._failed(self._why(seconds, memory), seconds, memory)
        self._ended.wait(2)  # the output comes by another pipe
        told, body = answer
        return Outcome(body, told["error_type"], seconds, memory)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()
        for pipe in (self._out, self._in):
            with suppress(OSError):
                pipe.close()

    def _why(self, seconds: float, memory: float) -> str:
        """The wording of all three is unconfirmed."""
        most = f"maxMemoryUsage: {memory:.2f}MB"
        if memory > self._launch.memory_mb:
            return f"Function instance ran out of memory (memory: {self._launch.memory_mb}MB, {most})"
        if seconds >= self._launch.timeout_s:
            return f"Function timed out after {self._launch.timeout_s} seconds ({most})"
        took = f"duration: {seconds * 1000:.0f}ms, {most}"
        return f"Process exited unexpectedly before completing request ({took})"

    def _failed(self, message: str, seconds: float, memory: float) -> Outcome:
        self.kill()
        self._reader.join(2)
        return Outcome(child.error_body(message, child.UNHANDLED), child.UNHANDLED, seconds, memory)

    def _answer(self, seconds: float) -> tuple[tuple[dict[str, Any], bytes] | None, float]:
        """The next message, and the most memory seen; None where it did not come in time."""
        end, most = monotonic() + seconds, self._memory()
        while True:
            left = end - monotonic()
            ready = left > 0 and bool(self._told.poll(min(_LOOK_S, left) * 1000))
            most = max(most, self._memory())
            if most > self._launch.memory_mb or (not ready and left <= 0):
                return None, most
            if ready:
                with suppress(OSError, ValueError):
                    return bare_child.read(_Whole(self._in)), most
                return None, most

    def _memory(self) -> float:
        """What the process holds now, in MB; 0 where the system does not tell."""
        try:
            pages = Path(f"/proc/{self._process.pid}/statm").read_text().split()[1]
            return int(pages) * os.sysconf("SC_PAGE_SIZE") / _MB
        except (AttributeError, IndexError, OSError):
            return 0.0

    def _read_output(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as output:
            for raw in output:
                text = raw.decode("utf-8", "replace").rstrip("\n")
                before, mark, _ = text.partition(bare_child.MARK)
                if before:
                    self._line(before)
                if mark:
                    self._ended.set()


class _Whole:
    """Reads as many bytes as asked for, if they come."""

    def __init__(self, raw: Any) -> None:
        self._raw = raw

    def read(self, size: int) -> bytes:
        parts = bytearray()
        while len(parts) < size and (part := self._raw.read(size - len(parts))):
            parts += part
        return bytes(parts)


def _plain(launch: child.Launch) -> list[tuple[str, Any]]:
    return list(asdict(launch).items())
