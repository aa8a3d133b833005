"""Container Service (CS 2015-12-15): clusters, and temporary kubeconfigs for their Kubernetes APIs.

A kubeconfig leads to an API server on loopback, one per cluster (`_cluster_server.py`), where the
caller has the rights of the cluster's `role`. Without a duration it lives three years, as documented.
Guessed: the code for a cluster without public API server, the greatest page.
Not emulated: everything that makes or changes clusters.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from emulator.api import ApiError, Call, Raw
from emulator.bundles import Bundle
from emulator.estate import Estate
from emulator.sections.ack import Cluster as ClusterRow
from emulator.service import Account, EmulatedService
from emulator.services.ack.cluster_kinds import KINDS, VERBS
from emulator.services.ack.cluster_model import Cluster
from emulator.services.ack.cluster_server import api_server
from emulator.services.cas.cas import Service as Cas
from emulator.services.kit.paging import fits

MAX_PAGE = 100
SHORTEST, LONGEST, DEFAULT = 15, 4320, 3 * 365 * 24 * 60  #: minutes


class Service(EmulatedService):
    api = "CS"
    version = "2015-12-15"
    style = "ROA"
    ram = "cs"
    hosts = ("cs.{region}.aliyuncs.com", "cs.aliyuncs.com", "cs-anony-vpc.{region}.aliyuncs.com")

    def __init__(self, cloud: Account) -> None:
        super().__init__(cloud)
        self._regions: list[str] = []
        self._clusters: dict[str, Cluster] = {}

    @classmethod
    def actions(cls) -> Mapping[str, Collection[str]]:
        """Those of the API, and of the clusters' own under `kubernetes`."""
        names = {
            verb.capitalize() + (kind.words if verb in ("list", "watch") else kind.kind)
            for kind in KINDS
            for verb in VERBS
        }
        return {**super().actions(), "kubernetes": names}

    @classmethod
    def parameters(cls, api: str, action: str) -> Collection[str]:
        own = ("cluster", "namespace", "name", "user")
        return own if api == "kubernetes" else super().parameters(api, action)

    def load(self, estate: Estate) -> None:
        self._regions = list(estate.regions)
        made = [Cluster(row, estate, self.cloud.clock()) for row in estate.of(ClusterRow)]
        self._clusters = {cluster.id: cluster for cluster in made}

    def cluster(self, name: str) -> Cluster:
        """By its id, or by its name."""
        found = self._clusters.get(name)
        return found or next(row for row in self._clusters.values() if row.name == name)

    def find(self, cluster_id: str) -> Cluster | None:
        return self._clusters.get(cluster_id)

    def uses(self, identifier: str) -> bool:
        return any(cluster.uses(identifier) for cluster in self._reconciled())

    def slots(self) -> list[tuple[str, str]]:
        """Each AlbConfig's listeners, by their names; each Ingress's hosts."""
        now, cas = self.cloud.clock(), self.cloud.service(Cas)
        return [slot for cluster in self._reconciled() for slot in cluster.slots(now, cas)]

    def served(self, host: str, server_name: str) -> tuple[Bundle, ...] | None:
        now, cas = self.cloud.clock(), self.cloud.service(Cas)
        found = (cluster.served(host, server_name, now, cas) for cluster in self._reconciled())
        return next((bundles for bundles in found if bundles is not None), None)

    def DescribeRegions(self, call: Call) -> Raw:
        regions = [{"regionId": region, "localName": region} for region in self._regions]
        return _json({"requestId": call.request_id, "regions": regions})

    def DescribeClustersV1(self, call: Call) -> Raw:
        """Of all regions, if none is named."""
        region = call.params.get("region_id")
        return self._page(call, [row for row in self._clusters.values() if region in (None, row.region)])

    def DescribeClustersForRegion(self, call: Call) -> Raw:
        region = call.params["region_id"]
        return self._page(call, [row for row in self._clusters.values() if row.region == region])

    def DescribeClusterUserKubeconfig(self, call: Call) -> Raw:
        cluster = self._clusters.get(call.params["ClusterId"])
        if cluster is None or call.region not in ("", cluster.region):
            raise ApiError(404, "ErrorClusterNotFound", "cluster not found")
        minutes = call.params.get("TemporaryDurationMinutes", DEFAULT)
        if not SHORTEST <= minutes <= LONGEST and minutes != DEFAULT:
            raise ApiError(400, "InvalidParameter", "TemporaryDurationMinutes takes 15 to 4320.")
        if not cluster.public and not call.params.get("PrivateIpAddress"):
            raise ApiError(400, "ErrorNoPublicEndpoint", "the cluster has no public API server")
        expires = self.cloud.clock() + timedelta(minutes=minutes)
        config = self._kubeconfig(cluster, call.account, expires)
        return _json({"config": config, "expiration": f"{expires:%Y-%m-%dT%H:%M:%SZ}"})

    def kubeconfig(self, name: str) -> str | None:
        """That of a cluster, by its id or name, for a day; None if there is no such cluster."""
        known = {key: row for row in self._clusters.values() for key in (row.name, row.id)}
        expires = self.cloud.clock() + timedelta(days=1)
        return self._kubeconfig(known[name], self.cloud.account, expires) if name in known else None

    def _kubeconfig(self, cluster: Cluster, account: str, expires: datetime) -> str:
        now = self.cloud.clock()
        user = f"{account}-{int(now.timestamp())}"
        return api_server(self.cloud, cluster.id, _live).kubeconfig(user, now, expires)

    def _page(self, call: Call, rows: list[Cluster]) -> Raw:
        params = call.params
        number, size = params.get("page_number", 1), params.get("page_size", 10)
        if number < 1 or not 1 <= size <= MAX_PAGE:
            raise ApiError(400, "InvalidParameter", f"page_size takes 1 to {MAX_PAGE}.")
        rows = [
            row
            for row in rows
            if params.get("name", "") in row.name and params.get("cluster_id") in (None, row.id)
        ]
        words = [
            found
            for found in map(_words, rows)
            if fits(params, found, "cluster_spec", "cluster_type", "profile")
        ]
        info = {"page_number": number, "page_size": size, "total_count": len(words)}
        page = words[(number - 1) * size : number * size]
        return _json({"clusters": page, "page_info": info})

    def _reconciled(self) -> list[Cluster]:
        now, cas = self.cloud.clock(), self.cloud.service(Cas)
        for cluster in self._clusters.values():
            cluster.reconcile(now, self.cloud.settle_s, cas)
        return list(self._clusters.values())


def _live(cloud: Account, cluster_id: str) -> Cluster | None:
    return cloud.service(Service).find(cluster_id)


def _words(cluster: Cluster) -> dict[str, Any]:
    return {
        "cluster_id": cluster.id,
        "name": cluster.name,
        "region_id": cluster.region,
        "state": cluster.state,
        "cluster_type": "ManagedKubernetes",
        "cluster_spec": "ack.pro.small",
        "profile": "Default",
        "current_version": "1.32.1-aliyun.1",
        "vpc_id": f"vpc-{cluster.id[1:20]}",
        "size": 3,
        "created": "2025-03-01T08:00:00+08:00",
        "tags": [],
    }


def _json(body: dict[str, Any]) -> Raw:
    return Raw(200, json.dumps(body).encode(), {}, "application/json;charset=utf-8")
