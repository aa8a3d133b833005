"""What a handler's module pulls in, and how long that takes: the larger part of a cold start."""

import json
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.figures import Figure

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
_BASE = """
import json, time
start = time.process_time()
import alibabacloud_tea_openapi.client, pydantic
print(json.dumps({"seconds": time.process_time() - start}))
"""
_SCRIPT = """
import sys, time, json, importlib.util
start = time.process_time()
for path in sys.argv[1:]:
    spec = importlib.util.spec_from_file_location("index", path)
    spec.loader.exec_module(importlib.util.module_from_spec(spec))
print(json.dumps({"seconds": time.process_time() - start, "modules": sorted(sys.modules)}))
"""


@dataclass(frozen=True)
class Import:
    function: str
    seconds: float  #: of the processor; the best of a few runs, each in a process of its own
    modules: int
    forbidden: tuple[str, ...]


def functions() -> list[str]:
    return sorted(path.parent.name for path in (ROOT / "functions").glob("*/index.py"))


def figures() -> Iterator[Figure]:
    base = min(float(_output(_BASE)["seconds"]) for _ in range(3 * _RUNS))
    loaded = measure()
    slowest = max(loaded, key=lambda one: one.seconds)
    yield Figure(
        f"cold import of a handler, the slowest of {len(loaded)}",
        slowest.seconds,
        "s",
        floor=base,
        goal=1.5,
        note=f"{slowest.function}; floor: the client of the vendor's SDK, and pydantic",
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


def measure() -> list[Import]:
    found = []
    for function in functions():
        runs = [load([function]) for _ in range(_RUNS)]
        modules = runs[0]["modules"]
        found.append(Import(function, min(run["seconds"] for run in runs), len(modules), forbidden(modules)))
    return found


def load(names: Iterable[str]) -> dict[str, Any]:
    """Import handlers in a fresh process: `seconds`, and all `modules` that are there then."""
    paths = [str(ROOT / "functions" / name / "index.py") for name in names]
    return _output(_SCRIPT, *paths)


def _output(script: str, *arguments: str) -> dict[str, Any]:
    command = [sys.executable, "-c", script, *arguments]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True)  # noqa: S603 - our own
    printed: dict[str, Any] = json.loads(done.stdout)
    return printed


def forbidden(modules: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({name.partition(".")[0] for name in modules} & set(FORBIDDEN)))
