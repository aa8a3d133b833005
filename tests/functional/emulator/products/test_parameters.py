"""What a call may leave out, and what it may say besides, is what the vendor's own clients may."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from emulator.api import Param
from emulator.cloud import Cloud
from emulator.declared import Action, declarations
from emulator.server import Server
from tests.functional.emulator.clients import refusal
from tests.functional.emulator.official import Official, populate
from tests.keys import traditional

HERE = {"RegionId": "cn-hangzhou"}
RPC = [
    (module, action)
    for module, declaration in declarations().items()
    if declaration.style == "RPC"
    for action in declaration.actions.values()
]


@pytest.fixture
def slb(server: Server, cloud: Cloud) -> Official:
    populate(cloud)
    return Official(server, "slb", "slb.aliyuncs.com")


@pytest.fixture
def esa(server: Server, cloud: Cloud) -> Official:
    populate(cloud)
    return Official(server, "esa", "esa.cn-hangzhou.aliyuncs.com")


def listener(slb: Official) -> dict[str, Any]:
    [found, *_] = slb("DescribeLoadBalancers", RegionId="cn-shanghai").load_balancers.load_balancer
    return {"LoadBalancerId": found.load_balancer_id, "ListenerPort": 443}


@pytest.mark.parametrize(("module", "action"), RPC, ids=lambda part: getattr(part, "name", part))
def test_no_action_breaks_when_only_what_is_required_is_given(
    standing: Server, module: str, action: Action
) -> None:
    named = dict(pair for param in action.params if param.required for pair in filled(param, param.name))
    method = "POST" if "POST" in action.methods else "GET"
    version = declarations()[module].version
    try:
        code = refusal(standing, action.name, version, named, method=method)[1]
    except AssertionError:
        return

    assert code not in {"InternalError", *(f"Missing{param.name}" for param in action.params)}


def filled(param: Param, name: str) -> Iterator[tuple[str, str]]:
    """A value of the declared type, by its names on the wire."""
    if param.type in ("Array", "RepeatList"):
        yield from filled(param.element or Param("", "String", "query"), f"{name}.1")
    elif param.fields:
        for field in param.fields:
            yield from filled(field, f"{name}.{field.name}")
    else:
        values = {"Boolean": "true", "Integer": "1", "Long": "1", "Json": "[]"}
        yield name, values.get(param.type, "x")


def test_a_certificate_is_uploaded_to_slb_without_a_name(slb: Official, cloud: Cloud) -> None:
    [pair, *_] = [row for row in cloud.service("cas")._certificates.values() if row.deployable]

    kept = slb(
        "UploadServerCertificate",
        **HERE,
        ServerCertificate=pair.bundle.certificate_pem,
        PrivateKey=traditional(pair.bundle.key_pem),
    )

    assert kept.server_certificate_id


def test_a_listener_is_found_at_the_central_endpoint_without_its_region(slb: Official) -> None:
    assert slb("DescribeLoadBalancerHTTPSListenerAttribute", **listener(slb)).listener_port == 443


def test_owners_and_dry_runs_change_nothing_of_a_listener(slb: Official, cloud: Cloud) -> None:
    cloud.service("slb").choose(unnamed_settings="keep")
    where = listener(slb)
    before = slb("DescribeLoadBalancerHTTPSListenerAttribute", **where).to_map()

    slb("SetLoadBalancerHTTPSListenerAttribute", **where, OwnerId=1, ResourceOwnerAccount="x")
    dry = slb.refusal("SetLoadBalancerHTTPSListenerAttribute", **where, Description="other", DryRun=True)

    after = slb("DescribeLoadBalancerHTTPSListenerAttribute", **where).to_map()
    assert dry == (400, "DryRunOperation")
    assert {**before, "RequestId": ""} == {**after, "RequestId": ""}


def test_a_dry_run_of_live_changes_nothing(server: Server, cloud: Cloud) -> None:
    populate(cloud)
    live = Official(server, "live", "live.aliyuncs.com")
    domain = live("DescribeLiveUserDomains").domains.page_data[0].domain_name
    before = live("DescribeLiveDomainCertificateInfo", DomainName=domain).to_map()

    off = {"DomainName": domain, "SSLProtocol": "off"}
    dry = live.refusal("SetLiveDomainCertificate", **off, DryRun=True)

    after = live("DescribeLiveDomainCertificateInfo", DomainName=domain).to_map()
    assert dry == (400, "DryRunOperation")
    assert {**before, "RequestId": ""} == {**after, "RequestId": ""}


def test_certificates_of_esa_are_listed_by_type(esa: Official) -> None:
    def listed(**kind: str) -> list[str]:
        sites = [site.site_id for site in esa("ListSites").sites]
        return [row.type for site in sites for row in esa("ListCertificates", SiteId=site, **kind).result]

    assert "cas" in listed(Type="cas")
    assert "cas" not in listed(Type="upload")
    assert listed() == listed(Type="cas") + listed(Type="upload")


def test_a_hostname_of_esa_keeps_what_a_change_leaves_out(esa: Official, cloud: Cloud) -> None:
    host = a_hostname(esa, cloud)

    esa("UpdateCustomHostname", HostnameId=host.hostname_id)

    kept = esa("GetCustomHostname", HostnameId=host.hostname_id).custom_hostname_model
    assert (kept.record_id, kept.cert_type, kept.ssl_flag) == (host.record_id, host.cert_type, host.ssl_flag)


def test_a_hostname_of_esa_moves_to_a_record_of_its_site_and_to_no_other(esa: Official, cloud: Cloud) -> None:
    host = a_hostname(esa, cloud)
    records = esa("ListRecords", SiteId=host.site_id).records
    other = next(row.record_id for row in records if row.record_id != host.record_id)

    esa("UpdateCustomHostname", HostnameId=host.hostname_id, RecordId=other)

    kept = esa("GetCustomHostname", HostnameId=host.hostname_id).custom_hostname_model
    assert kept.record_id == other
    cloud.clock.advance(60)  # type: ignore[attr-defined]
    refused = esa.refusal("UpdateCustomHostname", HostnameId=host.hostname_id, RecordId=1)
    assert refused == (400, "InvalidParameter")


def a_hostname(esa: Official, cloud: Cloud) -> Any:
    found = [
        host
        for site in esa("ListSites").sites
        for host in esa("ListCustomHostnames", SiteId=site.site_id).hostnames
        if host.ssl_flag == "on" and host.status == "active"
    ]
    return found[0]


def test_an_upload_to_cas_is_made_once_per_client_token(server: Server, cloud: Cloud) -> None:
    populate(cloud)
    cas = Official(server, "cas", "cas.aliyuncs.com")
    [pair, *_] = [row for row in cloud.service("cas")._certificates.values() if row.deployable]
    upload = {"Cert": pair.bundle.certificate_pem, "Key": pair.bundle.key_pem, "ClientToken": "once"}

    first, again = (cas("UploadUserCertificate", Name="new", **upload) for _ in range(2))

    assert first.cert_id == again.cert_id
    assert cas.refusal("UploadUserCertificate", Name="newer", **upload)[0] == 400
