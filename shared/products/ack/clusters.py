"""ACK's clusters: their lists, a way into the Kubernetes API of each, and what one shares among its slots."""

import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from typing import ClassVar, Final

from shared.cloud.faults import NotSentError
from shared.cloud.kubernetes import Kubernetes, read_kubeconfig
from shared.cloud.openapi import OpenApi
from shared.cloud.reading import Fields
from shared.domain.resources import CloudResource
from shared.errors import CloudDeniedError, CloudError, CloudRejectedError
from shared.products.kit.changes import Change, Look
from shared.products.kit.found import Found, Unread, told
from shared.products.kit.means import Means

_MINUTES: Final = 30  #: how long a kubeconfig is good for; 15 is the least
_RENEW_S: Final = _MINUTES * 60 / 2
_OUT_OF_REACH: Final = (
    "no connection to the cluster's API server could be made; run the function in the cluster's VPC,"
    " or let the function's address in"
)

_UNAUTHORISED: Final = (
    "unauthorised: give the function's role (AliyunCASDefaultRole where CAS deploys) operator"
    " permission (ops) on the cluster, in the ACK console under Authorizations"
)


class Clusters:
    """Opens clusters for the length of an invocation. Credentials stay in memory, in a TLS context."""

    def __init__(self, call: Callable[..., Fields], client: OpenApi) -> None:
        """`call` is the adapter's own, by action, region and path."""
        self._call, self._client = call, client
        self._open: dict[str, tuple[float, Kubernetes]] = {}
        self._lock = threading.Lock()

    def open(self, region: str, cluster_id: str) -> Kubernetes:
        """The cluster's API, by a temporary kubeconfig of the calling identity.

        Raises:
            CloudDeniedError: this identity gets no kubeconfig.
            CloudRejectedError: the cluster is gone, or has no API server.
            NotSentError: there is no way from here to its API server.
        """
        with self._lock:
            since, found = self._open.get(cluster_id, (0.0, None))
            if found is None or time.monotonic() - since > _RENEW_S:
                found = self._connect(region, cluster_id)
                self._open[cluster_id] = time.monotonic(), found
            return found

    def forget(self, cluster_id: str) -> None:
        """It does not answer any more: CS shall be asked whether it is still there, and where."""
        with self._lock:
            self._open.pop(cluster_id, None)

    def of(self, resource: CloudResource) -> Kubernetes:
        return self.open(resource.region, resource.instance_id)

    def _connect(self, region: str, cluster_id: str) -> Kubernetes:
        refusal: CloudError | None = None
        for private in (False, True):
            try:
                found = self._kubeconfig(region, cluster_id, private=private)
            except CloudRejectedError as error:  # it has no such address, or is gone
                refusal = refusal or error
                continue
            if found.reachable():
                return found
            refusal = NotSentError("connect", "Unreachable", _OUT_OF_REACH)
        assert refusal is not None
        raise refusal

    def _kubeconfig(self, region: str, cluster_id: str, *, private: bool) -> Kubernetes:
        answer = self._call(
            "DescribeClusterUserKubeconfig",
            region,
            {"ClusterId": cluster_id},
            TemporaryDurationMinutes=_MINUTES,
            PrivateIpAddress=private,
        )
        config = read_kubeconfig(answer.text("config"), emulated=bool(self._client.emulated))
        return Kubernetes(self._client, config, region)


class ClusterKind(ABC):
    """A kind of slot within clusters: what `ProductAdapter` asks of a product, for one kind."""

    at_once: ClassVar[bool] = False  #: as `ProductAdapter.at_once`

    def __init__(self, clusters: Clusters, means: Means) -> None:
        self._clusters, self._client, self._catalogue = clusters, means.client, means.catalogue
        self._known = means.known

    @abstractmethod
    def slots(self, cluster: CloudResource, limit: int) -> list[Found]:
        """Every slot of the kind, and what cannot be read.

        `cluster` has what all slots of it share; `limit`: rows of a page.
        """

    @abstractmethod
    def look(self, changes: Sequence[Change]) -> list[Look | None]:
        """Slots of one writer; several only of a kind that looks `at_once`."""

    def beside(self, look: Look) -> Sequence[CloudResource]:
        """As `ProductAdapter.beside`."""
        return ()

    @abstractmethod
    def write(self, change: Change, look: Look) -> None: ...


def told_of(
    what: str, item: Fields, cluster: CloudResource, slots: Callable[[], Iterable[Found]], *named: str
) -> list[Found]:
    """The slots of an object, or that it cannot be read; also of one whose names cannot be.

    `named`: by which of its names its slots' ids begin, after cluster and kind.
    """
    meta = item.get("metadata")
    names = meta if isinstance(meta, Fields) else {}
    label = "/".join(str(names[one]) for one in ("namespace", "name") if names.get(one))
    own = [name for one in named if isinstance(name := names.get(one), str) and name]
    inner = "/".join(own) if len(own) == len(named) else ""
    within = f"{cluster.instance_id}/{cluster.kind}/{inner}"
    return list(told(f"{what} {label or 'without a name'}", slots, within))


def closed(cluster: CloudResource, error: CloudError, kind: str = "") -> Unread:
    """A cluster that cannot be read, or a kind of slot in it; with the step where a right is missing."""
    name = cluster.instance_name or cluster.resource_id
    if isinstance(error, CloudDeniedError):
        error = CloudDeniedError(error.action, error.cloud_code, _UNAUTHORISED, error.request_id)
    inner = f"{kind}/" if kind else ""
    return Unread(f"{name} ({kind})" if kind else name, error, f"{cluster.resource_id}/{inner}")
