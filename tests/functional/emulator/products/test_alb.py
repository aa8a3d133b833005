"""ALB as its official SDK sees it: regions, listeners, jobs, and the rules of certificates."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.authority import Authority, KeyKind
from emulator.bundles import Bundle
from emulator.cloud import Cloud
from emulator.server import Server
from emulator.services.kit.listener_model import choose
from tests.functional.emulator.official import Clock, Official, populate, sample

UPDATE = "UpdateListenerAttribute"
ASSOCIATE = "AssociateAdditionalCertificatesWithListener"
DISSOCIATE = "DissociateAdditionalCertificatesFromListener"


@pytest.fixture
def clock(cloud: Cloud) -> Clock:
    return populate(cloud)


@pytest.fixture
def alb(clock: Clock, server: Server) -> Official:
    return Official(server, "alb", "alb.cn-hangzhou.aliyuncs.com")


def listener_id(alb: Official, port: int = 443) -> str:
    rows = alb("ListListeners", MaxResults=100).listeners
    return next(str(row.listener_id) for row in rows if row.listener_port == port)


def change(alb: Official, *names: str, **more: Any) -> dict[str, Any]:
    """The parameters of a change to the listener on 443, with certificates of the sample."""
    certificates = [{"CertificateId": sample().identifier(name)} for name in names]
    return {"ListenerId": listener_id(alb), "Certificates": certificates, **more}


def bound(alb: Official) -> dict[str, tuple[bool, str]]:
    """The certificates on 443 by their names in the sample: whether default, and their status."""
    names = {sample().identifier(name): name for name in sample().certificates}
    rows = alb("ListListenerCertificates", ListenerId=listener_id(alb)).certificates
    return {names[row.certificate_id]: (row.is_default, row.status) for row in rows}


def test_regions_are_apart(alb: Official, server: Server) -> None:
    beijing = Official(server, "alb", "alb.cn-beijing.aliyuncs.com")
    here = {row.load_balancer_name for row in alb("ListLoadBalancers").load_balancers}
    there = {row.load_balancer_name for row in beijing("ListLoadBalancers").load_balancers}
    regions = [row.region_id for row in alb("DescribeRegions").regions]

    assert (here, there) == (
        {"shop-front", "sae-brands"},
        {"api-front", "back-office", "sae-plain"},
    )
    assert regions == sample().regions
    assert beijing.refusal("GetListenerAttribute", ListenerId=listener_id(alb)) == (
        404,
        "ResourceNotFound.Listener",
    )


def test_listings_are_paged_by_token(alb: Official) -> None:
    first = alb("ListListeners", MaxResults=3)
    second = alb("ListListeners", MaxResults=3, NextToken=first.next_token)

    assert first.total_count == 5
    assert [row.listener_port for row in first.listeners + second.listeners] == [80, 443, 4433, 8443, 443]
    assert second.next_token is None
    assert alb.refusal("ListListeners", NextToken="made up") == (400, "InvalidParameter")


def test_listeners_are_filtered(alb: Official) -> None:
    balancer = alb("ListLoadBalancers").load_balancers[0].load_balancer_id
    https = alb("ListListeners", ListenerProtocol="HTTPS", LoadBalancerIds=[balancer]).listeners

    assert [row.listener_port for row in https] == [443, 8443]
    assert alb("ListListeners", LoadBalancerIds=["alb-other"]).total_count == 0


def test_a_listener_tells_its_default_and_its_additional_certificates(alb: Official) -> None:
    attribute = alb("GetListenerAttribute", ListenerId=listener_id(alb))
    empty = alb("ListListenerCertificates", ListenerId=listener_id(alb, 8443))

    assert bound(alb) == {
        "shop": (True, "Associated"),
        "brand-net": (False, "Associated"),
        "brand-org": (False, "Associated"),
    }
    assert [row.certificate_id for row in attribute.certificates] == [sample().identifier("shop")]
    assert empty.certificates == []


def test_a_new_default_takes_a_job(alb: Official, cloud: Cloud, clock: Clock) -> None:
    job_id = alb(UPDATE, **change(alb, "shop-ecc")).job_id
    job = alb("ListAsynJobs", JobIds=[job_id]).jobs[0]

    assert (job.status, job.api_name, job.resource_type) == ("Processing", UPDATE, "listener")
    assert bound(alb) == {
        "shop-ecc": (True, "Associating"),
        "brand-net": (False, "Associated"),
        "brand-org": (False, "Associated"),
        "shop": (True, "Diassociating"),
    }
    attribute = alb("GetListenerAttribute", ListenerId=listener_id(alb))
    assert attribute.listener_status == "Configuring"

    clock.advance(cloud.settle_s)

    assert alb("ListAsynJobs", JobIds=[job_id]).jobs[0].status == "Succeeded"
    assert bound(alb) == {
        "shop-ecc": (True, "Associated"),
        "brand-net": (False, "Associated"),
        "brand-org": (False, "Associated"),
    }


def test_a_busy_listener_takes_no_second_change(alb: Official) -> None:
    alb(ASSOCIATE, **change(alb, "shop-ecc"))

    assert alb.refusal(UPDATE, **change(alb, "shop-ecc")) == (400, "IncorrectStatus.Listener")
    for action in (ASSOCIATE, DISSOCIATE):
        assert alb.refusal(action, **change(alb, "brand-net")) == (
            400,
            "ResourceInConfiguring.Listener",
        )


def test_additional_certificates_come_and_go(alb: Official, cloud: Cloud, clock: Clock) -> None:
    alb(ASSOCIATE, **change(alb, "shop-ecc", "books"))
    clock.advance(cloud.settle_s)
    alb(DISSOCIATE, **change(alb, "brand-net", "books"))
    assert bound(alb)["books"] == (False, "Diassociating")
    clock.advance(cloud.settle_s)

    assert list(bound(alb)) == ["shop", "brand-org", "shop-ecc"]


@pytest.mark.parametrize(
    ("action", "certificate", "refusal"),
    [
        (ASSOCIATE, "brand-net", (400, "ResourceAlreadyAssociated.Certificate")),
        (ASSOCIATE, "shop", (400, "ResourceAlreadyAssociated.Certificate")),
        (UPDATE, "brand-net", (400, "ResourceAlreadyAssociated.Certificate")),
        (DISSOCIATE, "shop", (400, "OperationDenied.DefaultCertificate")),
        (DISSOCIATE, "books", (400, "ResourceNotAssociated.Certificate")),
        (UPDATE, "offline-key", (404, "ResourceNotFound.Certificate")),
        (ASSOCIATE, "hand-made", (404, "ResourceNotFound.Certificate")),
    ],
)
def test_a_certificate_in_the_wrong_place_is_refused(
    alb: Official, action: str, certificate: str, refusal: tuple[int, str]
) -> None:
    before = bound(alb)

    assert alb.refusal(action, **change(alb, certificate)) == refusal
    assert bound(alb) == before


def test_a_bare_id_names_no_certificate(alb: Official) -> None:
    bare = {"Certificates": [{"CertificateId": str(sample().id_of("books"))}]}
    listener = {"ListenerId": listener_id(alb)}

    assert alb.refusal(UPDATE, **listener, **bare) == (404, "ResourceNotFound.Certificate")
    assert alb.refusal(ASSOCIATE, **listener, **bare) == (404, "ResourceNotFound.Certificate")
    assert alb.refusal(DISSOCIATE, **listener, **bare) == (
        400,
        "ResourceNotAssociated.Certificate",
    )


def test_a_default_is_one_certificate(alb: Official) -> None:
    assert alb.refusal(UPDATE, **change(alb, "shop-ecc", "books")) == (
        400,
        "IllegalParamSize.Certificates",
    )


def test_attributes_left_out_stay(alb: Official, cloud: Cloud, clock: Clock) -> None:
    alb(UPDATE, ListenerId=listener_id(alb), ListenerDescription="shop", IdleTimeout=42)
    clock.advance(cloud.settle_s)
    alb(UPDATE, **change(alb, "shop-ecc"))
    attribute = alb("GetListenerAttribute", ListenerId=listener_id(alb))

    assert (attribute.listener_description, attribute.idle_timeout) == ("shop", 42)


def test_a_dry_run_changes_nothing(alb: Official) -> None:
    before = bound(alb)

    assert alb.refusal(UPDATE, **change(alb, "shop-ecc", DryRun=True)) == (400, "DryRunOperation")
    assert bound(alb) == before


def test_the_same_token_is_the_same_change(alb: Official) -> None:
    wanted = change(alb, "shop-ecc", ClientToken="once")
    job_id = alb(ASSOCIATE, **wanted).job_id

    assert alb(ASSOCIATE, **wanted).job_id == job_id
    assert alb.refusal(ASSOCIATE, **change(alb, "books", ClientToken="once")) == (
        400,
        "IdempotenceSignatureMismatch",
    )


def test_additional_certificates_have_a_quota_per_instance(cloud: Cloud, server: Server) -> None:
    names = [f"n{index}" for index in range(11)]
    keys = {name: {"names": [f"{name}.example.com"], "key": "ecdsa-p256"} for name in names}
    listeners = [
        {"port": 443, "default": "n0", "additional": names[1:7]},
        {"port": 8443, "default": "n0", "additional": names[1:4]},
    ]
    basic = {"name": "small", "region": "cn-hangzhou", "edition": "Basic", "listeners": listeners}
    clock = populate(cloud, {"certificates": keys, "alb": [basic]})
    alb = Official(server, "alb", "alb.cn-hangzhou.aliyuncs.com")
    ids = [
        row.cert_identifier
        for row in Official(server, "cas", "cas.aliyuncs.com")(
            "ListCertificates", ShowSize=100
        ).certificate_list
    ]
    rest = ids[::-1][7:9]

    def associate(identifier: str) -> dict[str, Any]:
        return {"ListenerId": listener_id(alb), "Certificates": [{"CertificateId": identifier}]}

    alb(ASSOCIATE, **associate(rest[0]))
    clock.advance(cloud.settle_s)
    status, code = alb.refusal(ASSOCIATE, **associate(rest[1]))
    assert (status, code.split(".")[0]) == (400, "QuotaExceeded")


def test_a_load_balancer_of_a_cluster_refuses_changes(cloud: Cloud, server: Server) -> None:
    listeners = [{"port": 443, "default": "one"}]
    managed = {"name": "k8s", "region": "cn-hangzhou", "managed": True, "listeners": listeners}
    keys = {name: {"names": ["example.com"], "key": "ecdsa-p256"} for name in ("one", "two")}
    populate(cloud, {"certificates": keys, "alb": [managed]})
    alb = Official(server, "alb", "alb.cn-hangzhou.aliyuncs.com")
    tags = alb("ListLoadBalancers").load_balancers[0].tags

    assert [tag.key for tag in tags] == ["ack.aliyun.com"]
    assert alb.refusal(UPDATE, **change(alb)) == (400, "OperationDenied.ServiceManagedResource")


def test_overseas_a_certificate_of_the_china_store_is_not_found(cloud: Cloud, server: Server) -> None:
    keys = {
        "china": {"names": ["example.com"], "key": "ecdsa-p256"},
        "intl": {"names": ["example.com"], "key": "ecdsa-p256", "store": "ap-southeast-1"},
    }
    listeners = [{"port": 443, "default": "intl"}]
    balancer = {"name": "sg", "region": "ap-southeast-1", "listeners": listeners}
    populate(cloud, {"regions": ["ap-southeast-1"], "certificates": keys, "alb": [balancer]})
    alb = Official(server, "alb", "alb.ap-southeast-1.aliyuncs.com")
    china = Official(server, "cas", "cas.aliyuncs.com")("ListCertificates").certificate_list[0]
    wanted = {"Certificates": [{"CertificateId": china.cert_identifier}]}

    assert alb.refusal(UPDATE, ListenerId=listener_id(alb), **wanted) == (
        404,
        "ResourceNotFound.Certificate",
    )


def test_of_several_fitting_certificates_the_documented_one_is_served() -> None:
    def issue(name: str, key: KeyKind, days: float) -> Bundle:
        return Authority().issue([name], key=key, days=days, key_slot="alb rank")

    default = issue("*.example.com", "rsa-2048", 300)
    short, long = (issue("*.example.com", "rsa-2048", days) for days in (20, 90))
    ecc = issue("*.example.com", "ecdsa-p256", 5)
    other = issue("example.net", "ecdsa-p256", 90)
    bundles = [default, short, other, long, ecc]

    assert choose(bundles, "www.example.com") == (ecc, long, short, default)
    assert choose(bundles, "example.net") == (other,)
    assert choose(bundles, "unknown.test") == choose(bundles, "") == (default,)
    assert choose([], "www.example.com") == ()
