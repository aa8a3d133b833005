"""The cloud's own hosts over TLS: unchanged clients reach them by name, through a proxy or without one."""

from __future__ import annotations

import http.client
import json
import socket
import ssl
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from cryptography import x509

from emulator.access_log import AccessLog
from emulator.cloud import Cloud
from emulator.faults import Fault
from emulator.front_authority import FrontAuthority, speaks_for
from emulator.server import Server, running
from tests.functional.emulator.clients import legacy, plain

HOST = "sts.cn-shanghai.aliyuncs.com"
STS = {"Action": "GetCallerIdentity", "Version": "2015-04-01"}


@pytest.fixture(scope="module")
def authority() -> FrontAuthority:
    return FrontAuthority()


@pytest.fixture
def front(cloud: Cloud, authority: FrontAuthority, tmp_path: Path) -> Iterator[Server]:
    log = AccessLog(tmp_path / "log")
    with running(cloud, https_port=0, authority=authority, log=log) as server:
        yield server
    log.close()


@pytest.fixture
def trusting(authority: FrontAuthority) -> ssl.SSLContext:
    context = ssl.create_default_context(cadata=authority.pem)
    context.set_alpn_protocols(["h2", "http/1.1"])
    return context


def a_connection(server: Server, context: ssl.SSLContext, how: str) -> http.client.HTTPConnection:
    """To `HOST`, which leads to the emulator: as a proxy, by its own port for TLS, or the one of the APIs."""
    if how == "plain through a proxy":
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=5)
        connection.set_tunnel(HOST, 80)
        return connection
    secure = http.client.HTTPSConnection(HOST, context=context, timeout=5)
    if how == "proxy":
        secure = http.client.HTTPSConnection("127.0.0.1", server.port, context=context, timeout=5)
        secure.set_tunnel(HOST, 443)
        return secure
    where = {"IPv4": ("127.0.0.1", server.https_port), "IPv6": ("::1", server.https_port)}
    address = where.get(how, ("127.0.0.1", server.port))
    made = partial(socket.create_connection, address)
    secure._create_connection = lambda address, *more: made(5)  # type: ignore[attr-defined]
    return secure


@pytest.mark.parametrize("how", ["proxy", "plain through a proxy", "IPv4", "IPv6", "the port of the APIs"])
def test_a_client_that_is_not_changed_reaches_the_region_of_the_host(
    front: Server, trusting: ssl.SSLContext, how: str
) -> None:
    connection = a_connection(front, trusting, how)
    for nonce in ("one", "two"):  # the connection stays open
        connection.request("GET", legacy(front.cloud, {**STS, "SignatureNonce": nonce}))
        answer = connection.getresponse()
        assert (answer.status, json.loads(answer.read())["AccountId"]) == (200, front.cloud.account)
    connection.close()

    assert [record.region for record in front.cloud.calls] == ["cn-shanghai", "cn-shanghai"]


@pytest.mark.parametrize(
    "name",
    [
        HOST,
        "bucket.oss-cn-hangzhou.aliyuncs.com",
        "1234.cn-beijing.fc.aliyuncs.com",
        "localhost",
        "127.0.0.1",
    ],
)
def test_each_host_has_a_certificate_of_its_own(front: Server, trusting: ssl.SSLContext, name: str) -> None:
    with (
        socket.create_connection(("127.0.0.1", front.https_port), 5) as plain,
        trusting.wrap_socket(plain, server_hostname=name) as secure,
    ):
        assert secure.selected_alpn_protocol() == "http/1.1"
        assert secure.version() == "TLSv1.3"


@pytest.mark.parametrize("name", ["www.example.com", "aliyuncs.com.example.com", "evilaliyuncs.com"])
def test_another_host_is_nobody_s(front: Server, trusting: ssl.SSLContext, name: str) -> None:
    with (
        socket.create_connection(("127.0.0.1", front.https_port), 5) as plain,
        pytest.raises(ssl.SSLCertVerificationError, match=f"not valid for '{name}'"),
    ):
        trusting.wrap_socket(plain, server_hostname=name)


