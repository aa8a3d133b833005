"""How answers and refusals are put on the wire: JSON, or XML where an RPC call asks for it; OSS's XML;
Tablestore's protocol buffers.
"""

from __future__ import annotations

import base64
import json
import re
from typing import Any
from xml.sax.saxutils import escape

from emulator import routing
from emulator.api import Answer, ApiError, Raw
from emulator.request import Request
from emulator.services.tablestore import messages

_JSON = "application/json;charset=utf-8"
_XML = "text/xml;charset=utf-8"
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
_REQUEST_ID = {"OSS": "x-oss-request-id", "OTS": "x-ots-requestid", "SLS": "x-log-requestid"}
#: What XML 1.0 cannot hold, escaped or not.
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def success(answered: Answer | Raw, action: str, request_id: str, request: Request) -> Raw:
    """The answer of an action that did what it was asked."""
    how = routing.style(request)
    if isinstance(answered, Raw):
        own = _REQUEST_ID.get(how, "x-acs-request-id")
        answered.headers.setdefault(own, request_id)
        return answered
    body = {"RequestId": request_id, **answered}
    return _worded(200, body, f"{action}Response", {"x-acs-request-id": request_id}, request)


def refusal(error: ApiError, request_id: str, request: Request) -> Raw:
    """The answer of an action that was refused, with the fields of the request's product family."""
    how = routing.style(request)
    headers = {"x-acs-request-id": request_id}
    if error.retry_after_ms is not None:
        headers["x-acs-retry-after"] = str(error.retry_after_ms)
    if how == "OSS":
        return _oss_refusal(error, request_id, request)
    if how == "OTS":
        return Raw(error.status, messages.ERROR.write({"code": error.code, "message": error.message}))
    if how == "SLS":
        told = json.dumps({"errorCode": error.code, "errorMessage": error.message})
        return Raw(error.status, told.encode(), {_REQUEST_ID[how]: request_id}, "application/json")
    if how == "FC2":
        body: dict[str, Any] = {"ErrorCode": error.code, "ErrorMessage": error.message}
        headers["x-fc-request-id"] = request_id
    elif how == "ROA":
        body = {"Code": error.code, "Message": error.message, "RequestId": request_id}
        headers["x-fc-request-id"] = request_id
    else:
        body = {
            "RequestId": request_id,
            "HostId": request.cloud_host or request.header("host"),
            "Code": error.code,
            "Message": error.message,
            "Recommend": f"https://api.aliyun.com/troubleshoot?q={error.code}",
        }
    return _worded(error.status, {**body, **error.extra}, "Error", headers, request)


def _worded(status: int, body: dict[str, Any], root: str, headers: dict[str, str], request: Request) -> Raw:
    """JSON without `Format`: the vendor's pages differ about the default, its SDKs all say JSON."""
    if routing.style(request) == "RPC" and request.named.get("Format", "").upper() == "XML":
        return Raw(status, (_HEAD + _element(root, body)).encode(), headers, _XML)
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return Raw(status, text.encode(), headers, _JSON)


def _element(name: str, value: Any) -> str:
    """A list is its element repeated, an empty one an empty element; null is left out."""
    if value is None:
        return ""
    if isinstance(value, list) and value:
        return "".join(_element(name, item) for item in value)
    if isinstance(value, dict):
        inner = "".join(_element(key, item) for key, item in value.items())
    elif isinstance(value, bool):
        inner = str(value).lower()
    else:
        inner = escape(_NO_XML.sub("", str(value))) if value != [] else ""
    return f"<{name}>{inner}</{name}>"


def _oss_refusal(error: ApiError, request_id: str, request: Request) -> Raw:
    extra = {name: value for name, value in error.extra.items() if isinstance(value, str)}
    fields = {
        "Code": error.code,
        "Message": error.message,
        "RequestId": request_id,
        "HostId": request.cloud_host or request.header("host"),
        **extra,
    }
    body = _HEAD + _element("Error", fields)
    headers = {"x-oss-request-id": request_id}
    if request.method == "HEAD":  # whose answer has no body
        headers["x-oss-err"] = base64.b64encode(body.encode()).decode()
    return Raw(error.status, body.encode(), headers, "application/xml")
