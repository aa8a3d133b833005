"""To whom a cluster's object belongs: who would write back what is changed there.

Some controllers mark what is theirs. `metadata.managedFields` names every other: it tells who wrote a field
last (https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management).
"""

from collections.abc import Iterator
from typing import Final

from shared.cloud.kubernetes import MANAGER
from shared.cloud.reading import Fields

#: An annotation of the owner's: managers, divided by commas, that do not write back.
IGNORED: Final = "certdeploy.io/ignore-field-manager"
#: Labels and annotations by which something else owns a Secret. Source: the projects' documentation.
_MARKS: Final = {
    "cert-manager.io/certificate-name": "cert-manager",
    "certmanager.k8s.io/certificate-name": "cert-manager",  # before its version 0.11
    "cert.gardener.cloud/": "Gardener",  # all that begins so
    "meta.helm.sh/release-name": "Helm",
    "argocd.argoproj.io/tracking-id": "Argo CD",
    "argocd.argoproj.io/instance": "Argo CD",
    "kustomize.toolkit.fluxcd.io/name": "Flux",
    "helm.toolkit.fluxcd.io/name": "Flux",
    "reflector.v1.k8s.emberstack.com/reflects": "Reflector",
    "replicator.v1.mittwald.de/replicate-from": "Replicator",
    "kubed.appscode.com/origin": "Config Syncer",
    "kubed.appscode.com/origin.name": "Config Syncer",
    "reconcile.external-secrets.io/managed": "External Secrets",
}
_MANAGED_BY: Final = "app.kubernetes.io/managed-by"  #: a label that Helm's charts set
#: Managers behind which people stand: they leave what they wrote as it is. Beside `kubectl` and `kubectl-…`,
#: kubectl's own words for its commands; a pipeline that runs kubectl cannot be told from a person.
_PEOPLE: Final = frozenset(
    {
        MANAGER,
        "ACK-Console Apache-HttpClient",  # the ACK console, as objects made there show
        "Mozilla",  # a browser: dashboards, OpenShift's and Rancher's consoles pass its User-Agent on
        "dashboard",  # Kubernetes Dashboard's own User-Agent
        "before-first-apply",  # what was there before anybody kept account (Kubernetes before 1.18)
    }
)
_PAIR: Final = {"f:tls.crt", "f:tls.key"}
_SYNCED_BY: Final = frozenset({"Argo CD", "Flux"})  #: they write back within minutes, whatever kind it is


def synced(item: Fields) -> str:
    """Why nothing is to be deployed to an object that is kept as a repository has it; "" where it is not."""
    found = next((name for name in _marks(item) if name in _SYNCED_BY), "")
    return f"{found} keeps it as its repository has it; change it there" if found else ""


def owner(item: Fields) -> str:
    """Why nothing is to be deployed to a Secret that something else keeps; "" where nothing does.

    Whoever is not known is taken for a controller; where that is wrong, the annotation says so.
    """
    found = _marks(item)
    found += [f"{row.text('kind')} {row.text('name')}" for row in item.rows("metadata", "ownerReferences")]
    if found:
        return f"{found[0]} owns it and would write it back; renew the certificate there"
    ignored = {name.strip() for name in annotations(item).text(IGNORED).split(",")}
    for manager in _writers(item):
        if not _of_people(manager) and manager not in ignored:
            return (
                f'field manager "{manager}" wrote the certificate and may write it back; renew it there, or,'
                f" if it does not write back, annotate the Secret with {IGNORED}: {manager}"
            )
    return ""


def _marks(item: Fields) -> list[str]:
    """Who has marked it as its own."""
    labels = item.part("metadata", "labels")
    marks = {*annotations(item), *labels}
    groups = {f"{mark.partition('/')[0]}/" for mark in marks}
    helm = ["Helm"] if labels.text(_MANAGED_BY) == "Helm" else []
    return [name for mark, name in _MARKS.items() if mark in marks or mark in groups] + helm


def annotations(item: Fields) -> Fields:
    return item.part("metadata", "annotations")


def _writers(item: Fields) -> Iterator[str]:
    """The managers of the key pair; none where the API server keeps no account."""
    for row in item.rows("metadata", "managedFields"):
        fields = row.part("fieldsV1")
        for name in ("f:data", "f:stringData"):
            if name in fields and (not fields.part(name) or _PAIR & fields.part(name).keys()):
                yield row.text("manager") or "unknown"


def _of_people(manager: str) -> bool:
    return manager in _PEOPLE or manager == "kubectl" or manager.startswith("kubectl-")
