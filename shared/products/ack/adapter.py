"""ACK (API 2015-12-15): TLS Secrets and AlbConfig listeners of every cluster.

A cluster's slots are seen and changed through its own Kubernetes API, with the rights that the calling
identity has there by RBAC. A cluster without them, or out of reach, is reported, and its slots are kept.
"""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import ClassVar

from shared.cloud.api import Action, Api
from shared.cloud.faults import NotSentError
from shared.cloud.reading import Fields
from shared.domain.resources import CloudProduct, CloudResource
from shared.errors import CloudCredentialsError, CloudError, CloudRejectedError, CloudUnavailableError
from shared.products.ack.alb_listeners import AlbListeners
from shared.products.ack.albconfigs import AlbConfigs
from shared.products.ack.clusters import ClusterKind, Clusters, closed
from shared.products.ack.tls_secrets import TlsSecrets
from shared.products.kit.base import ProductAdapter
from shared.products.kit.changes import Change, Look, carrying
from shared.products.kit.found import LASTING, Found
from shared.products.kit.means import Means
from shared.products.kit.paging import numbered_rows

_TOTAL = "page_info.total_count"
_LEAVING = ("deleting", "deleted")
_NEVER_OPEN = ("failed", "initial")  #: states of clusters that have no API server yet, or never will
_ROWS_PER_PAGE = 10  #: of a cluster's lists, for each row of a page of CS: 500 objects


class Adapter(ProductAdapter):
    product = CloudProduct.ACK
    api = Api("cs", "2015-12-15", "ROA", ram="cs", hosts="cs.{region}.aliyuncs.com")
    actions: ClassVar = {
        action.name: action
        for action in (
            Action("DescribeRegions", of_discovery=True, method="GET", path="/regions"),
            Action(
                "DescribeClustersForRegion",
                of_discovery=True,
                method="GET",
                path="/regions/{region_id}/clusters",
            ),
            Action("DescribeClusterUserKubeconfig", method="GET", path="/k8s/{ClusterId}/user_config"),
        )
    }
    #: the key pair for a Secret; whether CAS has what an AlbConfig is to name
    also_granted = AlbListeners.granted | {
        "yundun-cert:GetUserCertificateDetail",
        "yundun-cert:GetCertificateDetail",
    }
    discovery_sees_keys = True
    listing_regions = ("DescribeRegions",)
    page_size = 50
    gone = frozenset({"notfound", "errorclusternotfound"})

    def __init__(self, means: Means) -> None:
        super().__init__(means)
        self._clusters = Clusters(self._call_at, means.client)
        self._kinds: dict[str, ClusterKind] = {
            "secret": TlsSecrets(self._clusters, means),
            "albconfig": AlbConfigs(self._clusters, means),
        }

    def regions(self) -> list[str]:
        answer = self._call("DescribeRegions", "cn-hangzhou")  # any region lists all
        rows = answer.rows("regions") or [answer.part("regions")]  # none at all is no answer
        return [row.needed("regionId") for row in rows]

    def discover(self, region: str) -> Iterator[Found]:
        def page(number: int) -> Fields:
            asked = {"page_number": number, "page_size": self.page_size}
            return self._call_at("DescribeClustersForRegion", region, {"region_id": region}, **asked)

        rows = numbered_rows(page, self.page_size, lambda found: found.rows("clusters"), _TOTAL)
        yield from self._each_once(rows, partial(self._slots, region), "name", "cluster_id")

    def looks_at_once(self, resource: CloudResource) -> bool:
        kind = self._kinds.get(resource.kind)
        return kind is not None and kind.at_once

    def _look(self, change: Change) -> Look | None:
        (look,) = self._look_at_all([change])
        return look

    def _look_at_all(self, changes: Sequence[Change]) -> list[Look | None]:
        resource = changes[0].resource
        kind = self._kinds.get(resource.kind)
        if kind is None:  # it stands for a cluster
            return [Look(carrying(change, ""), change.resource) for change in changes]
        try:
            return kind.look(changes)
        except CloudUnavailableError:
            self._clusters.forget(resource.instance_id)
            return kind.look(changes)

    def beside(self, look: Look) -> Sequence[CloudResource]:
        kind = self._kinds.get(look.slot.kind)
        return kind.beside(look) if kind else ()

    def _write(self, change: Change, look: Look) -> None:
        kind = self._kinds.get(change.resource.kind)
        if kind is None:
            raise CloudRejectedError("deploy", "NoSlot", change.resource.obstacle)
        kind.write(change, look)

    def _slots(self, region: str, row: Fields) -> Iterator[Found]:
        """A cluster that cannot be opened keeps what is known of it."""
        cluster = CloudResource(
            product=self.product,
            region=region,
            resource_id=row.needed("cluster_id"),
            instance_id=row.needed("cluster_id"),
            instance_name=row.text("name"),
        )
        state = row.text("state")
        if state.lower() in _LEAVING:
            return
        if state.lower() in _NEVER_OPEN:
            why = f"the cluster is {state}; its slots are seen when it is running"
            yield cluster.evolve(https=False, obstacle=why)
            return
        try:
            self._clusters.open(region, cluster.instance_id)
        except (*LASTING, NotSentError) as error:
            code = error.cloud_code
            if isinstance(error, NotSentError) and code != "Unreachable":  # it is CS that is silent
                raise
            if code.lower() not in self.gone:  # else: deleted since it was listed
                yield closed(cluster, error)
        else:
            yield from self._seen(cluster)

    def _seen(self, cluster: CloudResource) -> Iterator[Found]:
        """What its roles may not see, or what cannot be read, is told; the rest is found."""
        refusals: dict[str, CloudError] = {}
        for name, kind in self._kinds.items():
            try:
                found = kind.slots(cluster.evolve(kind=name), self.page_size * _ROWS_PER_PAGE)
            except LASTING as error:
                refusals[name] = error
            except (CloudUnavailableError, CloudCredentialsError) as error:  # the cluster's own, not CS's
                yield closed(cluster, error)
                return
            else:
                yield from found
        if len(refusals) == len(self._kinds):
            yield closed(cluster, next(iter(refusals.values())))
            return
        yield from (closed(cluster, error, name) for name, error in refusals.items())
