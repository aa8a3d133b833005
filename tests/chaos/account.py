"""An account of a run, with the emulator and all that is around it."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from emulator.authority import Authority
from emulator.cloud import utc_now
from emulator.cluster_authority import ClusterAuthority
from emulator.edge import Edge
from emulator.estate import parse_estate
from shared.domain.resources import CloudProduct
from tests.chaos.boundaries import Boundaries
from tests.chaos.clock import SharedClock
from tests.chaos.deliveries import Platform
from tests.chaos.disturbed import DisturbedCloud
from tests.chaos.estates import NAMES, an_estate
from tests.chaos.ground import INSTANCE, LOG, Ground, Kind
from tests.chaos.owner import settings_of
from tests.chaos.patient import PatientServer
from tests.receiver import receiving


def _in_real_time() -> None:
    """Clients of clusters are known by certificates that live for minutes, and TLS is not on our clock."""
    issue = ClusterAuthority.client

    def issued(authority: ClusterAuthority, user: str, now: datetime, expires: datetime) -> tuple[str, str]:
        return issue(authority, user, utc_now(), utc_now() + timedelta(days=1))

    ClusterAuthority.client = issued  # type: ignore[method-assign, assignment]


@contextmanager
def a_ground(
    folder: Path,
    kind: Kind,
    clock: SharedClock,
    boundaries: Boundaries,
    orders: socket.socket,
    products: Sequence[CloudProduct],
) -> Iterator[Ground]:
    """`products`: that the owner's settings name."""
    _in_real_time()
    cloud = DisturbedCloud(clock=clock.in_truth, signing_clock=utc_now, settle_s=3)
    estate = parse_estate(an_estate())
    cloud.load(estate)
    platform = Platform(cloud, clock, orders)
    cloud.functions = platform
    with_aws = CloudProduct.AWS in products  # it takes a second to load
    aws = cloud.service("aws").start() if with_aws else {}
    server = PatientServer(cloud)
    server.start()
    with Edge(cloud) as tls, receiving() as receiver:
        told: dict[str, Any] = {
            "state": str(folder / "state.db") if kind == "sqlite" else f"ots://{INSTANCE}",
            "endpoint": server.endpoint,
            "tls": tls.address,
            "roots": f"only:{Authority().root_pem}",
            "aws": aws,
            "products": [product.value for product in products],
            "webhook_url": receiver.url,
        }
        platform.settings = told
        ground = Ground(
            folder=folder,
            kind=kind,
            cloud=cloud,
            server=server,
            log=folder / LOG,
            told=told,
            clock=clock,
            boundaries=boundaries,
            settings=settings_of(told),
            platform=platform,
            receiver=receiver,
            estate=estate,
            new=Authority().issue(NAMES, key="ecdsa-p256", days=200, now=clock()),
            newer=Authority().issue(NAMES, key="ecdsa-p256", days=210, now=clock()),
        )
        try:
            yield ground
        finally:
            ground.server.stop()
