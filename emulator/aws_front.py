"""AWS's own hosts, `*.amazonaws.com`, at the port of the APIs: handed on to moto, which tells them apart."""

from __future__ import annotations

import http.client
import json
from threading import Lock
from typing import Any
from urllib.parse import urlsplit

from emulator import aws
from emulator.api import Raw
from emulator.request import Request

ZONE = "amazonaws.com"
HOSTS = (
    "acm.{region}.amazonaws.com",
    "ec2.{region}.amazonaws.com",
    "elasticloadbalancing.{region}.amazonaws.com",
)
EVERYWHERE = ("cloudfront.amazonaws.com", "iam.amazonaws.com", "sts.amazonaws.com")
_PATIENCE_S = 60.0
_OF_A_CONNECTION = frozenset(
    {"connection", "content-length", "date", "keep-alive", "server", "transfer-encoding"}
)
_MISSING = "AWS is played by moto, which is not installed: pip install 'certdeploy-emulator[aws]'"
_lock = Lock()


def is_aws(host: str) -> bool:
    """Whether a host, in lower case, is one of AWS's."""
    return host.endswith(f".{ZONE}")


def answer(service: Any, request: Request) -> Raw:
    """What moto says. `service`: the cloud's AWS, which is started if it was not; that takes seconds."""
    if not aws.installed():
        text = json.dumps({"__type": "NotImplemented", "message": _MISSING})
        return Raw(501, text.encode(), {}, "application/x-amz-json-1.1")
    with _lock:
        address = urlsplit(service.start(empty=True)["endpoint"]).netloc
    connection = http.client.HTTPConnection(address, timeout=_PATIENCE_S)
    target = f"{request.path}?{request.query}" if request.query else request.path
    headers = {name: text for name, text in request.headers.items() if name not in _OF_A_CONNECTION}
    try:
        connection.request(request.method, target, request.body, headers)
        told = connection.getresponse()
        body = told.read()
    finally:
        connection.close()
    given = {name.lower(): text for name, text in told.getheaders()}
    kept = {name: text for name, text in given.items() if name not in _OF_A_CONNECTION}
    return Raw(told.status, body, kept, kept.pop("content-type", "application/octet-stream"))
