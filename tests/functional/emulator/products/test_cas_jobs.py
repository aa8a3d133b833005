"""CAS's deployment jobs as its official SDK sees them: created, submitted, carried out, rolled back."""

from __future__ import annotations

import json

import pytest

from emulator.cloud import Cloud
from emulator.edge import offered
from emulator.server import Server
from tests.functional.emulator.cas_jobs import (
    ESTATE,
    HOST,
    ID,
    SETTLED_S,
    created,
    of_www,
    resources,
    submitted,
    worker,
)
from tests.functional.emulator.official import Clock, Official, populate


@pytest.fixture
def clock(cloud: Cloud) -> Clock:
    return populate(cloud, ESTATE)


@pytest.fixture
def cas(clock: Clock, server: Server) -> Official:
    return Official(server, "cas", HOST)


def on_edge(cloud: Cloud) -> str:
    (bundle,) = offered(cloud, "", "www.example.com") or ()
    return str(bundle.sha1)


def sha1(cloud: Cloud, name: str) -> str:
    return str(cloud.service("cas").find(f"{ID[name]}-cn-hangzhou").bundle.sha1)


def test_a_job_waits_to_be_submitted_and_then_has_the_edge_serve_its_certificate(
    cas: Official, cloud: Cloud, clock: Clock
) -> None:
    job = created(cas, of_www(cas))
    clock.advance(SETTLED_S)

    assert cas("DescribeDeploymentJob", JobId=job).status == "editing"
    assert on_edge(cloud) == sha1(cloud, "old")

    cas("UpdateDeploymentJobStatus", JobId=job, Status="pending")
    assert cas("DescribeDeploymentJob", JobId=job).status == "processing"
    clock.advance(SETTLED_S)
    assert cas("DescribeDeploymentJob", JobId=job).status == "success"
    clock.advance(SETTLED_S)

    assert on_edge(cloud) == sha1(cloud, "new")
    counts = cas("DescribeDeploymentJobStatus", JobId=job)
    assert (counts.worker_count, counts.success_count, counts.failed_count, counts.cost_count) == (1, 1, 0, 1)
    assert worker(cas, job).status == "success"


def test_the_words_of_a_job_are_the_vendor_s_with_their_odd_types(cas: Official) -> None:
    listener = next(row for row in resources(cas, "ALB") if row.default_resource == 1)
    job = created(cas, int(listener.id))

    told = cas("DescribeDeploymentJob", JobId=job)
    assert told.cas_contacts[0].id == "20001"
    assert len(told.gmt_create) == 13
    assert json.loads(told.config) == {"shareCertIds": [], "certIds": [ID["new"]]}
    assert (told.cert_type, told.product_name) == ("upload", "ALB")
    row = worker(cas, job)
    assert (row.port, row.default_resource) == (443, True)
    assert row.listener_id == listener.listener_id
    assert row.listener_id.endswith("@443")
    assert (row.cert_id, row.resource_cert_id) == (ID["new"], ID["old"])
    assert (listener.listener_port, listener.cert_id) == ("443", ID["old"])
    assert len(listener.cert_end_time) == 13
    (certificate,) = cas("ListDeploymentJobCert", JobId=job).data
    assert (certificate.cert_id, certificate.cert_order_type) == (ID["new"], "upload")
    assert [one.id for one in cas("ListDeploymentJobResource", JobId=job).data] == [listener.id]
    listed = cas("ListDeploymentJob")
    assert (listed.total, listed.data[0].id) == (1, job)


def test_each_resource_that_a_certificate_covers_has_a_worker(cas: Official) -> None:
    numbers = ",".join(str(row.id) for row in (*resources(cas, "CDN"), *resources(cas, "ALB")))
    both = f"{ID['new']},{ID['other']}"
    wanted = {"Name": "both", "JobType": "user", "CertIds": both, "ContactIds": "20001"}
    job = cas("CreateDeploymentJob", **wanted, ResourceIds=numbers).job_id

    rows = cas("ListWorkerResource", JobId=job).data

    assert [(row.resource_domain, row.cert_id) for row in rows] == [
        ("www.example.com", ID["new"]),
        ("example.com,*.example.com", ID["new"]),
        ("example.net", ID["other"]),
    ]


def test_an_additional_certificate_takes_the_place_of_the_one_that_it_was(
    cas: Official, cloud: Cloud, clock: Clock
) -> None:
    cloud.service("cas").add(
        "renewed", "cn-hangzhou", cloud.service("cas").find(f"{ID['other']}-cn-hangzhou").bundle
    )
    renewed = max(int(r.certificate_id) for r in cas("ListCertificates", ShowSize=100).certificate_list)
    additional = next(row for row in resources(cas, "ALB") if row.default_resource == 0)
    wanted = {"Name": "a", "JobType": "user", "CertIds": str(renewed), "ContactIds": "20001"}
    job = cas("CreateDeploymentJob", **wanted, ResourceIds=str(additional.id)).job_id
    cas("UpdateDeploymentJobStatus", JobId=job, Status="scheduling")
    clock.advance(SETTLED_S)

    assert worker(cas, job).status == "success"
    assert [row.cert_id for row in resources(cas, "ALB")] == [ID["old"], renewed]


