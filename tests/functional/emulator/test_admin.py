"""What a running emulator tells of itself and takes as orders, through its own client."""

from __future__ import annotations

import socket
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from emulator.admin_gate import Gate
from emulator.client import Client, EmulatorError
from emulator.cloud import Cloud
from emulator.estate import plain_of
from emulator.front_authority import FrontAuthority
from emulator.server import Server, running
from tests.functional.emulator.clients import call, refusal

ESTATE = {
    "certificates": {"main": {"names": ["*.example.com"], "days": 12, "key": "ecdsa-p256"}},
    "cdn": [{"domain": "www.example.com", "certificate": "main"}],
}
MORE = {
    "certificates": {"next": {"names": ["*.example.com"], "key": "ecdsa-p256"}},
    "cdn": [{"domain": "api.example.com", "certificate": "main"}, ESTATE["cdn"][0]],
    "regions": ["cn-shanghai"],
}
CDN = ("DescribeUserDomains", "2018-05-10")


@pytest.fixture
def client(server: Server) -> Client:
    return Client(server.endpoint)


def domains(server: Server) -> list[str]:
    page = call(server, *CDN)["Domains"]["PageData"]
    return sorted(row["DomainName"] for row in page)


def test_the_index_names_every_request_with_what_it_does(client: Client) -> None:
    told = client.ask("GET", "")

    assert {(row["method"], row["path"]) for row in told} >= {
        ("GET", "/_emulator/actions"),
        ("POST", "/_emulator/estate/merge"),
        ("DELETE", "/_emulator/faults/ID"),
    }
    assert all(row["does"] for row in told)
    for row in told:
        if row["method"] == "GET" and not row["path"].endswith(("ID", "aws", "ca")):
            client.ask("GET", row["path"].removeprefix("/_emulator/"))


def test_each_action_says_how_certain_it_is(client: Client) -> None:
    found = {(row["api"], row["action"]): row for row in client.ask("GET", "actions")}

    sure = found["cdn", "DescribeUserDomains"]
    assert (sure["certainty"], sure["source"]) == ("documented", "the vendor's API metadata")
    assert found["slb", "DescribeServerCertificates"]["certainty"] == "guessed in part"
    assert found["oss", "ListCname"]["source"] == "the vendor's SDKs alibabacloud_oss_v2 and oss2"
    assert found["EventBridge", "PutEvents"]["certainty"] == "seen in a client"
    assert found["kubernetes", "PatchSecret"]["certainty"] == "seen in a client"


def test_an_estate_is_loaded_and_told_as_a_file_that_can_be_loaded(server: Server, client: Client) -> None:
    client.load("cdn: [{domain: img.example.com}]\n")
    assert domains(server) == ["img.example.com"]

    client.load(ESTATE)

    assert domains(server) == ["www.example.com"]
    assert client.ask("GET", "estate?saved=false") == ESTATE
    client.load(client.saved())
    assert domains(server) == ["www.example.com"]


def test_more_is_added_to_an_estate(server: Server, client: Client) -> None:
    client.load(ESTATE)
    client.merge(MORE)

    assert domains(server) == ["api.example.com", "www.example.com"]
    told = client.ask("GET", "estate")
    assert list(told["certificates"]) == ["main", "next"]
    assert told["regions"] == ["cn-shanghai"]


@pytest.mark.parametrize("how", ["estate", "estate/merge"])
@pytest.mark.parametrize(
    ("body", "why"),
    [
        ({"cdn": [{"domain": "x.example.com", "certificate": "mian"}]}, 'no certificate is named "mian"'),
        ({"cdm": []}, 'did you mean "cdn"?'),
        ("- a", "a mapping is expected at the top"),
        ("a: [", "not YAML or JSON"),
    ],
)
def test_a_wrong_estate_changes_nothing(
    server: Server, client: Client, how: str, body: Any, why: str
) -> None:
    client.load(ESTATE)

    with pytest.raises(EmulatorError) as caught:
        client.ask("POST", how, body)

    assert why in str(caught.value)
    assert plain_of(server.cloud.estate) == ESTATE


def test_time_stands_and_moves_as_it_is_told(server: Server, client: Client) -> None:
    client.load(ESTATE)
    moment = datetime(2030, 1, 2, 3, 4, 5, tzinfo=timezone.utc)

    client.freeze(moment)
    client.advance(86400)

    assert server.cloud.clock() == moment + timedelta(days=1)
    assert client.ask("GET", "clock") == {"now": "2030-01-03T03:04:05+00:00", "frozen": True}

    client.freeze(False)
    assert moment + timedelta(days=1) < server.cloud.clock() < moment + timedelta(days=1, minutes=1)
    client.reset()
    assert server.cloud.clock() - datetime.now(timezone.utc) < timedelta(minutes=1)


