"""What a person asks for: carried out as asked, or refused with every reason, and then nothing is stored."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from shared.domain.contacts import Contact
from shared.domain.jobs import DeploymentJob
from shared.domain.requests import PreviewDeploymentJob
from shared.domain.states import JobStatus
from tests.functional.pipeline.platform import Platform, discovered
from tests.functional.pipeline.stories import IMG, WWW

OFF, SHOP = "CDN/-/off.example.com", "CDN/-/shop.example.org"
_ECC = {"key": "ecdsa-p256"}
_WILD = {"names": ["example.com", "*.example.com"], **_ECC}
ESTATE: dict[str, Any] = {
    "regions": ["cn-hangzhou"],
    "certificates": {
        "old": {**_WILD, "days": 40},
        "new": {**_WILD, "days": 200},
        "longer": {"names": ["www.example.com"], **_ECC, "days": 300},
        "bought": {**_WILD, "days": 200, "source": "BUY"},
        "revoked": {**_WILD, "days": 200, "status": "revoked"},
        "keyless": {**_WILD, "days": 200, "private_key": False},
        "far": {"names": ["*.example.org"], **_ECC, "days": 200, "store": "ap-southeast-1"},
        "nowhere": {"names": ["example.net"], **_ECC, "days": 200},
    },
    "cdn": [
        {"domain": "www.example.com", "certificate": "old"},
        {"domain": "off.example.com"},
        {"domain": "shop.example.org"},
    ],
    "oss": [
        {
            "bucket": "bucket-one",
            "region": "cn-hangzhou",
            "cnames": [{"domain": "img.example.com", "certificate": "old"}],
        }
    ],
}


@pytest.fixture
def platform(tmp_path: Path) -> Iterator[Platform]:
    with discovered(ESTATE, tmp_path, stores=("cn-hangzhou", "ap-southeast-1")) as made:
        yield made


def ids(platform: Platform) -> dict[str, int]:
    return {
        record.certificate.name: record.certificate.cert_id
        for store in platform.world.policy.stores
        for record in platform.world.certificates.list(store)
    }


def create(platform: Platform, *names: str, **more: Any) -> Any:
    """What the function answers. Names that are no certificate's are sent as ids."""
    known = ids(platform)
    request = {"CertIds": [known.get(name, name) for name in names], "Name": "by hand", **more}
    return platform.call("create_deployment_job", request)


def refused(platform: Platform, *names: str, code: str = "InvalidParameter", **more: Any) -> str:
    """Why the request is refused. Nothing is stored, nothing is sent."""
    before = platform.jobs()
    answer = create(platform, *names, **more)
    assert answer["Code"] == code
    assert (platform.jobs(), platform.queue) == (before, [])
    return str(answer["Message"])


def planned(platform: Platform, job: DeploymentJob) -> dict[str, str]:
    """The certificate's name by slot."""
    names = {f"{number}": name for name, number in ids(platform).items()}
    return {
        worker.resource.slot: names[worker.cert_identifier.partition("-")[0]]
        for worker in platform.world.workers.list(job.job_id)
    }


def test_a_job_keeps_its_name_its_contacts_and_its_time(platform: Platform) -> None:
    at = (platform.clock() + timedelta(days=2)).replace(microsecond=0)
    for contact_id in (20001, 20002):
        platform.world.contacts.save(Contact(contact_id=contact_id, name="ops"))

    create(platform, "new", Name="spring", ContactIds=[20001, 20002], ScheduleTime=at.isoformat())
    assert platform.queue == [], "nobody is woken before its time"
    platform.tick("run_deployment_jobs")

    job = platform.job()
    assert (job.name, job.contact_ids, job.schedule_time) == ("spring", (20001, 20002), at)
    assert (job.origin, job.cert_type, job.accept_outage) == ("manual", "UPLOAD", False)
    assert (job.status, platform.writes()) == (JobStatus.PENDING, []), "it began before its time"
    platform.pass_days(2.01)
    platform.tick("run_deployment_jobs")
    assert platform.job().status is JobStatus.SUCCESS
    assert planned(platform, job) == {WWW: "new", IMG: "new"}


