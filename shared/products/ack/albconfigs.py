"""AlbConfigs of ACK's clusters: the certificates that they put on the listeners of an ALB.

The spec is ours to change; the ALB Ingress controller carries it out and tells so in the status. Keys are
capitalised in `certificates` of the spec and lower-case in the status and in `defaultCertificate`.
"""

from collections.abc import Iterator
from typing import Any, Final

from shared.cloud.api import Action
from shared.cloud.cas import Cas
from shared.cloud.kubernetes import JSON_PATCH, Object
from shared.domain.certificates import Certificate, identifier_of
from shared.domain.resources import CloudResource, SlotRole
from shared.errors import CloudBusyError, CloudRejectedError, NotFoundError
from shared.products.ack.albconfig_entries import Entry, entries_of, exchange
from shared.products.ack.clusters import ClusterKind

_ROOT: Final = "/apis/alibabacloud.com/v1"
_LIST: Final = Action("ListAlbConfigs", method="GET")
_GET: Final = Action("GetAlbConfig", method="GET")
_PATCH: Final = Action("PatchAlbConfig", writes=True)
_TRIES: Final = 3
_NONE: Final = (
    "the listener names no certificate: those of its Ingresses apply; to manage one here,"
    " name the first in spec.listeners[].certificates"
)


class AlbConfigs(ClusterKind):
    def slots(self, cluster: CloudResource, limit: int) -> list[CloudResource]:
        def each(item: Object) -> Iterator[CloudResource]:
            return _slots(cluster, item)

        try:
            found = self._clusters.of(cluster).listed(_LIST, f"{_ROOT}/albconfigs", limit, each)
        except CloudRejectedError as error:
            if error.cloud_code != "NotFound":  # the ALB Ingress controller is not installed
                raise
            return []
        return [slot for slots in found for slot in slots]

    def read(self, resource: CloudResource) -> CloudResource | None:
        entries = self._entries(resource)
        if resource.role is SlotRole.DEFAULT:
            default = next((entry for entry in entries if entry.role is SlotRole.DEFAULT), None)
            return _with(resource, default) if default else None
        same = [entry for entry in entries if entry.identifier == resource.cert_identifier]
        return resource if same and same[0].role is SlotRole.ADDITIONAL else None

    def successor(self, resource: CloudResource, certificate: Certificate) -> CloudResource | None:
        entries = self._entries(resource)
        new = next((entry for entry in entries if entry.identifier == certificate.identifier), None)
        if new is None or (resource.role is SlotRole.DEFAULT and new.role is not SlotRole.DEFAULT):
            return None
        kept = any(entry.identifier == resource.cert_identifier for entry in entries)
        if resource.role is SlotRole.ADDITIONAL and kept and resource.cert_identifier != new.identifier:
            return None
        return _with(resource, new)

    def settled(self, resource: CloudResource) -> bool:
        """Whether the status shows all that the spec names for the listener, and the same default."""
        item = self._item(resource)
        wanted = {entry.identifier: entry.role for entry in entries_of(item, resource.listener_id)}
        wanted_default = [name for name, role in wanted.items() if role is SlotRole.DEFAULT]
        for listener in _status(item).get("listeners") or ():
            if _port_first(listener.get("portAndProtocol", "")) == resource.listener_id.rpartition("/")[2]:
                rows = listener.get("certificates") or ()
                shown = {identifier_of(row["certificateId"]): bool(row.get("isDefault")) for row in rows}
                return wanted.keys() <= shown.keys() and all(shown[name] for name in wanted_default)
        return not wanted

    def bind(self, resource: CloudResource, certificate: Certificate) -> None:
        """Exchange the id where it stands, if the old one still stands there."""
        _must_exist(Cas(self._client, certificate.store), certificate)  # Kubernetes takes any text
        kube = self._clusters.of(resource)
        for _ in range(_TRIES):
            item = self._item(resource)
            change = exchange(entries_of(item, resource.listener_id), resource, certificate.identifier)
            try:
                kube.patch(_PATCH, _path(resource), change, JSON_PATCH)
                return
            except CloudRejectedError as error:
                if error.cloud_code not in ("Invalid", "Conflict"):  # a `test` failed: read again
                    raise
        raise CloudBusyError("PatchAlbConfig", "Conflict", "it is changed again and again")

    def _entries(self, resource: CloudResource) -> list[Entry]:
        return entries_of(self._item(resource), resource.listener_id)

    def _item(self, resource: CloudResource) -> Object:
        return self._clusters.of(resource).get(_GET, _path(resource))


def _slots(cluster: CloudResource, item: Object) -> Iterator[CloudResource]:
    meta = item["metadata"]
    name = f"{meta['namespace']}/{meta['name']}" if meta.get("namespace") else meta["name"]
    host = _status(item).get("dnsname")
    for listener in (item.get("spec") or {}).get("listeners") or ():
        port, protocol = listener["port"], listener.get("protocol") or "HTTP"
        if protocol not in ("HTTPS", "QUIC"):
            continue
        listener_id = f"{cluster.instance_id}/albconfig/{name}/{port}:{protocol}"
        changes: dict[str, Any] = {
            "resource_id": f"{listener_id}/default",
            "instance_name": f"{cluster.instance_name}/{name}",
            "listener_id": listener_id,
            "port": port,
            "role": SlotRole.DEFAULT,
            "domains_of_certificate": True,
            "endpoint": f"{host}:{port}" if host and protocol == "HTTPS" else "",
        }
        slot = cluster.model_copy(update=changes)
        found: dict[str, Entry] = {}
        for entry in entries_of(item, listener_id):
            found.setdefault(entry.identifier, entry)
        yield from (_with(slot, entry) for entry in found.values())
        if not found:
            yield slot.model_copy(update={"https": False, "obstacle": _NONE})


def _with(slot: CloudResource, entry: Entry) -> CloudResource:
    suffix = "default" if entry.role is SlotRole.DEFAULT else f"additional/{entry.identifier}"
    changes = {
        "role": entry.role,
        "cert_identifier": entry.identifier,
        "resource_id": f"{slot.listener_id}/{suffix}",
    }
    return slot.model_copy(update=changes)


def _must_exist(cas: Cas, certificate: Certificate) -> None:
    try:
        cas.get_detail(certificate.cert_id)
    except NotFoundError as error:
        raise CloudRejectedError("PatchAlbConfig", "NotFound.Certificate", str(error)) from None


def _status(item: Object) -> Object:
    found: Object = (item.get("status") or {}).get("loadBalancer") or {}
    return found


def _port_first(text: str) -> str:
    """`443/HTTPS` as the listener ids have it."""
    return text.replace("/", ":")


def _path(resource: CloudResource) -> str:
    *_, name, _ = (parts := resource.listener_id.split("/"))
    namespaced = f"/namespaces/{parts[2]}" if len(parts) == 5 else ""
    return f"{_ROOT}{namespaced}/albconfigs/{name}"
