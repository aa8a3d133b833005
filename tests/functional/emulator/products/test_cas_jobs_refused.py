"""What CAS's deployment jobs refuse, and what of them nobody knows and can be chosen; the contacts."""

from __future__ import annotations

import pytest

from emulator.cloud import Cloud
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
)
from tests.functional.emulator.official import Clock, Official, populate


@pytest.fixture
def clock(cloud: Cloud) -> Clock:
    return populate(cloud, ESTATE)


@pytest.fixture
def cas(clock: Clock, server: Server) -> Official:
    return Official(server, "cas", HOST)


def test_until_somebody_has_synchronised_them_there_are_no_resources(cas: Official, cloud: Cloud) -> None:
    number = of_www(cas)
    cloud.service("cas").choose(resources="never synced")

    assert cas("ListCloudResources", CloudName="aliyun").total == 0
    assert cas("DescribeCloudResourceStatus").data == []
    job = {"Name": "n", "JobType": "user", "CertIds": str(ID["new"]), "ContactIds": "20001"}
    assert cas.refusal("CreateDeploymentJob", **job, ResourceIds=str(number)) == (400, "InvalidParameter")


def test_the_list_of_resources_may_lag_behind(cas: Official, cloud: Cloud, clock: Clock) -> None:
    submitted(cas, of_www(cas))
    clock.advance(SETTLED_S)
    cloud.service("cas").choose(resources="late")

    (row, *_) = [one for one in resources(cas, "CDN") if one.domain == "www.example.com"]

    assert row.cert_id == ID["old"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"ContactIds": ""}, "MissingContactIds"),
        ({"ContactIds": "1"}, "InvalidParameter"),
        ({"ResourceIds": "www.example.com"}, "InvalidParameter"),
        ({"ResourceIds": "1"}, "InvalidParameter"),
        ({"CertIds": "1"}, "NotFound"),
        ({"CertIds": f"{ID['new']}-cn-hangzhou"}, "InvalidParameter"),
        ({"CertIds": f"{ID['new']},{ID['bought']}"}, "InvalidParameter"),
        ({"JobType": "OSS"}, "InvalidParameter"),
        ({"Name": "n" * 64}, "InvalidParameter"),
    ],
)
def test_what_a_job_may_not_say(cas: Official, change: dict[str, str], code: str) -> None:
    number = of_www(cas)
    whole = {"Name": "n", "JobType": "user", "CertIds": str(ID["new"]), "ContactIds": "20001"}

    assert cas.refusal("CreateDeploymentJob", **(whole | {"ResourceIds": str(number)} | change)) == (
        400,
        code,
    )
    assert cas("ListDeploymentJob").total == 0


def test_too_little_quota_stops_an_uploaded_certificate_and_no_other(cas: Official, cloud: Cloud) -> None:
    cloud.service("cas").choose(deployments="none")
    job = created(cas, of_www(cas))

    assert cas.refusal("UpdateDeploymentJobStatus", JobId=job, Status="pending") == (400, "InsufficientQuota")
    assert cas("DescribeDeploymentJob", JobId=job).status == "editing"
    submitted(cas, of_www(cas), "bought")


def test_a_job_under_way_or_at_its_end_takes_no_change(cas: Official, clock: Clock) -> None:
    job = submitted(cas, of_www(cas))

    assert cas.refusal("DeleteDeploymentJob", JobId=job) == (400, "InvalidJobStatus")
    assert cas.refusal("UpdateDeploymentJob", JobId=job, Name="other") == (400, "InvalidJobStatus")
    clock.advance(SETTLED_S)
    assert cas.refusal("UpdateDeploymentJobStatus", JobId=job, Status="editing")[1] == "InvalidJobStatus"
    cas("DeleteDeploymentJob", JobId=job)
    assert cas.refusal("DescribeDeploymentJob", JobId=job) == (400, "NotFound")


def test_one_that_waits_may_be_edited_again(cas: Official, clock: Clock) -> None:
    job = submitted(cas, of_www(cas), ScheduleTime=int((clock.now.timestamp() + 3600) * 1000))

    cas("UpdateDeploymentJobStatus", JobId=job, Status="editing")
    cas("UpdateDeploymentJob", JobId=job, Name="another", CertIds=str(ID["bought"]))

    told = cas("DescribeDeploymentJob", JobId=job)
    assert (told.status, told.name, told.cert_type) == ("editing", "another", "buy")
    assert cas("DescribeDeploymentJobStatus", JobId=job).use_count == 0


def test_the_same_request_twice_makes_two_jobs(cas: Official) -> None:
    assert created(cas, of_www(cas)) != created(cas, of_www(cas))
    assert [row.name for row in cas("ListDeploymentJob").data] == ["renewal", "renewal"]


def test_a_contact_is_made_changed_and_taken_away(cas: Official) -> None:
    number = cas("CreateContact", Name="Bob", Mobile="13800000000", Email="bob@example.com").contact_id
    cas("UpdateContact", ContactId=number, Email="robert@example.com")

    assert cas("GetContact", ContactId=number).email == "robert@example.com"
    assert [row.name for row in cas("ListContact").contact_list] == ["Ann", "Bob"]
    cas("DeleteContact", ContactId=number)
    assert cas("ListContact").total_count == 1
    assert cas.refusal("GetContact", ContactId=number) == (400, "NotFound")


def test_no_access_key_of_another_cloud_is_known(cas: Official) -> None:
    assert cas("ListCloudAccess", CloudName="Tencent", ShowSize=10).total_count == 0
    assert cas("ListCloudResources", CloudName="Tencent").total == 0


def test_ram_knows_the_description_of_a_job_by_another_name(cas: Official, cloud: Cloud) -> None:
    job = created(cas, of_www(cas))
    cloud.deny("yundun-cert:DescribeDeployment")

    assert cas.refusal("DescribeDeploymentJob", JobId=job)[0] == 403


@pytest.mark.parametrize("ends", ["error", "success"])
def test_how_a_job_ends_that_matches_nothing_can_be_chosen(cas: Official, cloud: Cloud, ends: str) -> None:
    cloud.service("cas").choose(unmatched_jobs=ends)
    number = next(int(row.id) for row in resources(cas, "CDN") if row.domain == "a.b.example.com")

    assert cas("DescribeDeploymentJob", JobId=submitted(cas, number)).status == ends


def test_a_job_may_start_when_it_is_created(cas: Official, cloud: Cloud) -> None:
    cloud.service("cas").choose(job_starts="when created")

    assert cas("DescribeDeploymentJob", JobId=created(cas, of_www(cas))).status == "processing"


def test_what_a_job_tells_before_and_after_can_be_chosen(cas: Official, cloud: Cloud, clock: Clock) -> None:
    cloud.service("cas").choose(worker_list="when submitted", ended_jobs_tell_resources=False)
    job = created(cas, of_www(cas))

    assert cas("ListWorkerResource", JobId=job).total == 0
    assert len(cas("ListDeploymentJobResource", JobId=job).data) == 1
    cas("UpdateDeploymentJobStatus", JobId=job, Status="pending")
    clock.advance(SETTLED_S)
    assert cas("DescribeDeploymentJob", JobId=job).status == "success"
    assert cas("ListDeploymentJobResource", JobId=job).data == []