def test_a_job_without_a_time_is_due_at_once_and_one_may_be_asked_to_accept_an_outage(
    platform: Platform,
) -> None:
    before = platform.clock()

    create(platform, "new", AcceptOutage=True)

    job = platform.job()
    assert before <= job.schedule_time == job.created_at <= platform.clock()
    assert [function for function, _ in platform.queue] == ["run_deployment_jobs"]
    assert job.accept_outage is True
    assert job.contact_ids == ()


def test_the_same_token_makes_one_job_and_says_so(platform: Platform) -> None:
    first = create(platform, "new", ClientToken="once", Submit=False)
    again = create(platform, "new", ClientToken="once", Submit=False)
    other = create(platform, "new", ClientToken="twice", Submit=False)

    assert [job["JobId"] for job in again["Jobs"]] == [job["JobId"] for job in first["Jobs"]]
    assert (first["Note"], again["Note"]) == ("", "already exists")
    assert {job.token for job in platform.jobs()} == {"person/once", "person/twice"}
    assert other["Jobs"][0]["JobId"] != first["Jobs"][0]["JobId"]
    assert {job.status for job in platform.jobs()} == {JobStatus.EDITING}


def test_a_job_that_is_asked_for_again_while_it_runs_is_left_as_it_is(platform: Platform) -> None:
    first = create(platform, "new", ClientToken="once")
    again = create(platform, "new", ClientToken="once")

    assert [answer["Jobs"][0]["Status"] for answer in (first, again)] == ["pending", "pending"]
    assert [function for function, _ in platform.queue] == ["run_deployment_jobs"]


def test_without_a_token_each_request_makes_a_job(platform: Platform) -> None:
    create(platform, "new", Submit=False)
    create(platform, "new", Submit=False)

    assert len(platform.jobs()) == 2


def test_ids_of_jobs_are_large_and_whole_also_where_numbers_are_doubles(platform: Platform) -> None:
    for token in range(8):
        create(platform, "new", ClientToken=f"token-{token}", Submit=False)

    ids_of_jobs = [job.job_id for job in platform.jobs()]
    assert len(set(ids_of_jobs)) == 8
    assert max(ids_of_jobs) < 2**52
    assert max(ids_of_jobs) > 2**50, "few ids: soon two tokens would meet"


def test_of_several_certificates_each_slot_gets_the_one_that_is_valid_longest(platform: Platform) -> None:
    create(platform, "new", "longer", Submit=False)

    assert planned(platform, platform.job()) == {WWW: "longer", IMG: "new"}
    known = ids(platform)
    assert platform.job().cert_identifiers == tuple(
        f"{known[name]}-cn-hangzhou" for name in ("new", "longer")
    )


#: Each field of a preview, with a value that has other work done.
OTHER_WORK: dict[str, object] = {
    "CertIds": "longer",
    "ResourceIds": [WWW],
    "Products": ["CDN"],
    "Regions": ["cn-hangzhou"],
    "Domains": ["img.*"],
    "Except": {"Slots": [WWW]},
    "FirstDeployment": True,
    "AcceptOutage": True,
    "Engine": "cas",
    "Waves": {"Canaries": ["one"]},
}


def test_every_field_of_a_preview_is_changed_here() -> None:
    fields = {str(field.alias) for field in PreviewDeploymentJob.model_fields.values()}
    apart = {"Tags", "Accounts"}
    assert OTHER_WORK.keys() == fields - apart, "tags are refused; here is one account (test_accounts)"


