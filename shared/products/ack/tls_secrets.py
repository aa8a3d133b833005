"""Kubernetes Secrets with certificates, as ACK's clusters have them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from shared.cloud.api import Action
from shared.cloud.kubernetes import MERGE_PATCH, Object
from shared.cloud.reading import Fields
from shared.cloud.tls import Leaf, matches
from shared.domain.resources import CloudResource
from shared.errors import CloudBusyError, CloudRejectedError
from shared.products.ack import secret_pairs as pairs
from shared.products.ack.clusters import ClusterKind, Clusters
from shared.products.ack.ingresses import ingresses_of
from shared.products.ack.owners import annotations, owner
from shared.products.ack.remembered import Remembered
from shared.products.ack.secret_discovery import GET, TLS, SecretDiscovery, path_of
from shared.products.kit.changes import Carries, Change, Look, carrying
from shared.products.kit.fingerprints import known_by, leaf_of
from shared.products.kit.found import Found
from shared.products.kit.key_pairs import KeyPairs
from shared.products.kit.means import Means

_PATCH: Final = Action("PatchSecret", writes=True)
_TRIES: Final = 3


@dataclass(frozen=True)
class _Version:
    """What a patch is held to."""

    number: str
    certificate: str  #: as the Secret has it, which may be no certificate
    fixed: bool  #: it takes no patch
    owner: str  #: why it would be written back, as an obstacle


class TlsSecrets(ClusterKind):
    def __init__(self, clusters: Clusters, means: Means) -> None:
        super().__init__(clusters, means)
        self._pairs = KeyPairs(means.client)

    def slots(self, cluster: CloudResource, limit: int) -> list[Found]:
        kube = self._clusters.of(cluster)
        ingresses = ingresses_of(kube, cluster, limit)
        remembered = Remembered(self._known, self._catalogue, cluster)
        discovery = SecretDiscovery(kube, cluster, ingresses, remembered, self._shown, limit)
        return [*discovery.found(), *ingresses.unread]

    def look(self, changes: Sequence[Change]) -> list[Look | None]:
        (change,) = changes
        resource, wanted = change.resource, change.wanted
        item = self._item(resource)
        slot, leaf = self._shown(resource, item), pairs.leaf_of(item)
        if wanted and leaf and matches(leaf, wanted):
            slot = slot.evolve(cert_identifier=wanted.identifier)
        carries = carrying(change, slot.cert_identifier)
        if carries is Carries.WANTED and leaf and not pairs.has_own_key(item):  # it cannot be served
            expected = slot.cert_identifier == resource.cert_identifier
            carries = Carries.EXPECTED if expected else Carries.OTHER
        return [Look(carries, slot, held=_version(item))]

    def write(self, change: Change, look: Look) -> None:
        """Both halves in one patch, held to the version that was seen."""
        assert change.wanted is not None, "a first deployment is refused"
        resource, pair = change.resource, self._pairs.of(change.wanted)
        leaf = leaf_of(pair.certificate_pem)
        sha256 = leaf.sha256 if leaf else ""
        seen: _Version = look.held
        now = seen
        for _ in range(_TRIES):
            if now.owner:
                raise CloudRejectedError("PatchSecret", "NotDeployable", now.owner)
            if now.fixed:
                raise CloudRejectedError(
                    "PatchSecret", "Immutable", "it cannot be changed; make a new Secret"
                )
            if now.certificate != seen.certificate:
                raise CloudRejectedError(
                    "PatchSecret", "Conflict", "another certificate was put there just now"
                )
            annotations = {pairs.CERTIFICATE: change.wanted.identifier, pairs.FINGERPRINT: sha256}
            patch: Object = {
                "metadata": {"resourceVersion": now.number, "annotations": annotations},
                "data": {
                    "tls.crt": pairs.encoded(pair.certificate_pem),
                    "tls.key": pairs.encoded(pair.key.reveal()),
                },
            }
            try:
                self._clusters.of(resource).patch(_PATCH, path_of(resource), patch, MERGE_PATCH)
                return
            except CloudRejectedError as error:
                if error.cloud_code != "Conflict":
                    raise
            now = _version(self._item(resource))
        raise CloudBusyError("PatchSecret", "Conflict", "it is changed again and again")

    def _item(self, resource: CloudResource) -> Fields:
        return self._clusters.of(resource).get(GET, path_of(resource))

    def _shown(self, resource: CloudResource, item: Fields) -> CloudResource:
        leaf, kind = pairs.leaf_of(item), item.text("type")
        if leaf is None:
            missing = "it has no readable certificate; put the first one there with kubectl"
            return resource.evolve(https=False, cert_identifier="", obstacle=_of_type(kind) or missing)
        return resource.named_by(leaf).evolve(
            https=True,
            cert_identifier=self._identifier(leaf, item),
            cert_not_after=leaf.not_after,
            cert_key=leaf.key,
            obstacle=owner(item) or _of_type(kind) or pairs.fixed(item) or pairs.drift(leaf, item),
        )

    def _identifier(self, leaf: Leaf, item: Fields) -> str:
        if known := known_by(self._catalogue, leaf):
            return known.identifier
        marks = annotations(item)
        ours = marks.get(pairs.FINGERPRINT) == leaf.sha256 and marks.get(pairs.CERTIFICATE)
        return str(ours or f"sha256:{leaf.sha256}")


def _of_type(kind: str) -> str:
    """Why a Secret of another type is left alone. A Secret's type cannot be changed."""
    if kind == TLS:
        return ""
    return f"the Secret is of type {kind or 'unknown'}; make one of type {TLS} and name it in the Ingress"


def _version(item: Fields) -> _Version:
    fixed = bool(item.flag("immutable")) or item.text("type") != TLS
    number = item.part("metadata").needed("resourceVersion")
    return _Version(number, item.part("data").text("tls.crt"), fixed, owner(item))
