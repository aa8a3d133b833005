"""The TLS edge by real handshakes: who answers a name, at which address, with which key pair."""

from __future__ import annotations

import json
import os
import shutil
import socket
import ssl
import subprocess
import tempfile
import warnings
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from emulator.authority import Authority
from emulator.cloud import Cloud
from emulator.edge import Edge, edge_table
from emulator.server import Server
from tests.functional.emulator.clients import admin
from tests.functional.emulator.official import Clock, Official, populate, sample


@pytest.fixture
def clock(cloud: Cloud) -> Clock:
    return populate(cloud)


@pytest.fixture
def edge(cloud: Cloud, clock: Clock) -> Iterator[Edge]:
    with Edge(cloud) as edge:
        yield edge


def handshake(edge: Edge, name: str | None, at: str = "", *, rsa_only: bool = False) -> str:
    """The SHA-256 of the leaf that the edge shows for `name`, at an address or at the edge."""
    context = ssl.create_default_context(cadata=Authority().root_pem)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    if rsa_only:
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        context.set_ciphers("ECDHE-RSA-AES128-GCM-SHA256")
    with connected(edge, at) as sock, context.wrap_socket(sock, server_hostname=name) as tls:
        leaf = tls.getpeercert(binary_form=True)
        assert leaf is not None
        return sha256(leaf).hexdigest().upper()


def connected(edge: Edge, at: str) -> socket.socket:
    sock = socket.create_connection(("127.0.0.1", edge.port), timeout=5)
    if at:
        sock.sendall(f"CONNECT {at} HTTP/1.1\r\nHost: {at}\r\n\r\n".encode())
        answer = sock.recv(4096).decode()
        if " 200 " not in answer:
            sock.close()
            raise ConnectionError(answer.splitlines()[0])
    return sock


def expected(cloud: Cloud, name: str) -> str:
    return sample().bundle(name, cloud.clock()).sha256


def front(cloud: Cloud, port: int = 443, name: str = "shop-front") -> str:
    """The address of a load balancer's listener."""
    balancers = cloud.service("alb")._balancers
    return f"{next(row for row in balancers if row.name == name).dns_name}:{port}"


def test_a_name_is_answered_by_whoever_serves_it(edge: Edge, cloud: Cloud) -> None:
    assert handshake(edge, "www.example.com") == expected(cloud, "shop")
    assert handshake(edge, "legacy.example.com") == expected(cloud, "hand-made")
    assert handshake(edge, "bücher.example") == expected(cloud, "books")
    assert handshake(edge, "img.sg.example.net") == expected(cloud, "singapore")


def test_it_is_met_by_ipv6_and_chooses_http_1_1_of_what_is_offered(cloud: Cloud, clock: Clock) -> None:
    context = ssl.create_default_context(cadata=Authority().root_pem)
    context.set_alpn_protocols(["h2", "http/1.1"])
    with (
        Edge(cloud, both=True) as edge,
        socket.create_connection(("::1", edge.port), timeout=5) as sock,
        context.wrap_socket(sock, server_hostname="www.example.com") as tls,
    ):
        assert tls.selected_alpn_protocol() == "http/1.1"


OLD, NEW = ["TLSv1", "TLSv1.1"], "TLSv1.3"


@pytest.mark.parametrize(
    ("policy", "versions"),
    [
        (None, [*OLD, "TLSv1.2"]),  # the default, tls_cipher_policy_1_0
        ("tls_cipher_policy_1_1", ["TLSv1.1", "TLSv1.2"]),
        ("tls_cipher_policy_1_2_strict", ["TLSv1.2"]),
        ("tls_cipher_policy_1_2_strict_with_1_3", ["TLSv1.2", NEW]),
    ],
)
def test_a_listener_speaks_the_versions_of_its_policy(
    edge: Edge, cloud: Cloud, policy: str | None, versions: list[str]
) -> None:
    at = front(cloud)
    if policy:
        (listener,) = (row for row in cloud.service("alb")._all_listeners() if row.address == at)
        listener.attributes["SecurityPolicyId"] = policy

    spoken = {version: speaks(edge, at, version) for version in ("TLSv1", "TLSv1.1", "TLSv1.2", NEW)}

    assert [version for version, name in spoken.items() if name] == versions
    assert set(spoken.values()) - {""} == {expected(cloud, "shop")}


