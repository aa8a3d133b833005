"""The wire as clients of other makers use it: the vendor's older SDK, XML, a proxy's request targets."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from typing import Any

import oss2
import pytest
from alibabacloud_tea_openapi.client import Client
from alibabacloud_tea_openapi.utils_models import Config, OpenApiRequest, Params
from aliyunsdkcore.acs_exception.exceptions import ServerException
from aliyunsdkcore.client import AcsClient
from aliyunsdkcore.request import AcsRequest, RoaRequest, RpcRequest
from darabonba.runtime import RuntimeOptions

from emulator.server import Server
from tests.functional.emulator.clients import admin, legacy, plain
from tests.functional.emulator.official import populate

STS = "2015-04-01"
HERE = {"RegionId": "cn-shanghai"}
READS = {
    "ListUserCertificateOrder": ("2020-04-07", {"OrderType": "CERT"}),
    "DescribeUserDomains": ("2018-05-10", {}),
    "ListListeners": ("2020-06-16", HERE),
    "DescribeServerCertificates": ("2014-05-15", HERE),
}


def older(server: Server, request: AcsRequest, secret: str = "") -> dict[str, Any]:
    """By aliyun-python-sdk-core."""
    key = server.cloud.key
    client = AcsClient(key.access_key_id, secret or key.access_key_secret, "cn-hangzhou", auto_retry=False)
    request.set_endpoint(server.address)
    request.set_protocol_type("http")
    found: dict[str, Any] = json.loads(client.do_action_with_exception(request))
    return found


def by_action() -> RpcRequest:
    return RpcRequest("Sts", STS, "GetCallerIdentity")


def by_path() -> RoaRequest:
    request = RoaRequest("CS", "2015-12-15", "DescribeClustersV1", uri_pattern="/api/v1/clusters")
    request.set_method("GET")
    return request


def test_the_older_sdk_is_answered(server: Server) -> None:
    assert older(server, by_action())["AccountId"] == server.cloud.account
    assert older(server, by_path())["page_info"]


def test_the_older_sdk_tells_a_wrong_secret_by_the_string_to_sign(server: Server) -> None:
    with pytest.raises(ServerException) as refused:
        older(server, by_action(), secret="wrong")

    assert refused.value.get_error_code() == "InvalidAccessKeySecret"


def test_the_older_sdk_reads_the_refusal_of_a_call_by_path(server: Server) -> None:
    with pytest.raises(ServerException) as refused:
        older(server, by_path(), secret="wrong")

    assert refused.value.get_error_code() == "SignatureDoesNotMatch"
    assert "server string to sign is:GET\n" in refused.value.get_error_msg()


@pytest.mark.parametrize("action", READS)
@pytest.mark.parametrize("word", ["XML", "xml"])
def test_an_answer_in_xml_says_what_it_says_in_json(server: Server, action: str, word: str) -> None:
    populate(server.cloud)
    version, params = READS[action]
    named = {"Action": action, "Version": version, **params}

    as_json = json.loads(plain(server, "GET", legacy(server.cloud, named))[2])
    status, headers, body = plain(
        server, "GET", legacy(server.cloud, {**named, "Format": word, "SignatureNonce": "other"})
    )

    root = ET.fromstring(body)
    root.find("RequestId").text = as_json["RequestId"]  # type: ignore[union-attr]
    assert (status, root.tag) == (200, f"{action}Response")
    assert headers["content-type"].startswith("text/xml")
    assert sorted(leaves_of_xml(root)) == sorted(leaves(as_json))


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, list):
        for item in value or [""]:
            yield from leaves(item, path)
    elif isinstance(value, dict) and value:
        for name, item in value.items():
            yield from leaves(item, f"{path}/{name}")
    else:
        yield path, str(value).lower() if isinstance(value, bool) else str(value or "") or str(value)


def leaves_of_xml(node: ET.Element, path: str = "") -> Iterator[tuple[str, str]]:
    for child in node:
        if len(child):
            yield from leaves_of_xml(child, f"{path}/{child.tag}")
        else:
            yield f"{path}/{child.tag}", child.text or ""


def test_text_that_xml_cannot_hold_is_escaped_or_left_out(server: Server) -> None:
    awkward = "<b> & \x01\ufffe"
    fault = {"action": "GetCallerIdentity", "message": awkward}
    admin(server, "POST", "faults", fault)
    target = legacy(server.cloud, {"Action": "GetCallerIdentity", "Version": STS, "Format": "XML"})

    root = ET.fromstring(plain(server, "GET", target)[2])

    assert root.findtext("Message") == "<b> & "


def test_a_refusal_in_xml_has_every_field_of_the_vendors(server: Server) -> None:
    target = legacy(server.cloud, {"Action": "DescribeMoon", "Version": STS, "Format": "XML"})

    status, _, body = plain(server, "GET", target)

    root = ET.fromstring(body)
    assert (status, root.tag, root.findtext("Code")) == (404, "Error", "InvalidAction.NotFound")
    assert [child.tag for child in root] == ["RequestId", "HostId", "Code", "Message", "Recommend"]


@pytest.mark.parametrize("form", [{}, {"signature_algorithm": "v2"}], ids=["v3", "v1"])
@pytest.mark.parametrize(
    ("style", "action", "version", "path"),
    [("RPC", "GetCallerIdentity", STS, "/"), ("ROA", "ListGateway", "2021-07-01", "/api/v2/gateways")],
)
def test_a_client_behind_a_proxy_signs_well(
    server: Server, form: dict[str, str], style: str, action: str, version: str, path: str
) -> None:
    """Plain HTTP by a proxy: the request target is the whole URL, and the emulator is the proxy."""
    key = server.cloud.key
    client = Client(
        Config(
            access_key_id=key.access_key_id,
            access_key_secret=key.access_key_secret,
            endpoint="sts.cn-shanghai.aliyuncs.com",
            protocol="http",
            http_proxy=server.endpoint,
            **form,
        )
    )
    params = Params(
        action=action,
        version=version,
        protocol="HTTP",
        pathname=path,
        method="GET",
        auth_type="AK",
        style=style,
        req_body_type="json",
        body_type="json",
    )

    client.call_api(params, OpenApiRequest(query={"PageSize": "1"}), RuntimeOptions(autoretry=False))

    assert (server.cloud.calls[-1].action, server.cloud.calls[-1].code) == (action, "")


def test_an_oss_client_behind_a_proxy_signs_well(server: Server) -> None:
    key = server.cloud.key
    auth = oss2.Auth(key.access_key_id, key.access_key_secret)
    service = oss2.Service(auth, "http://oss-cn-hangzhou.aliyuncs.com", proxies={"http": server.endpoint})

    assert service.list_buckets().buckets == []


@pytest.mark.parametrize("target", ["http://{0}/_emulator/health", "HTTP://{0}/_emulator/health"])
def test_a_request_target_in_absolute_form_is_its_path(server: Server, target: str) -> None:
    assert plain(server, "GET", target.format(server.address))[0] == 200