def test_a_signature_is_good_however_the_time_is_set(server: Server, client: Client) -> None:
    client.advance(1000 * 86400)

    assert call(server, "GetCallerIdentity")["AccountId"] == server.cloud.account


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ({"advance": -1}, "advance: "),
        ({"advance": 1e300}, "advance: "),
        ({"freeze": "2030-01-01T00:00:00"}, "freeze"),
        ({"freez": True}, 'did you mean "freeze"?'),
        ({"freeze": "9999-12-31T00:00:00Z", "advance": 86400 * 2}, "beyond the calendar"),
    ],
    ids=str,
)
def test_a_wrong_time_is_refused(client: Client, body: dict[str, Any], why: str) -> None:
    with pytest.raises(EmulatorError, match=why.replace("?", "[?]")):
        client.ask("POST", "clock", body)


def test_what_is_under_way_settles_when_told(cloud: Cloud) -> None:
    cloud.settle_s = 3600
    with running(cloud) as server:
        client = Client(server.endpoint)
        before = cloud.clock()
        client.settle()
        assert timedelta(hours=1) <= cloud.clock() - before < timedelta(hours=1, minutes=1)


def test_delays_and_limits_are_changed_at_run_time(server: Server, client: Client) -> None:
    told = client.ask("POST", "options", {"settle_s": 7.5, "latency_ms": 1, "limits": "documented"})

    assert (told["settle_s"], told["latency_ms"], told["limits"]) == (7.5, 1, "documented")
    assert (server.cloud.settle_s, server.cloud.latency_s, server.cloud.limits) == (7.5, 0.001, "documented")
    with pytest.raises(EmulatorError, match="latency_ms"):
        client.ask("POST", "options", {"latency_ms": -1})


def test_calls_are_filtered(server: Server, client: Client) -> None:
    first = call(server, "GetCallerIdentity", host="sts.cn-beijing.aliyuncs.com")["RequestId"]
    call(server, *CDN)
    refusal(server, "Nothing")
    call(server, "GetCallerIdentity")

    def told(**wanted: str) -> list[str]:
        return [row["action"] for row in client.calls(**wanted)]

    assert told(api="sts", action="GetCallerIdentity", region="cn-beijing") == ["GetCallerIdentity"]
    assert told(after=first) == ["DescribeUserDomains", "Nothing", "GetCallerIdentity"]
    assert told(status="404") == ["Nothing"]
    assert told(limit="1") == ["GetCallerIdentity"]
    assert [row["action"] for row in client.refused()] == ["Nothing"]
    for wrong in ({"after": "x"}, {"colour": "blue"}, {"limit": "0"}):
        with pytest.raises(EmulatorError):
            client.calls(**wrong)


def test_of_a_long_run_the_latest_calls_are_kept(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(cloud.calls), "longest", 20)
    with running(cloud) as server:
        for number in range(25):
            call(server, "GetCallerIdentity", host=f"sts.cn-{number}.aliyuncs.com")

    assert len(cloud.calls) <= 20
    assert cloud.calls[-1].region == "cn-24"


def test_the_ca_is_told_where_there_is_one(client: Client) -> None:
    with pytest.raises(EmulatorError, match="no such request"):
        client.ask("GET", "ca")
    authority = FrontAuthority()
    with running(Cloud(), authority=authority) as server:
        assert Client(server.endpoint).ask("GET", "ca") == authority.pem
    assert "BEGIN CERTIFICATE" in client.ask("GET", "roots")


def test_a_kubeconfig_is_had_without_a_signature(client: Client) -> None:
    client.load({"ack": [{"name": "shop", "region": "cn-hangzhou"}]})

    assert "certificate-authority-data" in client.ask("GET", "kubeconfig/shop")
    with pytest.raises(EmulatorError, match="no such request: GET /_emulator/kubeconfig/nope"):
        client.ask("GET", "kubeconfig/nope")


def test_faults_and_denials_are_ordered_in_a_line(server: Server, client: Client) -> None:
    fault = client.fault("GetCallerIdentity", code="Busy", status=409)
    denial = client.deny("sts:*")
    assert refusal(server, "GetCallerIdentity")[1] == "Busy"
    assert refusal(server, "GetCallerIdentity")[0] == 403
    assert [row["id"] for row in client.faults()] == [fault]
    client.ask("DELETE", f"denials/{denial}")
    assert call(server, "GetCallerIdentity")


def test_where_no_emulator_is_is_told_in_a_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(EmulatorError, match=f"no emulator answers at http://127.0.0.1:{port}: "):
        Client(f"http://127.0.0.1:{port}").reset()
    with pytest.raises(EmulatorError, match=r"'127.0.0.1:8100' is no endpoint such as http://127"):
        Client("127.0.0.1:8100")


def test_a_token_is_sent() -> None:
    with running(Cloud(), gate=Gate("token", beyond=True)) as server:
        Client(server.endpoint, "token").reset()
        with pytest.raises(EmulatorError, match="EMULATOR_TOKEN"):
            Client(server.endpoint).reset()
