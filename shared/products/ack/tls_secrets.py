"""Kubernetes Secrets of type kubernetes.io/tls, as ACK's clusters have them."""

from typing import Any, Final

from shared.cloud.api import Action
from shared.cloud.cas import Cas
from shared.cloud.kubernetes import MERGE_PATCH, Object
from shared.cloud.tls import Leaf, matches
from shared.domain.certificates import Certificate
from shared.domain.resources import CloudResource
from shared.errors import CloudBusyError, CloudRejectedError
from shared.products.ack import secret_pairs as pairs
from shared.products.ack.clusters import ClusterKind
from shared.products.ack.ingresses import where_served
from shared.products.kit.fingerprints import fingerprints

_LIST: Final = Action("ListSecrets", method="GET")
_GET: Final = Action("GetSecret", method="GET")
_PATCH: Final = Action("PatchSecret", writes=True)
_TRIES: Final = 3


class TlsSecrets(ClusterKind):
    def slots(self, cluster: CloudResource, limit: int) -> list[CloudResource]:
        kube = self._clusters.of(cluster)
        served = where_served(kube, limit)
        selector = {"fieldSelector": "type=kubernetes.io/tls"}

        def slot(item: Object) -> CloudResource:
            namespace, name = item["metadata"]["namespace"], item["metadata"]["name"]
            endpoint, names = served.get((namespace, name), ("", ()))
            changes = {
                "resource_id": f"{cluster.instance_id}/secret/{namespace}/{name}",
                "domains_of_certificate": True,
                "endpoint": endpoint,
                "server_names": names,
            }
            return self._shown(cluster.model_copy(update=changes), item)

        return kube.listed(_LIST, "/api/v1/secrets", limit, slot, selector)

    def read(self, resource: CloudResource) -> CloudResource | None:
        return self._shown(resource, self._item(resource))

    def successor(self, resource: CloudResource, certificate: Certificate) -> CloudResource | None:
        item = self._item(resource)
        leaf = pairs.leaf_of(item)
        if leaf is None or not matches(leaf, certificate) or not pairs.has_own_key(item):
            return None
        identifier = {"cert_identifier": certificate.identifier}
        return self._shown(resource, item).model_copy(update=identifier)

    def bind(self, resource: CloudResource, certificate: Certificate) -> None:
        """Both halves in one patch, held to the version that was read."""
        pair = Cas(self._client, certificate.store).key_pair(certificate.cert_id)
        sha256 = fingerprints(pair.certificate_pem)[-1]
        item = self._item(resource)
        before = pairs.text(item, "tls.crt")
        for _ in range(_TRIES):
            if item.get("immutable") or item["type"] != "kubernetes.io/tls":
                raise CloudRejectedError(
                    "PatchSecret", "Immutable", "it cannot be changed; make a new Secret"
                )
            if pairs.text(item, "tls.crt") != before:
                raise CloudRejectedError(
                    "PatchSecret", "Conflict", "another certificate was put there just now"
                )
            annotations = {pairs.CERTIFICATE: certificate.identifier, pairs.FINGERPRINT: sha256}
            change: Object = {
                "metadata": {
                    "resourceVersion": item["metadata"]["resourceVersion"],
                    "annotations": annotations,
                },
                "data": {
                    "tls.crt": pairs.encoded(pair.certificate_pem),
                    "tls.key": pairs.encoded(pair.key.reveal()),
                },
            }
            try:
                self._clusters.of(resource).patch(_PATCH, _path(resource), change, MERGE_PATCH)
                return
            except CloudRejectedError as error:
                if error.cloud_code != "Conflict":
                    raise
            item = self._item(resource)
        raise CloudBusyError("PatchSecret", "Conflict", "it is changed again and again")

    def _item(self, resource: CloudResource) -> Object:
        return self._clusters.of(resource).get(_GET, _path(resource))

    def _shown(self, resource: CloudResource, item: Object) -> CloudResource:
        leaf = pairs.leaf_of(item)
        if leaf is None:
            missing = "it has no readable certificate; put the first one there with kubectl"
            changes: dict[str, Any] = {"https": False, "cert_identifier": "", "obstacle": missing}
            return resource.model_copy(update=changes)
        changes = {
            "https": True,
            "domains": leaf.names,
            "cert_identifier": self._identifier(leaf, item),
            "cert_not_after": leaf.not_after,
            "obstacle": pairs.owner(item) or pairs.drift(leaf, item),
        }
        return resource.model_copy(update=changes)

    def _identifier(self, leaf: Leaf, item: Object) -> str:
        known = self._catalogue.by_fingerprint(leaf.sha1, leaf.sha256, leaf.key_sha1, leaf.key_sha256)
        if known is not None:
            return str(known.identifier)
        marks = item["metadata"].get("annotations") or {}
        ours = marks.get(pairs.FINGERPRINT) == leaf.sha256 and marks.get(pairs.CERTIFICATE)
        return str(ours or f"sha256:{leaf.sha256}")


def _path(resource: CloudResource) -> str:
    _, _, namespace, name = resource.resource_id.split("/")
    return f"/api/v1/namespaces/{namespace}/secrets/{name}"
