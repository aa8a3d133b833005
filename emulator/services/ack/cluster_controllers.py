"""Controllers that keep objects of a cluster as they want them, and how an object shows whose it is."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from emulator.services.ack.cluster_kinds import Target
from emulator.services.ack.cluster_store import Object, Store
from emulator.services.kit.owned import Owned


@dataclass(frozen=True)
class Controller:
    """`{namespace}` and `{name}` in a text are those of the object."""

    manager: str  #: in `managedFields`
    operation: str
    labels: dict[str, str] = field(default_factory=dict)
    annotations: dict[str, str] = field(default_factory=dict)


#: By the estate's word. Source: the projects' documentation of what they set.
CONTROLLERS = {
    "reflector": Controller(
        "ES.Kubernetes.Reflector",
        "Update",
        annotations={
            "reflector.v1.k8s.emberstack.com/reflects": "cert-manager/{name}",
            "reflector.v1.k8s.emberstack.com/auto-reflects": "True",
        },
    ),
    "flux": Controller(
        "kustomize-controller",
        "Apply",
        labels={
            "kustomize.toolkit.fluxcd.io/name": "apps",
            "kustomize.toolkit.fluxcd.io/namespace": "flux-system",
        },
    ),
    "argocd": Controller(
        "argocd-controller",
        "Update",
        annotations={"argocd.argoproj.io/tracking-id": "shop:/{kind}:{namespace}/{name}"},
    ),
    "external-secrets": Controller(
        "externalsecrets.external-secrets.io/{name}",
        "Apply",
        labels={"reconcile.external-secrets.io/managed": "true"},
    ),
}


class Controllers:
    """Those of one cluster."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._owned: dict[Target, Owned[Object]] = {}

    def own(self, wanted: Target, body: Object, controller: Controller, now: datetime) -> Object:
        """`body` as the controller makes it, to be kept so from now on."""
        words = {"namespace": wanted.namespace, "name": wanted.name, "kind": wanted.kind.kind}
        meta = dict(body.get("metadata") or {})
        for name, given in (("labels", controller.labels), ("annotations", controller.annotations)):
            if given:
                filled = {key: text.format(**words) for key, text in given.items()}
                meta[name] = {**meta.get(name, {}), **filled}
        kept = _kept(body)
        meta["managedFields"] = [
            {
                "manager": controller.manager.format(**words),
                "operation": controller.operation,
                "apiVersion": wanted.kind.api_version,
                "time": f"{now:%Y-%m-%dT%H:%M:%SZ}",
                "fieldsType": "FieldsV1",
                "fieldsV1": {f"f:{key}": _fields(value) for key, value in kept.items()},
            }
        ]
        self._owned[wanted] = Owned(copy.deepcopy(kept))
        return {**body, "metadata": meta}

    def reconcile(self, now: datetime, settle_s: float) -> None:
        """Write back what others have changed; what is deleted stays so."""
        for wanted, owned in self._owned.items():
            item = self._store.objects.get((wanted.kind.plural, wanted.namespace, wanted.name))
            if item is not None and not item.get("immutable") and owned.due(_kept(item), now, settle_s):
                rest = {name: value for name, value in item.items() if name not in ("data", "spec", "type")}
                self._store.replace(wanted, {**rest, **copy.deepcopy(owned.wanted)})


def _kept(item: Object) -> Object:
    return {name: item[name] for name in ("data", "spec", "type") if name in item}


def _fields(value: Any) -> Object:
    return {f"f:{key}": {} for key in value} if isinstance(value, dict) else {}
