"""What stands before every product: signature, route, parameters, log, the form of answers."""

from __future__ import annotations

import json
import logging
from typing import Any
from uuid import uuid4
from xml.sax.saxutils import escape

from emulator import routing
from emulator.api import Answer, ApiError, Call, Raw
from emulator.calls import CallRecord, without_secrets
from emulator.cloud import Cloud
from emulator.faults import DroppedError
from emulator.request import Request
from emulator.signatures import verify

_logger = logging.getLogger("emulator")


def answer(cloud: Cloud, request: Request) -> Raw:
    """Carry `request` out and answer as the vendor's gateway does, refusals included.

    Raises:
        DroppedError: close the connection, say nothing.
    """
    request_id = str(uuid4()).upper()
    how = routing.style(request)
    route: routing.Route | None = None
    status, code = 500, "InternalError"
    try:
        key = verify(request, cloud.keys, cloud.signing_clock())
        route = routing.find(cloud, request)
        call = Call(
            action=route.action,
            params=route.params,
            region=route.region,
            account=key.account,
            access_key_id=key.access_key_id,
            request_id=request_id,
            raw_body=request.body,
            headers=request.headers,
            host=route.host,
        )
        raw = _success(cloud.execute(route.service, call), request_id, how)
        status, code = raw.status, ""
        return raw
    except ApiError as error:
        status, code = error.status, error.code
        return _refusal(error, request_id, how, request)
    except DroppedError:
        status, code = 0, "Dropped"
        raise
    except Exception:  # a mistake in an emulated product: say where, and answer as the cloud would
        _logger.exception("an emulated action failed: %s", route.action if route else "?")
        broken = ApiError(500, "InternalError", "The request processing has failed.")
        return _refusal(broken, request_id, how, request)
    finally:
        _log(cloud, request, route, status, code, request_id)


def lengthy(cloud: Cloud, request: Request) -> bool:
    """Whether the action may wait, and so must not be run in the event loop."""
    if routing.style(request) in ("ROA", "FC2"):
        return True
    action, version = routing.words(request)
    return any(
        action in service.lengthy and service.version == version for service in cloud.services.values()
    )


def _log(
    cloud: Cloud,
    request: Request,
    route: routing.Route | None,
    status: int,
    code: str,
    request_id: str,
) -> None:
    action, version = routing.words(request)
    cloud.calls.append(
        CallRecord(
            time=cloud.clock(),
            api=route.service.api if route else version,
            action=route.action if route else action,
            region=route.region if route else "",
            params=without_secrets(route.params) if route else {},
            status=status,
            code=code,
            request_id=request_id,
        )
    )


def _success(answered: Answer | Raw, request_id: str, how: str) -> Raw:
    if isinstance(answered, Raw):
        own = "x-oss-request-id" if how == "OSS" else "x-acs-request-id"
        answered.headers.setdefault(own, request_id)
        return answered
    body = {"RequestId": request_id, **answered}
    return Raw(200, _json(body), {"x-acs-request-id": request_id}, _JSON)


def _refusal(error: ApiError, request_id: str, how: str, request: Request) -> Raw:
    headers = {"x-acs-request-id": request_id}
    if error.retry_after_ms is not None:
        headers["x-acs-retry-after"] = str(error.retry_after_ms)
    if how == "OSS":
        return _oss_refusal(error, request_id, request)
    if how == "FC2":
        body: dict[str, Any] = {"ErrorCode": error.code, "ErrorMessage": error.message}
        headers["x-fc-request-id"] = request_id
    elif how == "ROA":
        body = {"Code": error.code, "Message": error.message, "RequestId": request_id}
        headers["x-fc-request-id"] = request_id
    else:
        body = {
            "RequestId": request_id,
            "HostId": routing.cloud_host(request) or request.header("host"),
            "Code": error.code,
            "Message": error.message,
            "Recommend": f"https://api.aliyun.com/troubleshoot?q={error.code}",
        }
    return Raw(error.status, _json({**body, **error.extra}), headers, _JSON)


def _oss_refusal(error: ApiError, request_id: str, request: Request) -> Raw:
    extra = {name: value for name, value in error.extra.items() if isinstance(value, str)}
    fields = {
        "Code": error.code,
        "Message": error.message,
        "RequestId": request_id,
        "HostId": routing.cloud_host(request) or request.header("host"),
        **extra,
    }
    inner = "".join(f"<{name}>{escape(text)}</{name}>" for name, text in fields.items())
    body = f'<?xml version="1.0" encoding="UTF-8"?><Error>{inner}</Error>'
    return Raw(error.status, body.encode(), {"x-oss-request-id": request_id}, "application/xml")


_JSON = "application/json;charset=utf-8"


def _json(body: dict[str, Any]) -> bytes:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
