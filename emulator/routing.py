"""Which product, action and region a request is for. One port serves all products, so names decide.

First the request's own words (version and action, or a path), then the host: the Host header where
it is a cloud's name or one of `.localhost`, else the header `x-emulator-host`, in which a client names
the endpoint that it would have called. A host that is not among the product's still says its region; a
regional product without any gets `RegionId`, else cn-hangzhou.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from emulator import oss_signatures, ots_signatures, sls_signatures, unhonoured
from emulator.api import ApiError
from emulator.cloud import Cloud
from emulator.declared import Action, declarations
from emulator.request import CLOUD, Request
from emulator.service import EmulatedService

DEFAULT_REGION = "cn-hangzhou"
_NETWORK = "(-vpc|-internal)?"
_REGION = re.compile(f"(?P<region>(cn|ap|us|eu|me|na|rus)-[a-z0-9-]+?){_NETWORK}")


@dataclass(frozen=True)
class Route:
    service: EmulatedService
    action: str
    params: dict[str, Any]
    region: str
    host: str


def style(request: Request) -> str:
    """In which product family's form to answer: RPC, ROA, FC2, OSS, OTS or SLS."""
    if ots_signatures.meant(request):
        return "OTS"
    if oss_signatures.meant(request):
        return "OSS"
    if sls_signatures.meant(request):
        return "SLS"
    if request.path.startswith("/2016-08-15/"):
        return "FC2"
    rpc = "x-acs-action" in request.headers or "Action" in request.named
    return "RPC" if rpc and request.path in ("", "/") else "ROA"


def words(request: Request) -> tuple[str, str]:
    """Action and version as the client said them, for the log of refused calls."""
    if style(request) == "OTS":
        return request.path.lstrip("/"), request.header("x-ots-apiversion")
    named = request.named
    return (
        request.header("x-acs-action") or named.get("Action", ""),
        request.header("x-acs-version") or named.get("Version", ""),
    )


def find(cloud: Cloud, request: Request) -> Route:
    """Raises ApiError where nothing emulated is meant, or the parameters are not the action's."""
    how = style(request)
    if how == "OSS":
        return _oss(cloud, request)
    if how == "OTS":
        return _ots(cloud, request)
    if how == "SLS":
        return _sls(cloud, request)
    return _rpc(cloud, request) if how == "RPC" else _by_path(cloud, request)


def _rpc(cloud: Cloud, request: Request) -> Route:
    name, version = words(request)
    host = request.cloud_host
    candidates = [
        (module, declaration)
        for module, declaration in declarations().items()
        if declaration.version == version and declaration.style == "RPC" and module in cloud.services
    ]
    if not candidates:
        raise ApiError(400, "InvalidVersion", "Specified parameter Version is not valid.")
    candidates = [found for found in candidates if name in found[1].actions] or candidates
    at_host = [found for found in candidates if region_at(cloud.services[found[0]], host) is not None]
    module, declaration = (at_host or candidates)[0]
    action = declaration.actions.get(name)
    if action is None:
        raise ApiError(
            404,
            "InvalidAction.NotFound",
            f"Specified api is not found, check url and method: {name} is not emulated.",
        )
    _check_method(request, action)
    return _route(cloud, request, module, action, action.parse(request.named, strict=cloud.strict), host)


def _by_path(cloud: Cloud, request: Request) -> Route:
    others: list[Action] = []  #: of the same path, by another method
    for module, declaration in declarations().items():
        for action in declaration.actions.values():
            path = None if action.path == "/" else action.match(request.plain_path)
            if path is None or module not in cloud.services:
                continue
            if request.method not in action.methods:
                others.append(action)
                continue
            params = action.parse(request.queries, path=path, headers=request.headers, strict=cloud.strict)
            return _route(cloud, request, module, action, params, request.cloud_host)
    for action in others:
        _check_method(request, action)
    raise ApiError(
        404,
        "InvalidAction.NotFound",
        f"Specified api is not found: {request.method} {request.plain_path} is not emulated.",
    )


def _oss(cloud: Cloud, request: Request) -> Route:
    service = cloud.services["oss"]
    name, params = service.route(request)
    host = request.cloud_host
    at_host = oss_signatures.host_parts(host)
    scope = oss_signatures.credential_fields(request.header("authorization")).get("Credential", "")
    region = at_host[1] if at_host else [*scope.split("/"), "", ""][2] or DEFAULT_REGION
    return Route(service, name, params, region, host)


def _ots(cloud: Cloud, request: Request) -> Route:
    """Where neither host nor signature name a region, it is that of the instance."""
    service = cloud.service("tablestore")
    name, params = service.route(request)
    host = request.cloud_host
    region = region_in(host) or request.header("x-ots-signregion")
    region = region or service.region_of(params["instance"]) or DEFAULT_REGION
    return Route(service, name, params, region, host)


def _sls(cloud: Cloud, request: Request) -> Route:
    service = cloud.services["sls"]
    name, params = service.route(request)
    host = request.cloud_host
    at_host = sls_signatures.host_parts(host)
    return Route(service, name, params, at_host[1] if at_host else DEFAULT_REGION, host)


def _route(
    cloud: Cloud, request: Request, module: str, action: Action, params: dict[str, Any], host: str
) -> Route:
    if not cloud.loose:
        unhonoured.refuse(module, action.name, params)
    service = cloud.services[module]
    region = region_at(service, host)
    if region is None:
        regional = any("{region}" in pattern for pattern in service.hosts)
        region = region_in(host) or request.named.get("RegionId") or DEFAULT_REGION if regional else ""
    return Route(service, action.name, params, region, host)


def region_at(service: EmulatedService, host: str) -> str | None:
    """The region that `host` names, "" for a global endpoint; None: not this product's host."""
    for pattern in service.hosts:
        expression = re.escape(pattern).replace(r"\{region\}", f"(?P<region>[a-z0-9-]+?){_NETWORK}")
        expression = expression.replace(r"\{account\}", "[0-9]+")
        found = re.fullmatch(expression, host)
        if found:
            return found.groupdict().get("region", "")
    return None


def region_in(host: str) -> str:
    """The region in a host of the cloud whatever the product, or ""."""
    labels = host.removesuffix(CLOUD).split(".") if host.endswith(CLOUD) else []
    found = (_REGION.fullmatch(label) for label in labels)
    return next((match["region"] for match in found if match), "")


def _check_method(request: Request, action: Action) -> None:
    if request.method not in action.methods:
        raise ApiError(405, "UnsupportedHTTPMethod", f"{action.name} takes {' or '.join(action.methods)}.")