def test_a_proxy_leads_to_the_cloud_alone(front: Server, trusting: ssl.SSLContext) -> None:
    connection = http.client.HTTPSConnection("127.0.0.1", front.port, context=trusting, timeout=5)
    connection.set_tunnel("www.example.com", 443)
    with pytest.raises(OSError, match="502 This host is not emulated"):
        connection.connect()
    connection.close()


def test_who_trusts_the_ca_trusts_it_for_the_cloud_and_this_machine_alone(authority: FrontAuthority) -> None:
    certificate = x509.load_pem_x509_certificate(authority.pem.encode())
    found = certificate.extensions.get_extension_for_class(x509.NameConstraints)
    assert found.critical
    assert [str(name.value) for name in found.value.permitted_subtrees or []] == [
        *("aliyuncs.com", "amazonaws.com", "localhost"),
        *("127.0.0.1/32", "::1/128"),
    ]
    assert FrontAuthority().pem != authority.pem, "its key is in no other process"


def test_a_server_without_a_ca_of_the_cloud_s_hosts_takes_no_tls(
    server: Server, trusting: ssl.SSLContext
) -> None:
    with (
        socket.create_connection(("127.0.0.1", server.port), 5) as plain,
        pytest.raises((ssl.SSLError, ConnectionError)),
    ):
        trusting.wrap_socket(plain, server_hostname=HOST)


def test_a_fault_closes_a_connection_over_tls_too(front: Server, trusting: ssl.SSLContext) -> None:
    front.cloud.faults.add(Fault("GetCallerIdentity", drop=True))
    connection = a_connection(front, trusting, "IPv4")
    connection.request("GET", legacy(front.cloud, STS))
    with pytest.raises((ConnectionError, ssl.SSLError)):
        connection.getresponse()
    connection.close()


def test_a_client_that_says_nothing_keeps_nobody_waiting(front: Server, trusting: ssl.SSLContext) -> None:
    with (
        socket.create_connection(("127.0.0.1", front.port), 5),
        socket.create_connection(("127.0.0.1", front.port), 5) as half,
    ):
        half.sendall(b"CONNECT ")
        connection = a_connection(front, trusting, "IPv4")
        connection.request("GET", legacy(front.cloud, STS))
        assert connection.getresponse().status == 200
        connection.close()


def test_the_access_log_has_neither_signature_nor_key(
    front: Server, trusting: ssl.SSLContext, tmp_path: Path
) -> None:
    connection = a_connection(front, trusting, "proxy")
    connection.request("GET", legacy(front.cloud, STS))
    connection.getresponse().read()
    connection.close()

    (line,) = (tmp_path / "log").read_text().splitlines()
    entry = json.loads(line)
    assert (entry.pop("ms") >= 0, bool(entry.pop("time"))) == (True, True)
    assert entry == {
        "client": "127.0.0.1",
        "scheme": "https",
        "host": HOST,
        "method": "GET",
        "path": "/",
        "action": "GetCallerIdentity",
        "status": 200,
    }


def test_aws_without_moto_is_refused_and_says_what_is_missing(
    front: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("emulator.aws.installed", lambda: False)
    status, _, body = plain(front, "POST", "/", {"Host": "acm.us-east-1.amazonaws.com"}, b"{}")

    assert status == 501
    assert json.loads(body)["message"].endswith("pip install 'certdeploy-emulator[aws]'")


@pytest.mark.parametrize(
    ("host", "spoken_for"),
    [
        ("a.aliyuncs.com", True),
        ("a_b.c.aliyuncs.com", True),
        ("x.localhost", True),
        ("::1", True),
        ("acm.us-east-1.amazonaws.com", True),
        ("aws.amazon.com", False),
        ("aliyuncs.com", False),
        (".aliyuncs.com", False),
        ("*.aliyuncs.com", False),
        ("a..aliyuncs.com", False),
        (f"{'a' * 64}.aliyuncs.com", False),
        (f"{'a.' * 130}aliyuncs.com", False),
        ("10.0.0.1", False),
        ("", False),
    ],
)
def test_a_certificate_is_made_for_whole_names_of_the_cloud(host: str, spoken_for: bool) -> None:
    assert speaks_for(host) is spoken_for
