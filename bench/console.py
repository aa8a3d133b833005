"""What the console's pages take over a large account: the first byte, and their size, by kind of state."""

import http.client
import os
import resource
import statistics
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final, cast
from urllib.parse import quote, urlsplit

from bench.estates import Size, fill, widest, world
from bench.figures import Figure
from bench.shares.share import STORE
from cli.console import Installed
from cli.demo.stage import State, emulated
from cli.session import Session
from console.serving import Serving
from shared.cloud import credentials
from shared.domain.requests import CreateDeploymentJob
from shared.runtime.settings import read_settings
from shared.runtime.stores import open_store
from shared.services.create import create_deployment_jobs
from shared.state.portable import Export, take_in
from shared.state.tables import TABLES
from shared.state.tablestore import create_tables
from shared.state.whole import WholeStore

SIZE: Final = Size(20_000, 200)
_LIMIT_MS, _LIMIT_KB = 300.0, 300.0
_TIMES: Final = 6  #: a page is asked for, a little apart, so that some of them meet a reading
_APART_S: Final = 0.4


def figures(size: Size = SIZE) -> Iterator[Figure]:
    with tempfile.TemporaryDirectory(prefix="certdeploy-bench-") as name:
        folder = Path(name)
        file = folder / "slots.db"
        fill(file, size)
        pages = _pages(file, size)
        yield from _measured("file", {"CERTDEPLOY_STATE": str(file)}, pages)
        with emulated(folder, [], State.TABLESTORE) as (_, environment):
            _copy(file, environment)
            yield from _measured("Tablestore, emulated", environment, pages)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    yield Figure("memory of the process", peak, "MB", note="with what it keeps of both")


def _pages(file: Path, size: Size) -> dict[str, str]:
    here = world(file)
    wide = widest(here, size)
    asked = CreateDeploymentJob(name="many", cert_ids=(wide.cert_id,), submit=False)
    job = create_deployment_jobs(here, asked).jobs[0]
    slot = next(iter(here.resources.list(here.policy.products[0]))).resource.slot
    return {
        "overview": "/",
        "certificates": "/certificates",
        "certificate": f"/certificate?id={wide.identifier}",
        "slots": "/resources",
        "slots, filtered": "/resources?domain=*s1*&sort=names",
        "slot": f"/slot?id={quote(slot)}",
        "map": "/map?product=CDN",
        "jobs": "/jobs",
        f"job, {job.worker_count:,} slots": f"/job?id={job.job_id}",
        "preview": f"/jobs/new?step=3&name=x&certificate={wide.cert_id}",
        "settings": "/settings",
    }


def _copy(file: Path, environment: Mapping[str, str]) -> None:
    session = Session(read_settings(environment), environment)
    address = session.settings.tablestore
    assert address is not None, "it is what the emulated cloud was asked for"
    create_tables(address, credentials.from_environment(environment), TABLES)
    of_file = read_settings({"CERTDEPLOY_STATE": str(file)})
    source = open_store(of_file, credentials.from_environment(environment))
    take_in(cast(WholeStore, session.store), Export(cast(WholeStore, source)).rows(), str(address))


def _measured(where: str, environment: Mapping[str, str], pages: Mapping[str, str]) -> Iterator[Figure]:
    settings = {**environment, "CERTDEPLOY_STORES": STORE, "CERTDEPLOY_PRODUCTS": "CDN,ALB,OSS,SAE"}
    with _served(settings) as ask:
        for name, path in pages.items():
            answers = [ask(path) for _ in range(_TIMES)]
            until = time.monotonic() + 120
            while (answer := ask(path))[0] != 200 and time.monotonic() < until:
                time.sleep(1)
            times = [one[1] for one in (*answers, answer)]
            yield Figure(
                f"{where}, {name}: first byte",
                statistics.median(times),
                "ms",
                _LIMIT_MS,
                1.0,
                f"floor: what is allowed; the slowest of {len(times)}: {max(times):.0f} ms",
            )
            yield Figure(f"{where}, {name}: size", answer[2] / 1000, "kB", _LIMIT_KB, 1.0)


@contextmanager
def _served(environment: Mapping[str, str]) -> "Iterator[_Ask]":
    told: list[str] = []
    session = Session(read_settings(environment), {**os.environ, **environment})
    serving = Serving(Installed(session), told.append, port=0, read_only=False)
    serving.prepare()
    with serving.running():
        ask = _Ask(serving.port)
        split = urlsplit(told[-1])
        ask(f"{split.path}?{split.query}")
        yield ask


class _Ask:
    """A browser, as far as it takes."""

    def __init__(self, port: int) -> None:
        self._port, self._cookie = port, ""

    def __call__(self, path: str) -> tuple[int, float, int]:
        """Status, ms until the first byte, bytes."""
        time.sleep(_APART_S)
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)
        began = time.perf_counter()
        connection.request("GET", path, headers={"Cookie": self._cookie})
        answer = connection.getresponse()
        took = (time.perf_counter() - began) * 1000
        body = answer.read()
        connection.close()
        self._cookie = self._cookie or answer.headers.get("set-cookie", "").partition(";")[0]
        return answer.status, took, len(body)
