"""Simple Log Service over HTTP, signed in both of its forms as the vendor's SDKs sign.

The SDKs themselves (alibabacloud_sls20201230, aliyun-log-python-sdk) were run against it by hand.
"""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Callable
from datetime import datetime, timezone
from hashlib import md5, sha1, sha256
from typing import Any
from urllib.parse import quote

import pytest

from emulator.cloud import Cloud
from emulator.server import Server
from tests.functional.emulator.clients import plain

HOST = "cn-hangzhou.log.aliyuncs.com"
STORE = "/logstores/functions"
Sign = Callable[[str, str, str, dict[str, str], dict[str, str], bytes], str]


def signed_v1(
    secret: str, method: str, path: str, query: dict[str, str], headers: dict[str, str], body: bytes
) -> str:
    headers |= {"x-log-signaturemethod": "hmac-sha1"}
    headers |= {"content-md5": md5(body).hexdigest().upper()} if body else {}
    own = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers) if name.startswith("x-"))
    asked = "&".join(f"{name}={query[name]}" for name in sorted(query))
    first = f"{method}\n{headers.get('content-md5', '')}\n{headers['content-type']}\n{headers['date']}\n"
    text = first + own + path + (f"?{asked}" if asked else "")
    made = base64.b64encode(hmac.new(secret.encode(), text.encode(), sha1).digest()).decode()
    return f"LOG {{key}}:{made}"


def signed_v4(
    secret: str, method: str, path: str, query: dict[str, str], headers: dict[str, str], body: bytes
) -> str:
    now = datetime.now(timezone.utc).strftime("%Y%m%dT%H%M%SZ")
    digest = sha256(body).hexdigest()
    headers |= {"x-log-date": now, "x-log-content-sha256": digest}
    names = sorted(name for name in headers if name.startswith("x-log-") or name in ("host", "content-type"))
    asked = "&".join(f"{name}={quote(query[name], safe='~')}" for name in sorted(query))
    own = "".join(f"{name}:{headers[name]}\n" for name in names)
    whole = f"{method}\n{path}\n{asked}\n{own}\n{';'.join(names)}\n{digest}"
    scope = f"{now[:8]}/cn-hangzhou/sls/aliyun_v4_request"
    text = f"SLS4-HMAC-SHA256\n{now}\n{scope}\n{sha256(whole.encode()).hexdigest()}"
    key = ("aliyun_v4" + secret).encode()
    for part in scope.split("/"):
        key = hmac.new(key, part.encode(), sha256).digest()
    made = hmac.new(key, text.encode(), sha256).hexdigest()
    return f"SLS4-HMAC-SHA256 Credential={{key}}/{scope},Signature={made}"


class Sls:
    def __init__(self, server: Server, sign: Any = signed_v1) -> None:
        self._server, self._sign = server, sign

    def __call__(
        self, method: str, path: str, body: Any = None, *, project: str = "logs", **query: str
    ) -> tuple[int, Any]:
        key, sent = self._server.cloud.key, json.dumps(body).encode() if body is not None else b""
        headers = {
            "host": f"{project}.{HOST}" if project else HOST,
            "date": datetime.now(timezone.utc).strftime("%a, %d %b %Y %H:%M:%S GMT"),
            "content-type": "application/json",
            "x-log-apiversion": "0.6.0",
            "x-log-bodyrawsize": str(len(sent)),
        }
        words = self._sign(key.access_key_secret, method, path, query, headers, sent)
        headers["authorization"] = words.format(key=key.access_key_id)
        asked = "&".join(f"{name}={quote(text, safe='')}" for name, text in query.items())
        status, _, told = plain(
            self._server, method, path + (f"?{asked}" if asked else ""), headers, sent or None
        )
        return status, json.loads(told) if told else None


@pytest.fixture(params=[signed_v1, signed_v4], ids=["v1", "v4"])
def sls(request: pytest.FixtureRequest, cloud: Cloud, server: Server) -> Sls:
    return made(Sls(server, request.param))


@pytest.fixture
def one(cloud: Cloud, server: Server) -> Sls:
    return made(Sls(server))


def made(sls: Sls) -> Sls:
    assert sls("POST", "/", {"projectName": "logs", "description": "of functions"}, project="") == (200, None)
    assert sls("POST", "/logstores", {"logstoreName": "functions", "ttl": 30, "shardCount": 2})[0] == 200
    return sls


def test_a_project_and_its_stores_are_made_and_told(sls: Sls) -> None:
    status, project = sls("GET", "/")
    assert (status, project["projectName"], project["region"]) == (200, "logs", "cn-hangzhou")
    assert sls("GET", "/", project="", projectName="log")[1]["count"] == 1
    assert sls("GET", STORE)[1]["ttl"] == 30
    assert sls("PUT", STORE, {"logstoreName": "functions", "ttl": 90})[0] == 200
    assert sls("GET", STORE)[1]["ttl"] == 90
    assert sls("GET", "/logstores", offset="0", size="10")[1]["logstores"] == ["functions"]
    assert sls("DELETE", STORE)[0] == 200
    assert sls("DELETE", "/")[0] == 200
    assert sls("GET", "/")[0] == 404