def speaks(edge: Edge, at: str, version: str) -> str:
    """The fingerprint that is served to a client of this version alone; "" if the edge does not speak it."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        one = ssl.TLSVersion[version.replace(".", "_")]
        context.minimum_version = context.maximum_version = one
    try:
        with connected(edge, at) as sock, context.wrap_socket(sock, server_hostname="www.example.com") as tls:
            assert tls.version() == version
            return sha256(tls.getpeercert(True) or b"").hexdigest().upper()
    except ssl.SSLError:
        return ""


def test_what_has_no_policy_speaks_the_newest(edge: Edge, cloud: Cloud) -> None:
    assert version_at(edge, "www.example.com.w.kunlunsl.com:443") == "TLSv1.3"
    (listener,) = [row for row in cloud.service("slb")._all_listeners() if row.protocol == "https"][:1]
    assert version_at(edge, listener.address) == "TLSv1.2"
    accelerator, row = next(pair for pair in cloud.service("ga")._all() if pair[1].protocol == "HTTPS")
    assert cloud.service("ga").cipher_policy(f"{accelerator.dns_name}:{row.port}") == "tls_cipher_policy_1_0"


def version_at(edge: Edge, at: str) -> str | None:
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    name = None if "kunlun" not in at else "www.example.com"
    with connected(edge, at) as sock, context.wrap_socket(sock, server_hostname=name) as tls:
        return tls.version()


def test_an_address_is_reached_as_through_a_proxy(edge: Edge, cloud: Cloud) -> None:
    cname = "www.example.com.w.kunlunsl.com:443"
    bucket = "shop-assets.oss-cn-hangzhou.aliyuncs.com:443"

    assert handshake(edge, "m.example.com", cname) == expected(cloud, "shop-ecc")
    assert handshake(edge, "assets.example.com", bucket) == expected(cloud, "shop")
    assert handshake(edge, "www.example.net", "www.example.net:443") == expected(cloud, "brand-net")


def test_a_load_balancer_chooses_by_name_and_falls_back_to_its_default(edge: Edge, cloud: Cloud) -> None:
    at = front(cloud)

    assert handshake(edge, "www.example.net", at) == expected(cloud, "brand-net")
    assert handshake(edge, "www.example.org", at) == expected(cloud, "brand-org")
    assert handshake(edge, "unknown.test", at) == expected(cloud, "shop")
    assert handshake(edge, None, at) == expected(cloud, "shop")
    assert handshake(edge, "www.example.com", front(cloud, 4433)) == expected(cloud, "brand-org")


def test_ecc_goes_before_rsa_where_the_client_takes_both(
    edge: Edge, cloud: Cloud, clock: Clock, server: Server
) -> None:
    alb = Official(server, "alb", "alb.cn-hangzhou.aliyuncs.com")
    listener = next(r for r in alb("ListListeners").listeners if r.listener_port == 443)
    alb(
        "AssociateAdditionalCertificatesWithListener",
        ListenerId=listener.listener_id,
        Certificates=[{"CertificateId": sample().identifier("shop-ecc")}],
    )
    assert handshake(edge, "www.example.com", front(cloud)) == expected(cloud, "shop")
    clock.advance(cloud.settle_s)

    both = handshake(edge, "www.example.com", front(cloud))
    rsa = handshake(edge, "www.example.com", front(cloud), rsa_only=True)

    assert both == expected(cloud, "shop-ecc")
    assert rsa == expected(cloud, "shop")


@pytest.mark.parametrize("name", ["video.example.com", "nobody.test", None])
def test_a_name_that_nobody_serves_is_refused(edge: Edge, name: str | None) -> None:
    with pytest.raises(ssl.SSLError, match=r"(?i)unrecognized|handshake"):
        handshake(edge, name)


def test_an_address_that_is_not_there_is_not_reached(edge: Edge, cloud: Cloud) -> None:
    gone = ["alb-gone.cn-hangzhou.alb.aliyuncsslb.com:443", front(cloud, 444), "nobody.test:443"]
    internal = front(cloud, name="back-office")

    for at in [*gone, internal]:
        with pytest.raises(ConnectionError, match="502"):
            connected(edge, at)


def test_a_listener_without_certificate_breaks_off(edge: Edge, cloud: Cloud) -> None:
    with pytest.raises(ssl.SSLError):
        handshake(edge, "www.example.com", front(cloud, 8443))


def test_a_renewed_certificate_is_seen_by_the_next_handshake(
    edge: Edge, cloud: Cloud, clock: Clock, server: Server
) -> None:
    renewed = Authority().issue(["example.com", "*.example.com"], key_slot="renewed")
    cas = Official(server, "cas", "cas.aliyuncs.com")
    uploaded = cas("UploadUserCertificate", Name="new", Cert=renewed.certificate_pem, Key=renewed.key_pem)
    Official(server, "cdn", "cdn.aliyuncs.com")(
        "SetCdnDomainSSLCertificate",
        DomainName="www.example.com",
        SSLProtocol="on",
        CertType="cas",
        CertId=uploaded.cert_id,
    )

    assert handshake(edge, "www.example.com") == expected(cloud, "shop")
    clock.advance(cloud.settle_s)
    assert handshake(edge, "www.example.com") == renewed.sha256


def test_the_chain_verifies_and_http_is_answered(edge: Edge, tmp_path: Path) -> None:
    context = ssl.create_default_context(cadata=Authority().root_pem)
    with (
        connected(edge, "") as sock,
        context.wrap_socket(sock, server_hostname="www.example.com") as tls,
    ):
        tls.sendall(b"GET / HTTP/1.1\r\nHost: www.example.com\r\n\r\n")
        assert tls.recv(4096).startswith(b"HTTP/1.1 200 OK")


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_curl_takes_the_edge_for_a_proxy(edge: Edge, tmp_path: Path) -> None:
    root = tmp_path / "root.pem"
    root.write_text(Authority().root_pem)
    done = subprocess.run(
        ["curl", "-sS", "-x", f"http://{edge.address}", "--cacert", root, "https://www.example.com"],
        capture_output=True,
        timeout=10,
    )

    assert (done.returncode, done.stdout) == (0, b"served by the emulated edge\n"), done.stderr


def test_the_table_agrees_with_handshakes(edge: Edge, cloud: Cloud, server: Server) -> None:
    rows = admin(server, "GET", "edge")
    full = [row for row in rows if row["fingerprint_sha256"]]
    sampled = [row for row in full if row["server_name"]][::4]

    assert rows == json.loads(json.dumps(edge_table(cloud)))
    assert {row["product"] for row in full} >= {"alb", "cdn", "oss"}
    assert {row["server_name"] for row in rows} - {row["server_name"] for row in full} >= {
        "video.example.com",
        "files.example.com",
    }
    for row in sampled:
        assert handshake(edge, row["server_name"], row["host"]) == row["fingerprint_sha256"]


def test_private_keys_do_not_stay_on_disk(
    edge: Edge, cloud: Cloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    handshake(edge, "www.example.net")

    assert os.listdir(tmp_path) == []


def test_nonsense_does_not_stop_the_edge(edge: Edge, cloud: Cloud) -> None:
    for text in (b"GET / HTTP/1.1\r\n\r\n", b"CONNECT\r\n\r\n", b"\x16\x03\x01\xff\xff", b""):
        with socket.create_connection(("127.0.0.1", edge.port), timeout=5) as sock:
            sock.sendall(text)
    assert handshake(edge, "www.example.com") == expected(cloud, "shop")