def test_a_failure_has_no_reason_and_its_deployment_is_given_back(
    cas: Official, cloud: Cloud, clock: Clock
) -> None:
    number = of_www(cas)
    job = submitted(cas, number)
    cloud.service("cdn")._domains["www.example.com"].status = "offline"
    clock.advance(SETTLED_S)

    row = worker(cas, job)
    assert row.status == "error"
    assert not [
        text for text in row.to_map().values() if "denied" in str(text).lower() or "permit" in str(text)
    ]
    counts = cas("DescribeDeploymentJobStatus", JobId=job)
    assert (counts.failed_count, counts.use_count, counts.cost_count) == (1, 0, 0)
    assert cas("DescribeDeploymentJob", JobId=job).status == "error"


def test_a_busy_product_is_waited_for(cas: Official, cloud: Cloud, clock: Clock) -> None:
    job = submitted(cas, of_www(cas))
    clock.advance(0.9)
    cloud.service("cdn")._take(
        cloud.service("cdn")._domains["www.example.com"], f"{ID['bought']}-cn-hangzhou"
    )
    clock.advance(0.5)

    assert worker(cas, job).status == "processing"
    clock.advance(SETTLED_S)
    assert worker(cas, job).status == "success"


def test_a_job_with_a_time_of_its_own_begins_then(cas: Official, clock: Clock) -> None:
    at = int((clock.now.timestamp() + 3600) * 1000)
    job = submitted(cas, of_www(cas), ScheduleTime=at)
    clock.advance(1800)

    assert cas("DescribeDeploymentJob", JobId=job).status == "pending"
    clock.advance(1801)
    assert cas("DescribeDeploymentJob", JobId=job).status == "processing"
    clock.advance(SETTLED_S)
    assert cas("DescribeDeploymentJob", JobId=job).status == "success"


@pytest.mark.parametrize("action", ["UpdateWorkerResourceStatus", "CreateRollbackTask"])
def test_a_worker_is_rolled_back_to_what_was_in_place(
    cas: Official, cloud: Cloud, clock: Clock, action: str
) -> None:
    job = submitted(cas, of_www(cas))
    clock.advance(SETTLED_S)
    number = worker(cas, job).id
    clock.advance(SETTLED_S)

    status = {"Status": "rollback"} if action == "UpdateWorkerResourceStatus" else {}
    cas(action, JobId=job, WorkerId=number, **status)
    assert worker(cas, job).status == "rollback"
    clock.advance(SETTLED_S)
    assert worker(cas, job).status == "rollback_success"
    clock.advance(SETTLED_S)

    assert on_edge(cloud) == sha1(cloud, "old")
    told = cas("DescribeDeploymentJobStatus", JobId=job)
    assert (told.success_count, told.rollback_success_count) == (0, 1)
    assert cas("DescribeDeploymentJob", JobId=job).rollback == 1


def test_every_product_that_says_so_takes_a_certificate_from_a_job(cloud: Cloud, server: Server) -> None:
    """Of the sample's estate: each place that carries `shop` gets its renewal, and the edge serves it."""
    clock = populate(cloud)
    cas, service = Official(server, "cas", HOST), cloud.service("cas")
    shop = service.find("10741304-cn-hangzhou")
    renewed = service.add("renewed", "cn-hangzhou", shop.bundle)
    held = [row for row in service.places().values() if row.in_place == shop.identifier]
    numbers = ",".join(str(row.resource_id) for row in held)
    wanted = {"Name": "all", "JobType": "user", "CertIds": str(renewed.id), "ContactIds": "20001"}
    job = int(cas("CreateDeploymentJob", **wanted, ResourceIds=numbers).job_id)
    cas("UpdateDeploymentJobStatus", JobId=job, Status="pending")
    for _ in range(40):
        clock.advance(SETTLED_S)
        service._go_on()

    rows = cas("ListWorkerResource", JobId=job, ShowSize=100).data
    failed = {f"{row.cloud_product} {row.resource_domain}" for row in rows if row.status != "success"}
    assert {row.product for row in held} >= {
        *("CDN", "DCDN", "VOD", "LIVE", "ALB", "NLB", "SLB", "OSS", "GA", "WAF", "DDOS", "APIGateway"),
        *("MSE", "FC"),
    }
    assert failed == {"CDN paused.example.com"}, "which is offline"


def test_resources_that_certificates_are_for_are_told_at_once(cas: Official) -> None:
    matched = cas("GetMatchedResources", CertIds=str(ID["new"])).data

    assert {row["Id"] for row in matched} >= {of_www(cas)}
    assert all(row["Domain"].endswith("example.com") for row in matched)
    with pytest.raises(Exception, match="NotFound"):
        cas("GetMatchedResources", CertIds="1")
