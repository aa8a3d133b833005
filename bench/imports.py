"""What a handler's module pulls in, and what that takes: the larger part of a cold start.

Measured as on the platform: from the code object and the layer alone, compiled.
"""

import compileall
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from py_compile import PycInvalidationMode
from typing import Any

from bench.figures import Figure
from stack.installed import unpack_code, unpack_layer
from stack.package import LOCK

ROOT = Path(__file__).parents[1]
_RUNS = 3
#: Nothing of these belongs into a deployed function: SDKs of products, other clouds, other machines' parts.
FORBIDDEN = (
    "alibabacloud_alb20200616",
    "alibabacloud_cas20200407",
    "alibabacloud_cdn20180510",
    "alibabacloud_eventbridge20200401",
    "alibabacloud_fc20230330",
    "alibabacloud_oss_v2",
    "alibabacloud_sts20150401",
    "boto3",
    "cli",
    "emulator",
    "fc2",
    "host",
    "moto",
    "oss2",
    "pytest",
    "rich",
    "typer",
)
#: What no handler can do without, whoever writes it.
_BASE = "alibabacloud_tea_openapi.client"
_SCRIPT = """
import importlib, json, pathlib, re, sys, time
sys.path[:0] = json.loads(sys.argv[1])
start = time.process_time()
for name in sys.argv[2:]:
    importlib.import_module(name)
seconds = time.process_time() - start
status = pathlib.Path("/proc/self/status")  # what getrusage tells holds the parent's, from before the exec
peak = int(re.search(r"VmHWM:\\s*(\\d+)", status.read_text())[1]) if status.exists() else 0
print(json.dumps({"seconds": seconds, "peak": peak, "modules": sorted(sys.modules)}))
"""


@dataclass(frozen=True)
class Import:
    function: str
    seconds: float  #: of the processor; the best of a few runs, each in a process of its own
    peak: float  #: memory, in MB, with the interpreter's own
    modules: int
    forbidden: tuple[str, ...]


def functions() -> list[str]:
    return sorted(path.parent.name for path in (ROOT / "functions").glob("*/index.py"))


def figures() -> Iterator[Figure]:
    with objects() as path:
        loaded = [measured(path, name) for name in functions()]
        base = _best([_import([], _BASE, isolated=False) for _ in range(3 * _RUNS)])
    slowest = max(loaded, key=lambda one: one.seconds)
    largest = max(loaded, key=lambda one: one.peak)
    floor = "floor: the client of the vendor's SDK as it is installed"
    yield Figure(
        f"cold import of a handler, the slowest of {len(loaded)}",
        slowest.seconds,
        "s",
        floor=base["seconds"],
        goal=1.25,
        note=f"{slowest.function}; {floor}",
    )
    yield Figure(
        f"memory after it, the largest of {len(loaded)}",
        largest.peak,
        "MB",
        floor=_megabytes(base),
        goal=1.25,
        note=f"{largest.function}; {floor}",
    )
    wrong = {f"{one.function} {', '.join(one.forbidden)}" for one in loaded if one.forbidden}
    yield Figure(
        "handlers that import what no function needs",
        len(wrong),
        "handlers",
        floor=0,
        goal=1,
        note="; ".join(sorted(wrong)),
    )


@contextmanager
def objects(*, compiled: bool = True) -> Iterator[list[str]]:
    """The path of a function: the code object and the layer, unpacked, and compiled for this interpreter."""
    with tempfile.TemporaryDirectory(prefix="certdeploy-bench-") as folder:
        code, layer = Path(folder, "code"), Path(folder, "layer")
        unpack_code(ROOT, code)
        unpack_layer(ROOT / LOCK, layer)
        if compiled:
            compileall.compile_dir(folder, quiet=2, invalidation_mode=PycInvalidationMode.UNCHECKED_HASH)
        yield [str(code), str(layer)]


def measured(path: Sequence[str], function: str) -> Import:
    best = _best([_import(path, function) for _ in range(_RUNS)])
    return Import(
        function, best["seconds"], _megabytes(best), len(best["modules"]), forbidden(best["modules"])
    )


def load(path: Sequence[str], names: Iterable[str]) -> dict[str, Any]:
    """Import handlers in a fresh process: `seconds`, and all `modules` that are there then."""
    return _import(path, *names)


def _import(path: Sequence[str], *names: str, isolated: bool = True) -> dict[str, Any]:
    alone = ["-I", "-S"] if isolated else ["-I"]
    command = [sys.executable, *alone, "-c", _SCRIPT, json.dumps(path), *names]
    done = subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - our own
    printed: dict[str, Any] = json.loads(done.stdout)
    return printed


def _best(runs: Iterable[dict[str, Any]]) -> dict[str, Any]:
    return min(runs, key=lambda one: one["seconds"])


def _megabytes(run: dict[str, Any]) -> float:
    return float(run["peak"]) / 1024


def forbidden(modules: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({name.partition(".")[0] for name in modules} & set(FORBIDDEN)))
