"""The vendor's own generic client against an emulated cloud, and plain HTTP for what it cannot
send."""

from __future__ import annotations

import base64
import hmac
import http.client
import json
from datetime import datetime, timezone
from hashlib import sha1
from typing import Any
from urllib.parse import quote

from alibabacloud_tea_openapi.client import Client
from alibabacloud_tea_openapi.utils import Utils
from alibabacloud_tea_openapi.utils_models import Config, OpenApiRequest, Params
from darabonba.exceptions import DaraException
from darabonba.runtime import RuntimeOptions

from emulator.cloud import Cloud
from emulator.keys import AccessKey
from emulator.server import Server


def config(server: Server, key: AccessKey | None = None, **more: Any) -> Config:
    key = key or server.cloud.key
    return Config(
        access_key_id=key.access_key_id,
        access_key_secret=key.access_key_secret,
        security_token=key.token or None,
        endpoint=server.address,
        protocol="http",
        **more,
    )


def call(
    server: Server,
    action: str,
    version: str = "2015-04-01",
    query: dict[str, Any] | None = None,
    form: dict[str, Any] | None = None,
    *,
    key: AccessKey | None = None,
    method: str = "POST",
    host: str = "",
    **more: Any,
) -> dict[str, Any]:
    """One RPC call by the generic client; its answer's body."""
    params = Params(
        action=action,
        version=version,
        protocol="HTTP",
        pathname="/",
        method=method,
        auth_type="AK",
        style="RPC",
        req_body_type="formData",
        body_type="json",
    )
    request = OpenApiRequest(
        query=Utils.query(query or {}),
        body=form,
        headers={"x-emulator-host": host} if host else None,
    )
    client = Client(config(server, key, **more))
    body: dict[str, Any] = client.call_api(params, request, RuntimeOptions())["body"]
    return body


def refusal(server: Server, *arguments: Any, **more: Any) -> tuple[int, str, str]:
    """Status, code and message of the refusal of a `call`."""
    try:
        call(server, *arguments, **more)
    except DaraException as error:
        return error.status_code, error.code, error.message  # type: ignore[attr-defined]
    raise AssertionError("the call was not refused")


def plain(
    server: Server,
    method: str,
    target: str,
    headers: dict[str, str] | None = None,
    body: bytes | None = None,
) -> tuple[int, dict[str, str], bytes]:
    """One HTTP request as given; status, headers in lower case, body."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    try:
        connection.request(method, target, body, headers or {})
        response = connection.getresponse()
        found = {name.lower(): text for name, text in response.getheaders()}
        return response.status, found, response.read()
    finally:
        connection.close()


def admin(server: Server, method: str, name: str, body: Any = None) -> Any:
    sent = None if body is None else json.dumps(body).encode()
    status, _, text = plain(server, method, f"/_emulator/{name}", body=sent)
    assert status == 200, text
    return json.loads(text)


def wrong(server: Server, name: str, body: Any) -> str:
    """What is said of an order that is refused."""
    sent = json.dumps(body).encode()
    status, _, text = plain(server, "POST", f"/_emulator/{name}", body=sent)
    assert status == 400
    return str(json.loads(text)["error"])


def legacy(cloud: Cloud, params: dict[str, str]) -> str:
    """A request target signed in the old RPC form, written out from its documentation."""
    signed = {
        "AccessKeyId": cloud.key.access_key_id,
        "Format": "JSON",
        "SignatureMethod": "HMAC-SHA1",
        "SignatureNonce": "once",
        "SignatureVersion": "1.0",
        "Timestamp": datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
        **params,
    }
    query = "&".join(f"{name}={quote(signed[name], safe='~')}" for name in sorted(signed))
    text = f"GET&%2F&{quote(query, safe='~')}"
    secret = (cloud.key.access_key_secret + "&").encode()
    signature = base64.b64encode(hmac.new(secret, text.encode(), sha1).digest())
    return f"/?{query}&Signature={quote(signature, safe='')}"
