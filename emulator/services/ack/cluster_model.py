"""One emulated cluster: its objects, and its two controllers, which carry out what the objects say.

The ALB Ingress controller takes an AlbConfig's certificates into its status when they have settled, if
CAS has all of them; else it leaves everything as it is. The ingress controller serves the Secrets.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from emulator.bundles import Bundle, BundleProblem, a_label, covers, read
from emulator.estate import Estate, reaches
from emulator.sections import ack as rows
from emulator.services.ack.cluster_controllers import CONTROLLERS, Controllers
from emulator.services.ack.cluster_fields import Writer
from emulator.services.ack.cluster_kinds import (
    ALBCONFIGS,
    INGRESSES,
    KINDS,
    NAMESPACES,
    SECRETS,
    Kind,
    Target,
)
from emulator.services.ack.cluster_store import Object, Store
from emulator.services.kit.listener_model import choose
from emulator.services.kit.settling import Settling

#: A listener's port and protocol, and its certificates: identifier, and whether it is the default.
Listeners = tuple[tuple[str, tuple[tuple[str, bool], ...]], ...]

_ALB_CONTROLLER = "alb-ingress-controller"  #: as the writer of a status [guess]


class Cluster:
    def __init__(self, row: rows.Cluster, estate: Estate, now: datetime) -> None:
        self.name, self.region, self.role, self.state, self.public = (
            row.name,
            row.region,
            row.role,
            row.state,
            row.public,
        )
        self.id = cluster_id(row)
        self.kinds = KINDS if row.albconfigs_installed else tuple(k for k in KINDS if k != ALBCONFIGS)
        self.store = Store()
        self._controllers = Controllers(self.store)
        self._listeners: dict[str, Settling[Listeners]] = {}
        self._pairs: dict[tuple[str, str], tuple[str, Settling[Bundle | None]]] = {}
        spaces = {"default", "kube-system"}
        spaces |= {secret.namespace for secret in row.secrets} | {one.namespace for one in row.ingresses}
        for space in sorted(spaces):
            self._add(NAMESPACES, "", space, {"status": {"phase": "Active"}}, now)
        for secret in row.secrets:
            body = _secret(secret, estate, now)
            by = secret.field_manager
            self._add(SECRETS, secret.namespace, secret.name, body, now, secret.managed_by, by)
        for ingress in row.ingresses:
            self._add(INGRESSES, ingress.namespace, ingress.name, _ingress(ingress), now)
        for config in row.albconfigs:
            self._add(ALBCONFIGS, "", config.name, _albconfig(config, estate), now, config.managed_by)

    def reconcile(self, now: datetime, settle_s: float, cas: Any) -> None:
        """What the controllers have done by `now`."""
        self._controllers.reconcile(now, settle_s)
        until = now + timedelta(seconds=settle_s)
        for key, item in list(self.store.objects.items()):
            plural, namespace, name = key
            if plural == ALBCONFIGS.plural:
                wanted = _wanted(item)
                shown = self._listeners.setdefault(name, Settling(wanted))
                if wanted != shown.value and self._possible(wanted, cas):
                    shown.set(wanted, now=now, until=until)
                by = Writer(_ALB_CONTROLLER, now, subresource="status")
                self.store.tell_status(ALBCONFIGS, key, self._status(name, shown.served(now)), by)
            elif plural == SECRETS.plural and "tls.crt" in (item.get("data") or {}):
                version = item["metadata"]["resourceVersion"]
                seen = self._pairs.get((namespace, name))
                if seen is None:
                    self._pairs[namespace, name] = version, Settling(_pair(item))
                elif seen[0] != version:
                    seen[1].set(_pair(item), now=now, until=until)
                    self._pairs[namespace, name] = version, seen[1]

    def uses(self, identifier: str) -> bool:
        listeners = (row for shown in self._listeners.values() for row in shown.value)
        return any(identifier == name for _, found in listeners for name, _ in found)

    def slots(self, now: datetime, cas: Any) -> Iterator[tuple[str, str]]:
        for address, place, certificates in self._places(now):
            if place.endswith("/HTTPS"):
                bundles = _bundles(certificates, cas)
                names = [name.replace("*", "any", 1) for bundle in bundles for name in bundle.names]
                yield from ((address, name) for name in dict.fromkeys(["", *names]))
        for address, _, hosts in self._ingresses():
            yield from ((address, a_label(host).replace("*", "any", 1)) for host in hosts)

    def served(self, host: str, server_name: str, now: datetime, cas: Any) -> tuple[Bundle, ...] | None:
        """At an ALB's name and port, or at an Ingress's address (or the edge itself, by its host names)."""
        for address, _, certificates in self._places(now):
            if host == address:
                return choose(_bundles(certificates, cas), server_name)
        here = False
        for address, secret, hosts in self._ingresses():
            here = here or address == host
            if host in ("", address) and any(covers(name, server_name) for name in hosts if server_name):
                seen = self._pairs.get(secret)
                bundle = seen[1].served(now) if seen else None
                return (bundle,) if bundle else ()
        return () if here else None

    def _places(self, now: datetime) -> Iterator[tuple[str, str, tuple[tuple[str, bool], ...]]]:
        """Address, port and protocol, and certificates of every listener of an AlbConfig."""
        for name, shown in self._listeners.items():
            if (ALBCONFIGS.plural, "", name) in self.store.objects:
                dnsname = self._status(name, ())["loadBalancer"]["dnsname"]
                for place, certificates in shown.served(now):
                    yield f"{dnsname}:{place.partition('/')[0]}", place, certificates

    def _ingresses(self) -> Iterator[tuple[str, tuple[str, str], list[str]]]:
        """Address, Secret and host names of every entry."""
        for (plural, namespace, _), item in self.store.objects.items():
            points = (item.get("status") or {}).get("loadBalancer", {}).get("ingress") or []
            if plural != INGRESSES.plural or not points:
                continue
            address = points[0].get("hostname") or points[0].get("ip")
            for entry in item["spec"].get("tls") or []:
                yield f"{address}:443", (namespace, entry.get("secretName", "")), entry.get("hosts") or []

    def _possible(self, wanted: Listeners, cas: Any) -> bool:
        found = [cas.find(name) for _, certificates in wanted for name, _ in certificates]
        return all(row is not None and row.deployable and reaches(row.store, self.region) for row in found)

    def _status(self, name: str, listeners: Listeners) -> Object:
        """Of listeners of HTTPS alone it tells certificates."""
        number = sha256(f"{self.id}/{name}".encode()).hexdigest()[:18]
        return {
            "loadBalancer": {
                "id": f"alb-{number}",
                "dnsname": f"alb-{number}.{self.region}.alb.aliyuncsslb.com",
                "listeners": [_told(place, certificates) for place, certificates in listeners],
            }
        }

    def _add(
        self,
        kind: Kind,
        namespace: str,
        name: str,
        body: Object,
        now: datetime,
        owner: str | None = None,
        by: str | None = rows.PERSON,
    ) -> None:
        target = Target(kind, namespace, name)
        if owner:
            self._controllers.create(target, body, CONTROLLERS[owner], now)
        else:
            self.store.create(target, body, now, Writer(by, now) if by else None)


def cluster_id(row: rows.Cluster) -> str:
    """The same at each start."""
    return "c" + sha256(f"{row.region}/{row.name}".encode()).hexdigest()[:32]


def _wanted(item: Object) -> Listeners:
    """A certificate is the default if it is marked, or the first where none is."""
    found: list[tuple[str, tuple[tuple[str, bool], ...]]] = []
    for listener in (item.get("spec") or {}).get("listeners") or []:
        rows = [row for row in listener.get("certificates") or [] if row.get("CertificateId")]
        own = str((listener.get("defaultCertificate") or {}).get("certificateId") or "")
        marked = [i for i, row in enumerate(rows) if row.get("IsDefault")]
        default = -1 if own else (marked or [0])[0]
        certificates = [(row["CertificateId"], i == default) for i, row in enumerate(rows)]
        place = f"{listener['port']}/{listener.get('protocol') or 'HTTP'}"
        found.append((place, tuple([(own, True)] * bool(own) + certificates)))
    return tuple(found)


def _told(place: str, certificates: tuple[tuple[str, bool], ...]) -> Object:
    rows = [{"certificateId": found, "isDefault": default} for found, default in certificates]
    return {"portAndProtocol": place} | ({"certificates": rows} if place.endswith("/HTTPS") else {})


def _bundles(certificates: tuple[tuple[str, bool], ...], cas: Any) -> list[Bundle]:
    """The default first."""
    ordered = sorted(certificates, key=lambda entry: not entry[1])
    return [found.bundle for identifier, _ in ordered if (found := cas.find(identifier))]


def _pair(item: Object) -> Bundle | None:
    data = item.get("data") or {}
    texts = [
        base64.b64decode(data.get(name, "")).decode("utf-8", "replace") for name in ("tls.crt", "tls.key")
    ]
    try:
        return read(*texts)
    except BundleProblem:
        return None


def _secret(row: rows.Secret, estate: Estate, now: datetime) -> Object:
    bundle = estate.bundle(row.certificate, now) if row.certificate else None
    texts = (bundle.certificate_pem, bundle.key_pem or "") if bundle else ("", "")
    certificate, key = (base64.b64encode(text.encode()).decode() for text in texts)
    meta: Object = {}
    if row.owner == "cert-manager":
        meta["annotations"] = {"cert-manager.io/certificate-name": row.name}
    elif row.owner == "helm":
        meta["annotations"] = {"meta.helm.sh/release-name": "shop"}
        meta["labels"] = {"app.kubernetes.io/managed-by": "Helm"}
    elif row.owner == "certificate":
        meta["ownerReferences"] = [
            {"apiVersion": "cert-manager.io/v1", "kind": "Certificate", "name": row.name, "uid": row.name}
        ]
    body: Object = {"metadata": meta, "type": row.type}
    body["data"] = {"tls.crt": certificate, "tls.key": key}
    return body | ({"immutable": True} if row.immutable else {})


def _ingress(row: rows.Ingress) -> Object:
    backend = {"service": {"name": row.name, "port": {"number": 80}}}
    path = {"path": "/", "pathType": "Prefix", "backend": backend}
    spec = {
        "ingressClassName": "nginx",
        "tls": [{"hosts": row.hosts, "secretName": row.secret}],
        "rules": [{"host": host, "http": {"paths": [path]}} for host in row.hosts],
    }
    if row.address is None:
        return {"spec": spec, "status": {"loadBalancer": {}}}
    kind = "ip" if row.address.replace(".", "").isdecimal() else "hostname"
    return {"spec": spec, "status": {"loadBalancer": {"ingress": [{kind: row.address}]}}}


def _albconfig(row: rows.AlbConfig, estate: Estate) -> Object:
    listeners = []
    for listener in row.listeners:
        found: Object = {"port": listener.port, "protocol": listener.protocol}
        if listener.default:
            names = [listener.default, *listener.additional]
            found["certificates"] = [
                {"CertificateId": estate.identifier(name), "IsDefault": i == 0}
                for i, name in enumerate(names)
            ]
        listeners.append(found)
    config = {"name": row.name, "addressType": "Internet", "edition": "Standard"}
    return {"spec": {"config": config, "listeners": listeners}}
