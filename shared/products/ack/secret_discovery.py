"""The TLS Secrets of a cluster: found by their metadata, and read whole only if that does not tell them.

Kubernetes sends of an object all that it holds, or its metadata. So a Secret that is new, or has changed,
comes with its key: each of these once, and all of a cluster that no discovery has read before.
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Final

from shared.cloud.api import Action
from shared.cloud.kubernetes import Kubernetes
from shared.cloud.reading import Fields
from shared.domain.resources import CloudResource
from shared.errors import CloudRejectedError
from shared.products.ack import secret_pairs as pairs
from shared.products.ack.clusters import told_of
from shared.products.ack.ingresses import Ingresses, Place
from shared.products.ack.remembered import Remembered
from shared.products.kit.found import Found, told

TLS: Final = "kubernetes.io/tls"
GET: Final = Action("GetSecret", method="GET")
_LIST: Final = Action("ListSecrets", method="GET")
_ALL: Final = "/api/v1/secrets"
_OF_TYPE: Final = {"fieldSelector": f"type={TLS}"}
_ONE_BY_ONE: Final = 50  #: of more that have changed, all are listed


class SecretDiscovery:
    """One reading of a cluster."""

    def __init__(
        self,
        kube: Kubernetes,
        cluster: CloudResource,
        ingresses: Ingresses,
        remembered: Remembered,
        shown: Callable[[CloudResource, Fields], CloudResource],
        limit: int,
    ) -> None:
        """`cluster` has the kind of its slots. `shown`: the slot that a Secret is, from its row and all it
        holds. `limit`: rows of a page.
        """
        self._kube, self._cluster, self._ingresses = kube, cluster, ingresses
        self._remembered, self._shown, self._limit = remembered, shown, limit
        self._typed: set[Place] = set()
        self._changed: dict[Place, None] = {}

    def found(self) -> list[Found]:
        """Those of the type, and those of other types that an Ingress uses all the same."""
        slots = self._of_type() if self._remembered else self._listed(self._read)
        for place in self._ingresses.used:
            if place not in self._typed:
                slots += self._alone(place, ask_first=True)
        return slots

    def _of_type(self) -> list[Found]:
        slots = self._listed(self._seen, metadata_only=True)
        if len(self._changed) > _ONE_BY_ONE:
            return self._listed(self._read)
        for place in self._changed:
            slots += self._alone(place)
        return slots

    def _listed(
        self, slot: Callable[[Place, Fields], Iterator[Found]], *, metadata_only: bool = False
    ) -> list[Found]:
        def one(item: Fields) -> Iterator[Found]:
            meta = item.part("metadata")
            place = meta.needed("namespace"), meta.needed("name")
            self._typed.add(place)
            yield from slot(place, item)

        def each(item: Fields) -> list[Found]:
            return told_of("Secret", item, self._cluster, partial(one, item), "namespace", "name")

        pages = self._kube.listed(_LIST, _ALL, self._limit, each, _OF_TYPE, metadata_only=metadata_only)
        return [slot for slots in pages for slot in slots]

    def _seen(self, place: Place, item: Fields) -> Iterator[Found]:
        """As far as its metadata tells it."""
        if slot := self._remembered.as_before(self._row(place), item):
            yield slot
        else:
            self._changed[place] = None

    def _read(self, place: Place, item: Fields) -> Iterator[Found]:
        row = self._row(place)
        self._remembered.keep(row, item, pairs.leaf_of(item))
        yield self._shown(row, item)

    def _alone(self, place: Place, *, ask_first: bool = False) -> list[Found]:
        """`ask_first`: its metadata was not listed."""
        row = self._row(place)

        def slots() -> Iterator[Found]:
            path = path_of(row)
            try:
                if ask_first and row in self._remembered:
                    item = self._kube.get(GET, path, metadata_only=True)
                    if slot := self._remembered.as_before(row, item):
                        yield slot
                        return
                item = self._kube.get(GET, path)
            except CloudRejectedError as error:
                if error.cloud_code != "NotFound":
                    raise
            else:
                yield from self._read(place, item)

        return list(told(f"Secret {'/'.join(place)}", slots, row.resource_id))

    def _row(self, place: Place) -> CloudResource:
        endpoint, names = self._ingresses.where(place)
        return self._cluster.evolve(
            resource_id=f"{self._cluster.instance_id}/secret/{'/'.join(place)}",
            domains_of_certificate=True,
            endpoint=endpoint,
            server_names=names,
        )


def path_of(resource: CloudResource) -> str:
    _, _, namespace, name = resource.resource_id.split("/")
    return f"/api/v1/namespaces/{namespace}/secrets/{name}"
