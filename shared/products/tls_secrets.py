"""Kubernetes Secrets of type kubernetes.io/tls, as ACK's clusters have them.

A Secret that we wrote bears the certificate's identifier and fingerprint as annotations: one that differs
from them was edited by hand since. Of what the API returns, `tls.key` is compared and dropped at once.
"""

import base64
import binascii
from typing import Any, Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key

from shared.cloud.api import Action
from shared.cloud.cas import Cas
from shared.cloud.kubernetes import MERGE_PATCH, Kubernetes, Object
from shared.cloud.tls import Leaf, matches, read_leaf
from shared.domain.certificates import Certificate
from shared.domain.resources import CloudResource
from shared.errors import CloudBusyError, CloudDeniedError, CloudRejectedError
from shared.products.clusters import ClusterKind

CERTIFICATE: Final = "certdeploy.io/certificate"  #: annotation: the identifier of what we wrote
FINGERPRINT: Final = "certdeploy.io/fingerprint"  #: annotation: SHA-256 of its leaf
_LIST: Final = Action("ListSecrets", method="GET")
_GET: Final = Action("GetSecret", method="GET")
_PATCH: Final = Action("PatchSecret", writes=True)
_INGRESSES: Final = Action("ListIngresses", method="GET")
_TRIES: Final = 3
#: annotations by which something else owns a Secret, and would write it back
_OWNERS: Final = {
    "cert-manager.io/certificate-name": "cert-manager",
    "meta.helm.sh/release-name": "Helm",
    "argocd.argoproj.io/tracking-id": "Argo CD",
}
_Served = dict[tuple[str, str], tuple[str, tuple[str, ...]]]  # namespace, name -> host:port, host names


class TlsSecrets(ClusterKind):
    def slots(self, cluster: CloudResource, limit: int) -> list[CloudResource]:
        kube = self._clusters.of(cluster)
        served = _ingresses(kube, limit)
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
        leaf = _leaf(item)
        if leaf is None or not matches(leaf, certificate) or not _has_own_key(item):
            return None
        identifier = {"cert_identifier": certificate.identifier}
        return self._shown(resource, item).model_copy(update=identifier)

    def bind(self, resource: CloudResource, certificate: Certificate) -> None:
        """Both halves in one patch, held to the version that was read."""
        pair = Cas(self._client, certificate.store).key_pair(certificate.cert_id)
        new = x509.load_pem_x509_certificates(pair.certificate_pem.encode())[0]
        item = self._item(resource)
        before = _text(item, "tls.crt")
        for _ in range(_TRIES):
            if item.get("immutable") or item["type"] != "kubernetes.io/tls":
                raise CloudRejectedError(
                    "PatchSecret", "Immutable", "it cannot be changed; make a new Secret"
                )
            if _text(item, "tls.crt") != before:
                raise CloudRejectedError(
                    "PatchSecret", "Conflict", "another certificate was put there just now"
                )
            annotations = {
                CERTIFICATE: certificate.identifier,
                FINGERPRINT: read_leaf(new.public_bytes(Encoding.DER)).sha256,
            }
            change: Object = {
                "metadata": {
                    "resourceVersion": item["metadata"]["resourceVersion"],
                    "annotations": annotations,
                },
                "data": {
                    "tls.crt": _encoded(pair.certificate_pem),
                    "tls.key": _encoded(pair.key.reveal()),
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
        leaf = _leaf(item)
        if leaf is None:
            missing = "it has no readable certificate; put the first one there with kubectl"
            changes: dict[str, Any] = {"https": False, "cert_identifier": "", "obstacle": missing}
            return resource.model_copy(update=changes)
        changes = {
            "https": True,
            "domains": leaf.names,
            "cert_identifier": self._identifier(leaf, item),
            "cert_not_after": leaf.not_after,
            "obstacle": _owner(item) or _drift(leaf, item),
        }
        return resource.model_copy(update=changes)

    def _identifier(self, leaf: Leaf, item: Object) -> str:
        known = self._catalogue.by_fingerprint(leaf.sha1, leaf.sha256, leaf.key_sha1, leaf.key_sha256)
        if known is not None:
            return str(known.identifier)
        marks = item["metadata"].get("annotations") or {}
        ours = marks.get(FINGERPRINT) == leaf.sha256 and marks.get(CERTIFICATE)
        return str(ours or f"sha256:{leaf.sha256}")


def _ingresses(kube: Kubernetes, limit: int) -> _Served:
    """Where each Secret is served, and under which names; nothing where the role may not see it."""
    served: _Served = {}

    def each(item: Object) -> None:
        points = (item.get("status") or {}).get("loadBalancer", {}).get("ingress") or ()
        address = next((p.get("hostname") or p.get("ip") for p in points), None)
        for entry in (item.get("spec") or {}).get("tls") or ():
            hosts, secret = tuple(entry.get("hosts") or ()), entry.get("secretName")
            if not address or not hosts or not secret:
                continue
            key = item["metadata"]["namespace"], secret
            endpoint, names = served.get(key, (f"{address}:443", ()))
            if endpoint == f"{address}:443":
                served[key] = endpoint, tuple(dict.fromkeys((*names, *hosts)))

    try:
        kube.listed(_INGRESSES, "/apis/networking.k8s.io/v1/ingresses", limit, each)
    except CloudDeniedError:
        return {}
    return served


def _owner(item: Object) -> str:
    marks, owners = (item["metadata"].get(name) or () for name in ("annotations", "ownerReferences"))
    found = [name for mark, name in _OWNERS.items() if mark in marks]
    found += [f"{owner.get('kind')} {owner.get('name')}" for owner in owners]
    if found:
        return f"{found[0]} owns it and would write it back; renew the certificate there"
    return "the Secret is immutable; make a new one and point to it" if item.get("immutable") else ""


def _drift(leaf: Leaf, item: Object) -> str:
    marks = item["metadata"].get("annotations") or {}
    if not _has_own_key(item):
        return "tls.key does not belong to tls.crt; put a matching pair there with kubectl"
    if FINGERPRINT in marks and marks[FINGERPRINT] != leaf.sha256:
        return (
            f"drift: edited by hand since {marks.get(CERTIFICATE) or 'a certificate'} was deployed there;"
            f" remove the annotation {FINGERPRINT} to have it managed again"
        )
    return ""


def _leaf(item: Object) -> Leaf | None:
    certificate = _certificate(item)
    try:
        return read_leaf(certificate.public_bytes(Encoding.DER)) if certificate else None
    except (ValueError, UnsupportedAlgorithm):
        return None


def _certificate(item: Object) -> x509.Certificate | None:
    try:
        return x509.load_pem_x509_certificates(_text(item, "tls.crt"))[0]
    except (ValueError, IndexError):
        return None


def _has_own_key(item: Object) -> bool:
    certificate = _certificate(item)
    try:
        key = load_pem_private_key(_text(item, "tls.key"), None, unsafe_skip_rsa_key_validation=True)
        return certificate is not None and key.public_key() == certificate.public_key()
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return False


def _text(item: Object, name: str) -> bytes:
    try:
        return base64.b64decode((item.get("data") or {}).get(name) or "")
    except binascii.Error:
        return b""


def _encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _path(resource: CloudResource) -> str:
    _, _, namespace, name = resource.resource_id.split("/")
    return f"/api/v1/namespaces/{namespace}/secrets/{name}"
