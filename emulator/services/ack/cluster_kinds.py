"""The kinds of object that an emulated cluster knows, its discovery documents, and who may do what."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from emulator.api import ApiError

#: What each role may do, by resource; `*` for all. [guess] but for ops and admin.
RIGHTS: dict[str, dict[str, frozenset[str]]] = {
    "admin": {"*": frozenset({"*"})},
    "ops": {"*": frozenset({"*"})},
    "dev": {
        "secrets": frozenset({"*"}),
        "ingresses": frozenset({"*"}),
        "namespaces": frozenset({"get", "list", "watch"}),
    },
    "restricted": {
        "ingresses": frozenset({"get", "list", "watch"}),
        "namespaces": frozenset({"get", "list", "watch"}),
    },
    "none": {},
}
_TITLE = {"title": "Kubernetes", "version": "v1.32.1"}
_VERSION = {
    "major": "1",
    "minor": "32",
    "gitVersion": "v1.32.1-aliyun.1",
    "gitCommit": "0000000000000000000000000000000000000000",
    "gitTreeState": "clean",
    "buildDate": "2025-02-01T00:00:00Z",
    "goVersion": "go1.23.4",
    "compiler": "gc",
    "platform": "linux/amd64",
}
_CHECKS = ("ping", "log", "etcd", "informer-sync")  #: of a server's health; as many as clients ask for
VERBS = ("create", "delete", "get", "list", "patch", "update", "watch")


@dataclass(frozen=True)
class Kind:
    group: str  #: "" for the core group
    version: str
    kind: str
    plural: str
    namespaced: bool
    short: tuple[str, ...] = ()
    custom: bool = False  #: defined by a CustomResourceDefinition: no strategic merge patch

    @property
    def api_version(self) -> str:
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def root(self) -> str:
        return f"/apis/{self.api_version}" if self.group else f"/api/{self.version}"

    @property
    def words(self) -> str:
        """As actions and errors name it: Secrets, AlbConfigs, Ingresses."""
        return self.kind + ("es" if self.kind.endswith("ss") else "s")


NAMESPACES = Kind("", "v1", "Namespace", "namespaces", False, ("ns",))
SECRETS = Kind("", "v1", "Secret", "secrets", True)
INGRESSES = Kind("networking.k8s.io", "v1", "Ingress", "ingresses", True, ("ing",))
ALBCONFIGS = Kind("alibabacloud.com", "v1", "AlbConfig", "albconfigs", False, custom=True)
KINDS = (NAMESPACES, SECRETS, INGRESSES, ALBCONFIGS)


class Target(NamedTuple):
    kind: Kind
    namespace: str  #: "" for all, or for a kind without
    name: str  #: "" for the list


def target(path: str, kinds: tuple[Kind, ...]) -> Target | None:
    """The objects that a path means."""
    for kind in kinds:
        rest = path.removeprefix(kind.root)
        if rest == path:
            continue
        inside = r"(?:/namespaces/(?P<namespace>[^/]+))?" if kind.namespaced else "(?P<namespace>)"
        found = re.fullmatch(rf"{inside}/{kind.plural}(?:/(?P<name>[^/]+))?", rest)
        if found and (found["namespace"] or not found["name"] or not kind.namespaced):
            return Target(kind, found["namespace"] or "", found["name"] or "")
    return None


def authorize(role: str, user: str, verb: str, wanted: Target) -> None:
    """Raises ApiError 403 in the words of RBAC."""
    rights, kind = RIGHTS[role], wanted.kind
    if {"*", verb} & (rights.get("*", frozenset()) | rights.get(kind.plural, frozenset())):
        return
    where = f'in the namespace "{wanted.namespace}"' if wanted.namespace else "at the cluster scope"
    named = f' "{wanted.name}"' if wanted.name else ""
    raise ApiError(
        403,
        "Forbidden",
        f'{kind.plural}{named} is forbidden: User "{user}" cannot {verb} resource "{kind.plural}" '
        f'in API group "{kind.group}" {where}',
    )


def health(path: str, queries: Mapping[str, str]) -> str | None:
    """The text at /healthz, /livez, /readyz and their single checks; None elsewhere. All is always well."""
    name, _, check = path.strip("/").partition("/")
    if name not in ("healthz", "livez", "readyz") or check not in ("", *_CHECKS):
        return None
    if "verbose" not in queries or check:
        return "ok"
    return "".join(f"[+]{one} ok\n" for one in _CHECKS) + f"{name} check passed\n"


def document(path: str, kinds: tuple[Kind, ...]) -> dict[str, Any] | None:
    """The discovery document or schema at `path`; None where there is none."""
    groups = {kind.group: kind for kind in kinds if kind.group}
    match path.strip("/").split("/"):
        case ["version"]:
            return dict(_VERSION)
        case ["api"]:
            return {"kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": []}
        case ["apis"]:
            found = [_group(kind) for kind in groups.values()]
            return {"kind": "APIGroupList", "apiVersion": "v1", "groups": found}
        case ["apis", group] if group in groups:
            return {"kind": "APIGroup", "apiVersion": "v1", **_group(groups[group])}
        case ["openapi", "v3"]:
            roots = sorted({kind.root for kind in kinds})
            return {"paths": {root.strip("/"): {"serverRelativeURL": f"/openapi/v3{root}"} for root in roots}}
        case ["openapi", "v3", *_]:
            return _schema(path.removeprefix("/openapi/v3"), kinds)
    found_kinds = [kind for kind in kinds if kind.root == path.rstrip("/")]
    return _resources(found_kinds) if found_kinds else None


def _group(kind: Kind) -> dict[str, Any]:
    version = {"groupVersion": kind.api_version, "version": kind.version}
    return {"name": kind.group, "versions": [version], "preferredVersion": version}


def _resources(kinds: list[Kind]) -> dict[str, Any]:
    return {
        "kind": "APIResourceList",
        "apiVersion": "v1",
        "groupVersion": kinds[0].api_version,
        "resources": [
            {
                "name": kind.plural,
                "singularName": kind.kind.lower(),
                "namespaced": kind.namespaced,
                "kind": kind.kind,
                "verbs": list(VERBS),
                "shortNames": list(kind.short),
            }
            for kind in kinds
        ],
    }


def _schema(root: str, kinds: tuple[Kind, ...]) -> dict[str, Any] | None:
    """As much OpenAPI as `kubectl apply` asks: that the server validates fields, so it need not."""
    found = [kind for kind in kinds if kind.root == root.rstrip("/")]
    if not found:
        return None
    paths: dict[str, Any] = {}
    for kind in found:
        inside = "/namespaces/{namespace}" if kind.namespaced else ""
        operation = {
            "parameters": [{"name": "fieldValidation", "in": "query", "schema": {"type": "string"}}],
            "x-kubernetes-group-version-kind": {
                "group": kind.group,
                "version": kind.version,
                "kind": kind.kind,
            },
            "responses": {},
        }
        paths[f"{kind.root}{inside}/{kind.plural}/{{name}}"] = {"patch": operation}
    return {"openapi": "3.0.0", "info": _TITLE, "paths": paths, "components": {"schemas": {}}}
