"""Controllers that keep objects of a cluster as they want them, and how an object shows whose it is."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from emulator.services.ack.cluster_fields import Writer, applied
from emulator.services.ack.cluster_kinds import Target
from emulator.services.ack.cluster_store import Object, Store
from emulator.services.kit.owned import Owned


@dataclass(frozen=True)
class Controller:
    """`{namespace}` and `{name}` in a text are those of the object."""

    manager: str  #: in `managedFields`
    operation: Literal["Update", "Apply"]
    labels: dict[str, str] = field(default_factory=dict)
    annotations: dict[str, str] = field(default_factory=dict)

    def writer(self, wanted: Target, now: datetime) -> Writer:
        named = self.manager.format(namespace=wanted.namespace, name=wanted.name)
        return Writer(named, now, self.operation)


#: By the estate's word. Source, but for the last: the projects' documentation of what they set.
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
    "operator": Controller("tls-operator", "Update"),  # somebody's own, which leaves no mark
}


_KEPT = ("data", "spec", "type")


class Controllers:
    """Those of one cluster."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._owned: dict[Target, tuple[Controller, Object, Owned[Object]]] = {}

    def create(self, wanted: Target, body: Object, controller: Controller, now: datetime) -> None:
        """The object as the controller makes it, to be kept so from now on."""
        words = {"namespace": wanted.namespace, "name": wanted.name, "kind": wanted.kind.kind}
        meta = dict(body.get("metadata") or {})
        for name, given in (("labels", controller.labels), ("annotations", controller.annotations)):
            if given:
                filled = {key: text.format(**words) for key, text in given.items()}
                meta[name] = {**meta.get(name, {}), **filled}
        body = {**body, "metadata": meta}
        self._owned[wanted] = controller, copy.deepcopy(body), Owned(copy.deepcopy(_kept(body)))
        by = controller.writer(wanted, now)
        if by.operation == "Apply":
            self._store.create(wanted, applied(wanted.kind, None, body, by), now)
        else:
            self._store.create(wanted, body, now, by)

    def reconcile(self, now: datetime, settle_s: float) -> None:
        """Write back what others have changed; what is deleted stays so."""
        for wanted, (controller, body, owned) in self._owned.items():
            item = self._store.objects.get((wanted.kind.plural, wanted.namespace, wanted.name))
            if item is not None and not item.get("immutable") and owned.due(_kept(item), now, settle_s):
                by = controller.writer(wanted, now)
                if by.operation == "Apply":
                    self._store.replace(wanted, applied(wanted.kind, item, body, by, force=True))
                else:
                    rest = {name: value for name, value in item.items() if name not in _KEPT}
                    self._store.replace(wanted, {**rest, **copy.deepcopy(owned.wanted)}, by)


def _kept(item: Object) -> Object:
    return {name: item[name] for name in _KEPT if name in item}
