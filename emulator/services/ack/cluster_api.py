"""A cluster's answer to one request: discovery, objects, patches, watches, refusals as `Status`.

Each call passes the cloud's faults, denials and log as the calls of products do, named for verb and kind:
ListSecrets, PatchAlbConfig, WatchIngresses. Bodies are not logged. Not emulated: dry runs, protobuf,
Tables (`kubectl` makes them from the objects), validation by schema.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import yaml

from emulator.api import Answer, ApiError, Call, Raw
from emulator.calls import CallRecord
from emulator.faults import DroppedError
from emulator.request import Request
from emulator.service import Account, EmulatedService
from emulator.services.ack.cluster_checks import addressed
from emulator.services.ack.cluster_fields import Writer, applied, manager_of
from emulator.services.ack.cluster_kinds import (
    ALBCONFIGS,
    INGRESSES,
    Target,
    authorize,
    document,
    health,
    target,
)
from emulator.services.ack.cluster_model import Cluster
from emulator.services.ack.cluster_patches import json_patch, merge_patch
from emulator.services.ack.cluster_store import Object
from emulator.services.ack.cluster_views import form_of, viewed
from emulator.services.cas.cas import Service as Cas

_logger = logging.getLogger("emulator")
_VERBS = {"POST": "create", "PUT": "update", "PATCH": "patch", "DELETE": "delete"}
_OF_CONTROLLERS = (ALBCONFIGS, INGRESSES)  #: kinds whose status is not for clients to write


@dataclass(frozen=True)
class Reply:
    status: int
    body: Object | str  #: text is sent as it is


@dataclass(frozen=True)
class Watch:
    """What to tell from `version` on; `first` before that, as if it were made just now."""

    wanted: Target
    query: Mapping[str, str]
    version: int
    first: list[Object]


class _KubernetesCall(EmulatedService):
    """One request in the form in which a cloud executes calls."""

    api, version, style, ram = "kubernetes", "v1", "ROA", "kubernetes"

    def __init__(self, cloud: Account, work: Callable[[], Reply | Watch]) -> None:
        super().__init__(cloud)
        self._work = work
        self.reply: Reply | Watch | None = None

    def handler(self, action: str) -> Callable[[Call], Answer | Raw]:
        def run(call: Call) -> Answer:
            self.reply = self._work()
            return {}

        return run


def answer(cloud: Account, cluster: Cluster, request: Request, user: str) -> Reply | Watch:
    """Raises DroppedError: close the connection, say nothing."""
    if not user:
        return status(401, "Unauthorized", "Unauthorized")
    if request.method == "GET" and (text := health(request.plain_path, request.queries)):
        return Reply(200, text)
    if request.method == "GET" and (found := document(request.plain_path, cluster.kinds)):
        return Reply(200, found)
    wanted = target(request.plain_path.rstrip("/"), cluster.kinds)
    if wanted is None:
        return status(404, "NotFound", "the server could not find the requested resource")
    verb = _verb(request, wanted)
    many = verb in ("list", "watch")
    call = Call(
        action=verb.capitalize() + (wanted.kind.words if many else wanted.kind.kind),
        params={
            "cluster": cluster.id,
            "namespace": wanted.namespace,
            "name": wanted.name,
            "user": user,
            **({"form": form} if (form := form_of(request.header("accept"))) else {}),
        },
        region=cluster.region,
        account=cloud.account,
        request_id=str(uuid4()),
    )
    outcome, code = 0, "Dropped"

    def work() -> Reply | Watch:
        authorize(cluster.role, user, verb, wanted)
        settled = cloud.clock(), cloud.settle_s, cloud.service(Cas)
        cluster.reconcile(*settled)
        reply = _carried_out(cloud, cluster, verb, wanted, request)
        cluster.reconcile(*settled)  # a change begins to settle now
        return reply

    service = _KubernetesCall(cloud, work)
    try:
        cloud.execute(service, call)
        assert service.reply is not None
        outcome, code = 200, ""
        return service.reply
    except ApiError as error:
        outcome, code = error.status, error.code
        return status(error.status, error.code, error.message, wanted, error.extra)
    except DroppedError:
        raise
    except Exception:  # a mistake in the emulation: say where, and answer as an API server would
        _logger.exception("an emulated cluster failed: %s", call.action)
        outcome, code = 500, "InternalError"
        return status(500, "InternalError", "Internal error occurred", wanted)
    finally:
        time.sleep(call.delay.seconds)
        cloud.calls.append(
            CallRecord(
                cloud.clock(),
                "kubernetes",
                call.action,
                call.region,
                call.params,
                outcome,
                code,
                call.request_id,
            )
        )


def status(
    code: int,
    reason: str,
    message: str,
    wanted: Target | None = None,
    details: Mapping[str, Any] | None = None,
) -> Reply:
    body: Object = {
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {},
        "status": "Failure",
        "message": message,
        "reason": reason,
        "code": code,
    }
    if wanted is not None:
        body["details"] = {"name": wanted.name, "group": wanted.kind.group, "kind": wanted.kind.plural}
        body["details"] |= details or {}
    return Reply(code, body)


def _verb(request: Request, wanted: Target) -> str:
    if request.method != "GET":
        return _VERBS.get(request.method, request.method.lower())
    if request.queries.get("watch") in ("true", "1"):
        return "watch"
    return "get" if wanted.name else "list"


def _carried_out(
    cloud: Account, cluster: Cluster, verb: str, wanted: Target, request: Request
) -> Reply | Watch:
    store, query = cluster.store, request.queries
    if query.get("dryRun"):
        raise ApiError(400, "BadRequest", "dryRun is not emulated")
    match verb:
        case "list":
            return Reply(200, viewed(request.header("accept"), store.page(wanted, query)))
        case "watch":
            version, items = (
                query.get("resourceVersion") or "0",
                store.page(wanted, {**query, "limit": ""})["items"],
            )
            if not version.isdecimal():
                raise ApiError(400, "BadRequest", f'resourceVersion: Invalid value: "{version}"')
            if version != "0":
                return Watch(wanted, query, int(version), [])
            return Watch(wanted, query, store.version, items)
        case "get":
            return Reply(200, viewed(request.header("accept"), store.get(wanted)))
        case "create":
            body, now = _body(request), cloud.clock()
            return Reply(201, store.create(wanted, body, now, _writer(cloud, request)))
        case "update":
            body = _kept(cluster, wanted, _body(request))
            return Reply(200, store.replace(wanted, body, _writer(cloud, request)))
        case "patch":
            return _patched(cloud, cluster, wanted, request)
        case "delete":
            gone = store.delete(wanted)
            details = {"name": wanted.name, "kind": wanted.kind.plural, "uid": gone["metadata"]["uid"]}
            success = {"kind": "Status", "apiVersion": "v1", "status": "Success", "details": details}
            return Reply(200, success)
    raise ApiError(405, "MethodNotAllowed", "the server does not allow this method on the requested resource")


def _patched(cloud: Account, cluster: Cluster, wanted: Target, request: Request) -> Reply:
    kind, store = request.header("content-type").partition(";")[0], cluster.store
    if kind == "application/apply-patch+yaml":
        return _applied(cloud, cluster, wanted, request)
    before = store.get(wanted)
    if kind == "application/json-patch+json":
        after = json_patch(before, _body(request))
    elif kind == "application/merge-patch+json" or (
        kind == "application/strategic-merge-patch+json" and not wanted.kind.custom
    ):
        after = merge_patch(before, _body(request))
    else:
        raise ApiError(
            415, "UnsupportedMediaType", f"the body of the request was in an unknown format: {kind}"
        )
    after = _kept(cluster, wanted, after)
    return Reply(200, store.replace(wanted, after, _writer(cloud, request)))


def _applied(cloud: Account, cluster: Cluster, wanted: Target, request: Request) -> Reply:
    store, body, query = cluster.store, _body(request), request.queries
    if not query.get("fieldManager"):
        wrong = 'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply'
        raise ApiError(422, "Invalid", f"{wrong} patch")
    addressed(wanted, body)
    by = Writer(query["fieldManager"], cloud.clock(), "Apply")
    before = store.objects.get((wanted.kind.plural, wanted.namespace, wanted.name))
    after = applied(wanted.kind, before, body, by, force=query.get("force") == "true")
    if before is None:
        return Reply(201, store.create(wanted, after, cloud.clock()))
    return Reply(200, store.replace(wanted, _kept(cluster, wanted, after)))


def _writer(cloud: Account, request: Request) -> Writer:
    named = request.queries.get("fieldManager", "")
    return Writer(manager_of(named, request.header("user-agent")), cloud.clock())


def _kept(cluster: Cluster, wanted: Target, body: Object) -> Object:
    before = cluster.store.get(wanted)
    if wanted.kind not in _OF_CONTROLLERS:
        return body
    rest = {name: value for name, value in body.items() if name != "status"}
    return rest | ({"status": before["status"]} if "status" in before else {})


def _body(request: Request) -> Any:
    """JSON or YAML. Never repeats what it cannot read: it may be a key."""
    kind = request.header("content-type")
    if "protobuf" in kind:
        raise ApiError(415, "UnsupportedMediaType", "protobuf is not emulated; send JSON")
    try:
        if "yaml" in kind:
            return yaml.safe_load(request.body)
        return json.loads(request.body)
    except (ValueError, yaml.YAMLError):
        raise ApiError(400, "BadRequest", "the object provided is unrecognized") from None
