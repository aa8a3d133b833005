"""What an account of a thousand slots costs in a month on Function Compute and Tablestore.

Capacity units of Tablestore and calls are counted here; how often functions run is what template.yml says.
Prices, how long a call takes, and how many regions an account is asked for are not: they are named below.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from bench.emulated import Ground, discover, ground
from bench.figures import Figure
from bench.shares import REGIONS, share, shared_products
from cli.demo.stage import State, ask_emulator
from shared.cloud.credentials import from_environment
from shared.domain.requests import RunDeploymentJobs
from shared.domain.resources import CloudProduct
from shared.runtime.settings import read_settings
from shared.services.run import run_deployment_jobs
from shared.services.scan import scan_certificates
from shared.services.sweep import discover_region
from shared.services.world import World
from shared.state.tables import TABLES
from shared.state.tablestore import create_tables

SLOTS: Final = 1000
_MEASURED: Final = 190  #: of them: what a slot spends does not depend on how many there are
GOAL_CNY: Final = 10.0
#: The vendor's pages "Pay-as-you-go" of Function Compute and "Billing examples" of Tablestore; the price of
#: writes is assumed to be twice that of reads.
_FC_UNIT, _READ_UNIT, _WRITE_UNIT = 0.00011, 0.01 / 10_000, 0.02 / 10_000  #: CNY
_PER_GB_S, _PER_INVOCATION = 0.15, 75 / 10_000  #: units; a second of a vCPU is one
_REGIONS_ASKED: Final = 230  #: of all products, in an account of the China site: assumed
_BEGINS_S: Final = 1.0  #: a cold start at this share of a CPU: assumed for each invocation
_CALL_S, _REQUEST_S = 0.05, 0.01  #: that a function waits for a call of a product, and for one of its state
_DAYS: Final = 30
_OFTEN_H: Final = 1.0  #: between two discoveries, for an account that changes often
_EMPTY: Final = "cn-beijing"
_TEMPLATE: Final = Path(__file__).parents[1] / "template.yml"


@dataclass(frozen=True)
class Spent:
    """By one kind of invocation."""

    calls: float = 0.0  #: of products and CAS
    read: float = 0
    write: float = 0
    requests: float = 0  #: of the state

    @property
    def seconds(self) -> float:
        return self.calls * _CALL_S + self.requests * _REQUEST_S


@dataclass(frozen=True)
class Month:
    """So many invocations of a function, each of which spends that."""

    function: str
    invocations: float
    each: Spent

    def cny(self, sizes: dict[str, tuple[float, float]]) -> float:
        cpus, gigabytes = sizes[self.function]
        seconds = self.each.seconds + _BEGINS_S
        units = seconds * (cpus + gigabytes * _PER_GB_S) + _PER_INVOCATION
        state = self.each.read * _READ_UNIT + self.each.write * _WRITE_UNIT
        return self.invocations * (units * _FC_UNIT + state)


def figures() -> Iterator[Figure]:
    template = yaml.safe_load(_TEMPLATE.read_text(encoding="utf-8"))
    sizes, often = _sizes(template), _often(template)
    slots, used, spent = measure()
    again = spent["again"]
    yield Figure("a slot seen again", again.requests / slots, "requests", note="of the state")
    yield Figure("a slot seen again", again.read / slots, "read units", note="a page is of many rows")
    yield Figure("a slot seen again", again.write / slots, "write units", note="none, but of its region")
    rest_h = float(template["Parameters"]["EmptyRegionHours"]["Default"])
    usual_h = _DAYS * 24 / often["discover_resources"]
    for every_h, empty_h, goal in (
        (usual_h, rest_h + usual_h, 1.0),
        (usual_h, usual_h, None),
        (_OFTEN_H, rest_h + _OFTEN_H, None),
    ):
        passes = _DAYS * 24 / every_h
        parts = {
            "scans": Month("scan_expiry", often["scan_expiry"], spent["scan"]),
            "runs": Month("run_deployment_jobs", often["run_deployment_jobs"], spent["run"]),
            "regions with slots": Month(
                "discover_resources", passes * (used + 1), _of_one(again, SLOTS / slots / used)
            ),
            "empty regions": Month(
                "discover_resources", _DAYS * 24 / empty_h * (_REGIONS_ASKED - used), spent["empty"]
            ),
        }
        told = ", ".join(f"{name} {part.cny(sizes):.1f}" for name, part in parts.items())
        invocations = sum(part.invocations for part in parts.values())
        yield Figure(
            f"a month of {SLOTS:,} slots, discovered each {every_h:g} h, empty regions each {empty_h:g} h",
            sum(part.cny(sizes) for part in parts.values()),
            "CNY",
            GOAL_CNY,
            goal,
            note=f"{told}; {invocations:,.0f} invocations",
        )


def measure() -> tuple[int, int, dict[str, Spent]]:
    """Slots that were found, regions that have some, and what each kind of invocation spends."""
    products = shared_products()
    each, rest = divmod(_MEASURED, len(products))
    shares = {product: share(product, each + (index < rest)) for index, product in enumerate(products)}
    shares.pop(CloudProduct.SAE, None)  # ALB and SLB would list the load balancers under its rules
    sections: dict[str, Any] = {"regions": [*REGIONS, _EMPTY]}
    for part in shares.values():
        sections |= part.estate
    with ground(sections, state=State.TABLESTORE) as here:
        settings = read_settings(here.environment)
        assert settings.tablestore is not None
        create_tables(settings.tablestore, from_environment(here.environment), TABLES)
        worlds = {product: here.world(product, part.regions) for product, part in shares.items()}
        scan_certificates(next(iter(worlds.values())))
        _discover_all(worlds)
        one = worlds[CloudProduct.ALB]
        spent = {
            "again": _spent(here, lambda: _discover_all(worlds)),
            "scan": _spent(here, lambda: scan_certificates(one)),
            "run": _spent(here, lambda: run_deployment_jobs(one, RunDeploymentJobs())),
        }
        empty = here.world(CloudProduct.ALB, [_EMPTY])
        spent["empty"] = _spent(here, lambda: discover_region(empty, CloudProduct.ALB, _EMPTY, None))
        found = [status for product, world in worlds.items() for status in world.syncs.list(product)]
    return sum(one.count for one in found), sum(one.count > 0 for one in found), spent


def _discover_all(worlds: dict[CloudProduct, World]) -> None:
    for product, world in worlds.items():
        discover(world, product)


def _of_one(all_of_them: Spent, share: float) -> Spent:
    """What the discovery of one region spends."""
    parts = (all_of_them.calls, all_of_them.read, all_of_them.write, all_of_them.requests)
    return Spent(*(part * share for part in parts))


def _spent(here: Ground, does: Callable[[], object]) -> Spent:
    before = _usage(here)
    here.calls()
    does()
    calls, now = len(here.calls()), _usage(here)
    return Spent(calls, now.read - before.read, now.write - before.write, now.requests - before.requests)


def _usage(here: Ground) -> Spent:
    told = ask_emulator(here.environment["CERTDEPLOY_ENDPOINT"], "tablestore")["certdeploy"].values()
    return Spent(
        0.0,
        sum(table["read"] for table in told),
        sum(table["write"] for table in told),
        sum(sum(table["requests"].values()) for table in told),
    )


def _sizes(template: dict[str, Any]) -> dict[str, tuple[float, float]]:
    """vCPUs and GB of each function, by its folder."""
    functions = [one for one in template["Resources"].values() if one["Type"] == "ALIYUN::FC3::Function"]
    return {
        str(one["Properties"]["Handler"]).partition(".")[0]: (
            float(one["Properties"]["Cpu"]),
            one["Properties"]["MemorySize"] / 1024,
        )
        for one in functions
    }


def _often(template: dict[str, Any]) -> dict[str, float]:
    """How often each timer fires in a month: the defaults are all of the form `@every 10m`."""
    names = {"scan_expiry": "Scan", "discover_resources": "Discover", "run_deployment_jobs": "Run"}
    minutes = {"m": 1, "h": 60}
    found = {}
    for function, name in names.items():
        every = str(template["Parameters"][f"{name}Schedule"]["Default"]).removeprefix("@every ")
        found[function] = _DAYS * 24 * 60 / (float(every[:-1]) * minutes[every[-1]])
    return found
