"""WAF as its official SDK sees it: a domain changed as a whole, and the ports of cloud resources."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.cloud import Cloud
from emulator.estate import parse_estate
from emulator.server import Server
from tests.functional.emulator.clients import refusal
from tests.functional.emulator.official import PACKAGES, Clock, Official

NAMES = ("old", "new", "third")
DOMAIN, BALANCER, MACHINE = "www.example.com", "lb-bp1shop", "i-bp1shop"
ESTATE: dict[str, Any] = {
    "certificates": {name: {"names": ["*.example.com"], "key": "ecdsa-p256"} for name in NAMES}
    | {"foreign": {"names": ["www.example.net"], "key": "ecdsa-p256"}},
    "waf": [
        {
            "default": "old",
            "domains": [{"domain": DOMAIN, "certificate": "old"}],
            "resources": [
                {
                    "instance": BALANCER,
                    "product": "clb4",
                    "region": "cn-hangzhou",
                    "ports": [
                        {"port": 443, "certificate": "old", "extensions": ["foreign"]},
                        {"port": 80, "protocol": "http"},
                    ],
                },
                {"instance": MACHINE, "product": "ecs", "region": "cn-beijing"},
                {
                    "instance": "lb-bp1seven",
                    "product": "clb7",
                    "region": "cn-hangzhou",
                    "ports": [{"certificate": "old"}],
                },
                {"instance": "alb-shop", "product": "alb", "region": "cn-hangzhou"},
            ],
        }
    ],
}


@pytest.fixture
def clock(cloud: Cloud) -> Clock:
    clock = Clock()
    cloud.clock = clock
    cloud.load(parse_estate(ESTATE))
    return clock


@pytest.fixture
def waf(cloud: Cloud, server: Server, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setitem(PACKAGES, "waf", "waf_openapi20211001")
    client = Official(server, "waf", "wafopenapi.cn-hangzhou.aliyuncs.com")
    instance = client("DescribeInstance", RegionId="cn-hangzhou").instance_id

    class Waf:
        def __call__(self, action: str, **params: Any) -> Any:
            return client(action, RegionId="cn-hangzhou", InstanceId=instance, **params)

        def refusal(self, action: str, **params: Any) -> tuple[int, str]:
            return client.refusal(action, RegionId="cn-hangzhou", InstanceId=instance, **params)

    return Waf()


def identifier(name: str) -> str:
    return parse_estate(ESTATE).identifier(name)


def access(**listen: Any) -> dict[str, Any]:
    whole = {
        "HttpPorts": [80],
        "HttpsPorts": [443, 8443],
        "CertId": identifier("new"),
        "TLSVersion": "tlsv1.2",
    }
    given = {name: value for name, value in (whole | listen).items() if value is not None}
    redirect = {"Backends": ["192.0.2.7"], "Loadbalance": "iphash", "ReadTimeout": 60}
    return {"Domain": DOMAIN, "Listen": given, "Redirect": redirect}


def test_a_domain_is_changed_as_a_whole(waf: Any, cloud: Cloud, clock: Clock) -> None:
    info = waf("ModifyDomain", **access()).domain_info
    told = waf("DescribeDomainDetail", Domain=DOMAIN)

    assert (info.domain, info.cname) == (DOMAIN, told.cname)
    assert (told.listen.cert_id, told.listen.https_ports) == (identifier("new"), [443, 8443])
    assert (told.listen.tlsversion, told.listen.cipher_suite) == ("tlsv1.2", 1)
    assert told.listen.hsts_max_age == 0, "what is not named takes its default"
    assert (told.redirect.loadbalance, told.redirect.read_timeout) == ("iphash", 60)
    assert [row.backend for row in told.redirect.backends] == ["192.0.2.7"]
    assert waf.refusal("ModifyDomain", **access()) == (400, "RequestError"), "it is being modified"
    clock.advance(cloud.settle_s)
    assert waf("DescribeDomainDetail", Domain=DOMAIN).status == 1
    (row,) = waf("DescribeDomains", Domain=DOMAIN).domains
    assert row.listen_ports.to_map() == {"Http": [80], "Https": [443, 8443]}


@pytest.mark.parametrize(
    ("listen", "code"),
    [
        ({"TLSVersion": None}, "InvalidParameter"),
        ({"TLSVersion": "tlsv9"}, "InvalidParameter"),
        ({"CertId": None}, "InvalidParameter"),
        ({"HttpsPorts": [], "HttpPorts": []}, "InvalidParameter"),
        ({"CipherSuite": 99}, "InvalidParameter"),
        ({"CertId": "1-cn-hangzhou"}, "CertNotExist"),
        ({"CertId": identifier("foreign")}, "CertNotMatch"),
    ],
)
def test_an_access_that_makes_no_sense_is_refused(waf: Any, listen: dict[str, Any], code: str) -> None:
    before = waf("DescribeDomainDetail", Domain=DOMAIN)

    assert waf.refusal("ModifyDomain", **access(**listen)) == (400, code)
    assert waf("DescribeDomainDetail", Domain=DOMAIN).to_map()["Listen"] == before.to_map()["Listen"]


def test_cloud_resources_are_listed(waf: Any) -> None:
    def listed(product: str | None) -> list[tuple[str, str]]:
        found = waf("DescribeCloudResources", ResourceProduct=product).cloud_resources
        return [(row.resource_instance, row.resource_product) for row in found]

    (row,) = waf("DescribeCloudResources", ResourceProduct="clb4").cloud_resources

    assert (row.resource_instance_id, row.https_port_count, row.http_port_count) == (BALANCER, 1, 1)
    assert listed("ecs") == [(MACHINE, "ecs")]
    assert listed(None) == [("alb-shop", "alb")], "the others have to be asked for"


def ports(waf: Any, **more: Any) -> list[Any]:
    asked = {"ResourceInstanceId": BALANCER, **more}
    return list(waf("DescribeCloudResourceAccessPortDetails", **asked).access_port_details)


def test_a_resource_tells_its_ports_and_their_certificates(waf: Any) -> None:
    secure, plain = ports(waf)

    assert [(row.applied_type, row.certificate_id) for row in secure.certificates] == [
        ("default", identifier("old")),
        ("extension", identifier("foreign")),
    ]
    assert (secure.cloud_resource_id, secure.port, secure.status) == (f"{BALANCER}-443-clb4", 443, 1)
    assert (plain.protocol, plain.certificates) == ("http", [])
    assert [row.port for row in ports(waf, Port="443", Protocol="https", PageSize=1)] == [443]
    assert ports(waf, ResourceInstanceId="lb-none") == []
    assert ports(waf, ResourceInstanceId="alb-shop") == [], "it has listeners, not ports"
    assert ports(waf, ResourceInstanceId=MACHINE)[0].certificates == []


def test_the_certificates_that_a_resource_could_have_are_those_of_cas(waf: Any) -> None:
    first = waf("DescribeResourceInstanceCerts", ResourceInstanceId=BALANCER, PageSize=3)
    second = waf("DescribeResourceInstanceCerts", ResourceInstanceId=BALANCER, PageSize=3, PageNumber=2)

    told = {row.cert_identifier: row for row in (*first.certs, *second.certs)}
    assert first.total_count == len(told) == 4
    assert told[identifier("foreign")].domain == "www.example.net"
    assert told[identifier("new")].after_date > told[identifier("new")].before_date


def wanted(**kinds: str) -> dict[str, Any]:
    rows = [{"AppliedType": kind, "CertificateId": identifier(name)} for kind, name in kinds.items()]
    return {"Certificates": rows}


@pytest.mark.parametrize(
    "where",
    [
        {"CloudResourceId": f"{BALANCER}-443-clb4"},
        {"ResourceInstanceId": BALANCER, "Port": 443, "ResourceProduct": "clb4"},
    ],
    ids=["by its id", "by its parts"],
)
def test_a_port_changes_its_certificates(waf: Any, cloud: Cloud, clock: Clock, where: dict[str, Any]) -> None:
    host = f"{cloud.service('waf_openapi').resources['cn-hangzhou'][0].address}:443"

    def served(name: str) -> str:
        return str(cloud.service("waf_openapi").served(host, name)[0].sha256)

    old = served("")
    waf("ModifyCloudResourceCert", **where, **wanted(extension="third", default="new"))
    (secure, _) = ports(waf)

    assert secure.status == 3
    assert [row.certificate_name for row in secure.certificates] == ["new", "third"]
    assert served("") == old
    again = where | wanted(default="old")
    assert waf.refusal("ModifyCloudResourceCert", **again) == (400, "Waf.Pullin.ResourceProcessing")
    clock.advance(cloud.settle_s)
    assert ports(waf)[0].status == 1
    assert served("") != old
    assert cloud.service("waf_openapi").uses(identifier("third"))
    assert not cloud.service("waf_openapi").uses(identifier("foreign"))


def test_a_change_of_a_port_that_makes_no_sense_is_refused(waf: Any) -> None:
    here = {"CloudResourceId": f"{BALANCER}-443-clb4"}
    change = "ModifyCloudResourceCert"

    assert waf.refusal(change, **here, **wanted(extension="new")) == (400, "InvalidParameter")
    assert waf.refusal(change, **here, **wanted(other="new", default="old")) == (400, "InvalidParameter")
    missing = {"CloudResourceId": f"{BALANCER}-444-clb4"}
    assert waf.refusal(change, **missing, **wanted(default="new")) == (400, "CloudResourceNotExist")
    seven = {"CloudResourceId": "lb-bp1seven-443-clb7"}
    assert waf.refusal(change, **seven, **wanted(default="new")) == (400, "InvalidParameter")
    gone = {"Certificates": [{"AppliedType": "default", "CertificateId": "1-cn-hangzhou"}]}
    assert waf.refusal(change, **here, **gone) == (400, "Waf.Pullin.CertNotExist")
    plain = {"CloudResourceId": f"{BALANCER}-80-clb4"}
    assert waf.refusal(change, **plain, **wanted(default="new")) == (400, "InvalidParameter")
    assert [row.certificate_name for row in ports(waf)[0].certificates] == ["old", "foreign"]


@pytest.mark.parametrize("separator", [":", ","])
def test_ciphers_of_the_default_certificate_are_one_text(waf: Any, cloud: Cloud, separator: str) -> None:
    cloud.service("waf_openapi").choose(cipher_separator=separator)
    ciphers = waf("DescribeDefaultHttps").default_https.custom_ciphers

    names = ciphers.split(separator)
    assert len(names) > 1
    assert all(name.startswith("ECDHE-") for name in names)


@pytest.mark.parametrize("text", ["[]", "{", '"x"', "{}"])
def test_a_listen_that_says_nothing_is_refused(waf: Any, server: Server, text: str) -> None:
    instance = server.cloud.service("waf_openapi").instances["cn-hangzhou"].id
    query = {"InstanceId": instance, "RegionId": "cn-hangzhou", "Domain": DOMAIN, "Listen": text}
    query["Redirect"] = '{"Backends":["192.0.2.7"],"Loadbalance":"iphash"}'

    refused = refusal(server, "ModifyDomain", "2021-10-01", query, host="wafopenapi.cn-hangzhou.aliyuncs.com")

    assert refused[:2] == (400, "InvalidParameter")