@pytest.mark.parametrize(
    ("method", "path", "body", "project", "refusal"),
    [
        ("POST", "/", {"projectName": "logs"}, "", (400, "ProjectAlreadyExist")),
        ("POST", "/", {"projectName": "Logs"}, "", (400, "ParameterInvalid")),
        ("GET", "/", None, "none", (404, "ProjectNotExist")),
        ("POST", "/logstores", {"logstoreName": "functions"}, "logs", (400, "LogStoreAlreadyExist")),
        ("POST", "/logstores", {"logstoreName": "a", "ttl": 0}, "logs", (400, "LogStoreInfoInvalid")),
        ("GET", "/logstores/none", None, "logs", (404, "LogStoreNotExist")),
        ("GET", f"{STORE}/index", None, "logs", (404, "IndexConfigNotExist")),
        ("POST", f"{STORE}/index", {}, "logs", (400, "IndexInfoInvalid")),
        ("POST", f"{STORE}/logs", {"from": 0, "to": 9}, "logs", (400, "IndexConfigNotExist")),
        ("POST", f"{STORE}/shards/lb", {}, "logs", (501, "NotImplemented")),
    ],
)
def test_what_cannot_be_is_refused(
    one: Sls, method: str, path: str, body: Any, project: str, refusal: tuple[int, str]
) -> None:
    status, told = one(method, path, body, project=project)

    assert (status, told["errorCode"]) == refusal


def test_a_wrong_signature_is_refused(one: Sls, server: Server) -> None:
    def wrong(secret: str, *rest: Any) -> str:
        return signed_v1("another", *rest)

    assert Sls(server, wrong)("GET", "/")[1]["errorCode"] == "SignatureNotMatch"


LINES = (
    ("1", "scan_expiry", '{"level": "info", "job": 7, "message": "reads CAS"}'),
    ("2", "scan_expiry", "FC Invoke End RequestId: 1-aB"),
    ("3", "deploy_cdn", '{"level": "error", "job": 7, "message": "no CAS: denied"}'),
    ("3", "deploy_cdn", '{"level": "error", "job": 77, "message": "ä"}'),
)


@pytest.fixture
def filled(one: Sls, cloud: Cloud) -> Sls:
    index = {"line": {"token": [" ", ","], "caseSensitive": False, "chn": False}, "keys": {}}
    assert one("POST", f"{STORE}/index", index)[0] == 200
    for time, function, message in LINES:
        row = {"__time__": time, "__topic__": function, "functionName": function, "message": message}
        assert cloud.service("sls").write("logs", "functions", row)
    return one


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", [0, 1, 2, 3]),
        ("*", [0, 1, 2, 3]),
        ("cas", [0, 2]),
        ('"reads cas"', [0]),
        ("CAS reads", [0]),
        ("functionName: deploy_cdn and 7", [2]),
        ("functionName: deploy* not 7", [3]),
        ("reads or (error and 77)", [0, 3]),
        ("1-aB", [1]),
        ("scan", []),
    ],
)
def test_a_query_finds_words(filled: Sls, query: str, found: list[int]) -> None:
    _, told = filled("POST", f"{STORE}/logs", {"from": 0, "to": 9, "query": query})

    assert [row["message"] for row in told["data"]] == [LINES[number][2] for number in found]
    assert (told["meta"]["progress"], told["meta"]["count"]) == ("Complete", len(found))


def test_rows_are_asked_by_time_and_in_pages_and_backwards(filled: Sls) -> None:
    def times(**asked: Any) -> list[str]:
        _, told = filled("POST", f"{STORE}/logs", {"from": 0, "to": 9, **asked})
        return [row["__time__"] for row in told["data"]]

    assert times(**{"from": 2, "to": 3}) == ["2"]
    assert times(line=1, offset=1) == ["2"]
    assert times(reverse=True) == ["3", "3", "2", "1"]
    assert times(topic="scan_expiry") == ["1", "2"]
    older = {"type": "log", "from": "0", "to": "9", "query": "cas", "reverse": "true"}
    assert [row["__time__"] for row in filled("GET", STORE, **older)[1]] == ["3", "1"]


@pytest.mark.parametrize("query", ["(a", "a) b", "a and", '"a'])
def test_a_query_that_cannot_be_read_is_refused(filled: Sls, query: str) -> None:
    status, told = filled("POST", f"{STORE}/logs", {"from": 0, "to": 9, "query": query})

    assert (status, told["errorCode"]) == (400, "ParameterInvalid")


def test_sql_is_not_emulated(filled: Sls) -> None:
    status, told = filled("POST", f"{STORE}/logs", {"from": 0, "to": 9, "query": "* | select 1"})

    assert (status, told["errorCode"]) == (501, "NotImplemented")