@pytest.mark.parametrize("field", OTHER_WORK)
def test_a_digest_does_not_approve_other_work(platform: Platform, field: str) -> None:
    known = ids(platform)
    asked = {"CertIds": [known["new"]]}
    digest = platform.call("manage_deployment_jobs", {"Preview": asked})["Digest"]
    value = [known["longer"]] if field == "CertIds" else OTHER_WORK[field]

    request = {**asked, "Name": "by hand", "Digest": digest, field: value}
    answer = platform.call("create_deployment_job", request)

    assert answer["Code"] == "PlanChanged"
    assert platform.jobs() == []


def test_a_digest_that_is_not_the_plan_s_is_answered_with_both(platform: Platform) -> None:
    digest = platform.call("manage_deployment_jobs", {"Preview": {"CertIds": [ids(platform)["new"]]}})[
        "Digest"
    ]

    answer = create(platform, "new", Digest="0" * 16)

    assert answer == {
        "Code": "PlanChanged",
        "Message": f"the plan is now {digest}, not 0000000000000000: slots, certificates or waves have"
        " changed since the preview; preview again and approve what it shows",
    }
    assert platform.jobs() == []


def test_a_certificate_of_the_second_store_is_deployed_by_its_id(platform: Platform) -> None:
    create(platform, "far", FirstDeployment=True)
    platform.drain()

    assert platform.job().status is JobStatus.SUCCESS
    assert planned(platform, platform.job()) == {SHOP: "far"}
    assert platform.job().cert_identifiers == (f"{ids(platform)['far']}-ap-southeast-1",)


def test_a_request_that_is_wrong_in_itself_is_refused_before_anything_is_planned(platform: Platform) -> None:
    at = (platform.clock() - timedelta(days=1)).isoformat()

    said = refused(platform, "99", Name=" spring", ContactIds=[1, 1], ScheduleTime=at)

    assert [field for field in ("Name", "ScheduleTime", "ContactIds") if f"{field}: " not in said] == []
    assert "CertIds" not in said


def test_one_job_takes_one_type_of_certificate(platform: Platform) -> None:
    assert (
        refused(platform, "new", "bought")
        == "CertIds: one job takes one certificate type, these are BUY, UPLOAD"
    )


def test_every_certificate_that_cannot_be_deployed_is_named_with_its_reason(platform: Platform) -> None:
    known = ids(platform)
    said = refused(platform, "revoked", "99", "keyless", "new")

    assert said == (
        f"CertIds: certificate 99 is not known (`certdeploy scan` reads CAS anew); certificate"
        f" {known['revoked']} cannot be deployed: it is revoked; certificate {known['keyless']} cannot be"
        " deployed: CAS does not hold its private key (the CSR was made elsewhere)"
    )


def test_slots_that_were_named_and_would_be_left_alone_are_not_skipped_in_silence(platform: Platform) -> None:
    said = refused(platform, "new", ResourceIds=[WWW, OFF, SHOP])

    off = "HTTPS is off; a job switches it on only when asked to (first deployment)"
    assert said == f"ResourceIds: {OFF}: {off}; {SHOP}: not covered: shop.example.org"


def test_slots_that_are_not_known_are_named(platform: Platform) -> None:
    gone = ("CDN/-/gone.example.com", "OSS/-/nope/img.example.com")

    said = refused(platform, "new", code="NotFound", ResourceIds=[WWW, *gone])

    assert said == f"Slot {', '.join(gone)} does not exist: `certdeploy resource list` shows all"


def test_only_the_slots_that_were_named_get_a_worker(platform: Platform) -> None:
    create(platform, "new", ResourceIds=[IMG], Submit=False)

    assert planned(platform, platform.job()) == {IMG: "new"}


def test_a_job_that_would_write_nothing_is_refused_with_the_reasons(platform: Platform) -> None:
    assert refused(platform, "old") == (
        f"nothing to deploy: {OFF}: HTTPS is off; a job switches it on only when asked to (first"
        f" deployment); {WWW}, {IMG}: it serves this certificate already"
    )
    assert refused(platform, "nowhere") == (
        "nothing to deploy: no discovered slot serves a name of the certificate"
    )
