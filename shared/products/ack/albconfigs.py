"""AlbConfigs of ACK's clusters: the certificates that they put on the listeners of an ALB.

The spec is ours to change; the ALB Ingress controller carries it out and tells so in the status. Keys are
capitalised in `certificates` of the spec and lower-case in the status and in `defaultCertificate`.
"""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Final

from shared.cloud.api import Action
from shared.cloud.cas import Cas
from shared.cloud.kubernetes import JSON_PATCH
from shared.cloud.reading import Fields
from shared.domain.certificates import Certificate, identifier_of
from shared.domain.resources import CloudResource, SlotRole
from shared.errors import CloudBusyError, CloudRejectedError, NotFoundError
from shared.products.ack.alb_listeners import AlbListeners
from shared.products.ack.albconfig_entries import DISPUTED, Entry, entries_of, exchange
from shared.products.ack.clusters import ClusterKind, Clusters, told_of
from shared.products.ack.owners import synced
from shared.products.kit.changes import Carries, Change, Look, carrying
from shared.products.kit.found import Found
from shared.products.kit.means import Means

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
    at_once = True

    def __init__(self, clusters: Clusters, means: Means) -> None:
        super().__init__(clusters, means)
        self._alb = AlbListeners(means.client)
        self._in_cas: set[str] = set()  #: identifiers that were looked up

    def slots(self, cluster: CloudResource, limit: int) -> list[Found]:
        def each(item: Fields) -> list[Found]:
            return told_of("AlbConfig", item, cluster, partial(_slots, cluster, item))

        try:
            found = self._clusters.of(cluster).listed(_LIST, f"{_ROOT}/albconfigs", limit, each)
        except CloudRejectedError as error:
            if error.cloud_code != "NotFound":  # the ALB Ingress controller is not installed
                raise
            return []
        return [slot for slots in found for slot in slots]

    def look(self, changes: Sequence[Change]) -> list[Look | None]:
        """One object has all its listeners."""
        item = self._item(changes[0].resource)
        return [self._look(change, item) for change in changes]

    def beside(self, look: Look) -> Sequence[CloudResource]:
        """The other entries of the spec: the controller was through with it."""
        slot, entries = look.slot, look.held or ()
        own = slot.role, slot.cert_identifier
        return [_with(slot, one) for one in entries if (one.role, one.identifier) != own]

    def write(self, change: Change, look: Look) -> None:
        """Exchange the id where it stands, if the old one still stands there."""
        assert change.wanted is not None, "a first deployment is refused"
        resource, wanted, entries = change.resource, change.wanted, look.held
        if wanted.identifier not in self._in_cas:
            _must_exist(Cas(self._client, wanted.store), wanted)  # Kubernetes takes any text
            self._in_cas.add(wanted.identifier)
        kube = self._clusters.of(resource)
        for _ in range(_TRIES):
            patch = exchange(entries, resource, wanted.identifier)
            try:
                kube.patch(_PATCH, _path(resource), patch, JSON_PATCH)
                return
            except CloudRejectedError as error:
                if error.cloud_code not in ("Invalid", "Conflict"):  # a `test` failed: read again
                    raise
            entries = self._entries(resource)
        raise CloudBusyError("PatchAlbConfig", "Conflict", "it is changed again and again")

    def _look(self, change: Change, item: Fields) -> Look | None:
        """The controller has to be through with a change. Before one, nothing is awaited."""
        resource = change.resource
        entries = entries_of(item, resource.listener_id)
        if (found := _in_place(change, entries)) is None:
            return None
        carries, entry = found
        awaited = change.begun or carries is not Carries.EXPECTED
        settled = not awaited or self._carried_out(item, resource, entries)
        port, _, protocol = resource.listener_id.rpartition("/")[2].partition(":")
        seen = resource.evolve(endpoint=_endpoint(item, port, protocol))
        return Look(carries, _with(seen, entry), settled, held=entries)

    def _carried_out(self, item: Fields, resource: CloudResource, entries: list[Entry]) -> bool:
        """Whether the listener has all that the spec names for it, and the same default.

        Where the status tells no certificates, as of QUIC, ALB itself is asked.
        """
        wanted = {entry.identifier: entry.role for entry in entries}
        listener, status = resource.listener_id.rpartition("/")[2], _status(item)
        shown = _told(status, listener)
        if not shown and wanted and (balancer := status.text("id")):
            bound = self._alb.bound(resource.region, balancer, listener)
            shown = {one.identifier: one.default for one in bound if not one.coming}
        return all(name in shown for name in wanted) and all(
            shown[name] for name, role in wanted.items() if role is SlotRole.DEFAULT
        )

    def _entries(self, resource: CloudResource) -> list[Entry]:
        return entries_of(self._item(resource), resource.listener_id)

    def _item(self, resource: CloudResource) -> Fields:
        return self._clusters.of(resource).get(_GET, _path(resource))


