"""An emulated cloud with the documented limits, and the use cases on it, in one process."""

import json
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.shares import STORE, certificates
from bench.shares.share import REGIONS
from cli.demo.stage import State, ask_emulator, emulated
from cli.in_process import HeldBack
from cli.session import Session
from shared.domain.requests import DiscoverResources
from shared.domain.resources import CloudProduct
from shared.runtime.settings import read_settings
from shared.services.discover import discover_clusters, discover_resources
from shared.services.sweep import DISCOVERS_CLUSTERS, discovered_by
from shared.services.world import World

SETTLE_S = 1.0
LATENCY_MS = 50.0  #: of each answer


@dataclass(frozen=True)
class Ground:
    environment: Mapping[str, str]

    def environment_of(self, product: CloudProduct, regions: Iterable[str] = REGIONS) -> dict[str, str]:
        return {
            **self.environment,
            "CERTDEPLOY_STORES": STORE,
            "CERTDEPLOY_PRODUCTS": product.value,
            "CERTDEPLOY_REGIONS": ",".join(regions),
        }

    def world(self, product: CloudProduct, regions: Iterable[str] = REGIONS) -> World:
        environment = self.environment_of(product, regions)
        world = Session(read_settings(environment), environment).world()
        assert isinstance(world.functions, HeldBack)
        return world

    def calls(self) -> list[dict[str, Any]]:
        """What was called since the last time."""
        endpoint = self.environment["CERTDEPLOY_ENDPOINT"]
        found: list[dict[str, Any]] = ask_emulator(endpoint, "calls")
        ask_emulator(endpoint, "calls", "DELETE")
        return found


@contextmanager
def ground(
    sections: Mapping[str, Any], *, latency_ms: float = LATENCY_MS, state: State = State.FILE
) -> Iterator[Ground]:
    """An estate of these sections, with the certificates that they name."""
    with tempfile.TemporaryDirectory(prefix="certdeploy-bench-") as name:
        folder = Path(name)
        estate = {"regions": list(REGIONS), "certificates": certificates(), **sections}
        (folder / "estate.json").write_text(json.dumps(estate))
        options = [
            f"--settle-s={SETTLE_S}",
            f"--estate={folder / 'estate.json'}",
            f"--latency-ms={latency_ms}",
        ]
        with emulated(folder, options, state) as (_, environment), _keys_of_aws(environment):
            yield Ground(environment)


@contextmanager
def _keys_of_aws(environment: Mapping[str, str]) -> Iterator[None]:
    """Where the SDK of AWS reads them, which is in this process's own environment."""
    before = dict(os.environ)
    os.environ |= {name: value for name, value in environment.items() if name.startswith("AWS_")}
    try:
        yield
    finally:
        os.environ.clear()
        os.environ |= before


def discover(world: World, product: CloudProduct) -> None:
    """All regions, one after the other; each is what the fan-out would have invoked."""
    discover_resources(world, DiscoverResources(products=(product,)))
    apart = discovered_by(product) == DISCOVERS_CLUSTERS
    for status in list(world.syncs.list(product)):
        request = DiscoverResources(products=(product,), region=status.region)
        (discover_clusters if apart else discover_resources)(world, request)