def _in_place(change: Change, entries: list[Entry]) -> tuple[Carries, Entry] | None:
    resource = change.resource
    if resource.role is SlotRole.DEFAULT:
        default = next((entry for entry in entries if entry.role is SlotRole.DEFAULT), None)
        return (carrying(change, default.identifier), default) if default else None
    old = next((entry for entry in entries if entry.identifier == resource.cert_identifier), None)
    new = next((e for e in entries if change.wanted and e.identifier == change.wanted.identifier), None)
    if new is not None and old in (None, new):
        return Carries.WANTED, new
    return (Carries.EXPECTED, old) if old and old.role is SlotRole.ADDITIONAL else None


def _told(status: Fields, listener: str) -> dict[str, bool]:
    """The certificates of a listener that the status has, and whether each is the default."""
    for row in status.rows("listeners"):
        if _port_first(row.text("portAndProtocol")) == listener:
            rows = [one for one in row.rows("certificates") if one.text("certificateId")]
            return {identifier_of(one.text("certificateId")): one.flag("isDefault") is True for one in rows}
    return {}


def _slots(cluster: CloudResource, item: Fields) -> Iterator[CloudResource]:
    meta = item.part("metadata")
    name, namespace = meta.needed("name"), meta.text("namespace")
    name = f"{namespace}/{name}" if namespace else name
    kept = synced(item)
    for listener in item.rows("spec", "listeners"):
        port, protocol = listener.needed("port"), listener.text("protocol") or "HTTP"
        if protocol not in ("HTTPS", "QUIC"):
            continue
        listener_id = f"{cluster.instance_id}/albconfig/{name}/{port}:{protocol}"
        slot = cluster.evolve(
            resource_id=f"{listener_id}/default",
            instance_name=f"{cluster.instance_name}/{name}",
            listener_id=listener_id,
            port=listener.number("port"),
            role=SlotRole.DEFAULT,
            domains_of_certificate=True,
            endpoint=_endpoint(item, port, protocol),
        )
        found: dict[str, Entry] = {}
        for entry in entries_of(item, listener_id):
            found.setdefault(entry.identifier, entry)
        for entry in found.values():
            yield _with(slot, entry).evolve(obstacle=kept or (DISPUTED if entry.disputed else ""))
        if not found:
            yield slot.evolve(https=False, obstacle=kept or _NONE)


def _endpoint(item: Fields, port: str, protocol: str) -> str:
    """Where clients of a listener meet it, as the controller tells."""
    host = _status(item).text("dnsname")
    return f"{host}:{port}" if host and protocol == "HTTPS" else ""


def _with(slot: CloudResource, entry: Entry) -> CloudResource:
    suffix = "default" if entry.role is SlotRole.DEFAULT else f"additional/{entry.identifier}"
    return slot.evolve(
        role=entry.role,
        cert_identifier=entry.identifier,
        resource_id=f"{slot.listener_id}/{suffix}",
    )


def _must_exist(cas: Cas, certificate: Certificate) -> None:
    try:
        cas.get_detail(certificate.cert_id)
    except NotFoundError as error:
        raise CloudRejectedError("PatchAlbConfig", "NotFound.Certificate", str(error)) from None


def _status(item: Fields) -> Fields:
    return item.part("status", "loadBalancer")


def _port_first(text: str) -> str:
    """`443/HTTPS` as the listener ids have it."""
    return text.replace("/", ":")


def _path(resource: CloudResource) -> str:
    *_, name, _ = (parts := resource.listener_id.split("/"))
    namespaced = f"/namespaces/{parts[2]}" if len(parts) == 5 else ""
    return f"{_ROOT}{namespaced}/albconfigs/{name}"
