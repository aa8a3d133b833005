"""CAS's own deployment jobs: our requests are the official SDK's, its models know the answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from emulator.estate import parse_estate
from emulator.server import Server
from shared.cloud.cas import Cas
from shared.cloud.cas_jobs import ACTIONS, CasJob, CasJobContent, CasJobs, CasResource, CasWorker
from shared.domain.resources import CloudProduct
from shared.errors import CloudRejectedError
from tests.contract.bench import STORE, client
from tests.contract.cases import CERT_ID, CERTIFICATES
from tests.contract.oracle import Sdk, form, recording
from tests.contract.otherwise import told_otherwise
from tests.contract.watch import check, watching

CAS = "cas20200407"
ESTATE: dict[str, Any] = {
    "certificates": CERTIFICATES,
    "contacts": [{"name": "Ann", "email": "ann@example.com", "mobile": "13900000000"}],
    "cdn": [{"domain": "www.example.com", "certificate": "old"}],
    "alb": [
        {
            "name": "shop",
            "region": "cn-hangzhou",
            "listeners": [{"port": 443, "protocol": "HTTPS", "default": "old"}],
        }
    ],
}
NAME = "certdeploy-1-CDN-0-0-1"
CONTACT = 20001


@pytest.fixture
def jobs(server: Server) -> CasJobs:
    server.cloud.load(parse_estate(ESTATE))
    return Cas(client(server.cloud, server.endpoint), STORE).jobs


def content(jobs: CasJobs) -> CasJobContent:
    (www,) = jobs.resources(CloudProduct.CDN)
    return CasJobContent(CERT_ID["new"], [www.resource_id], [CONTACT])


def all_of_it(jobs: CasJobs) -> int:
    """Every action once, or more often; the job is gone at the end."""
    wanted = content(jobs)
    jobs.resources(CloudProduct.ALB)
    job_id = jobs.create(NAME, wanted)
    jobs.change(job_id, wanted)
    assert jobs.named("certdeploy-1-") == [CasJob(job_id, NAME, "editing")]
    jobs.delete(job_id)
    job_id = jobs.create(NAME, wanted)
    jobs.submit(job_id)
    assert jobs.status(job_id) == "processing"
    assert [(one.resource_id, one.cert_id) for one in jobs.workers(job_id)] == [
        (wanted.resource_ids[0], wanted.cert_id)
    ]
    return job_id


@pytest.mark.ordinary_answers("the SDK does not know the fields that are made up")
def test_the_sdk_knows_all_that_is_answered_and_all_that_we_read(
    server: Server, jobs: CasJobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch = watching(monkeypatch)
    all_of_it(jobs)

    check(Sdk(CAS, server), watch, {action.name for action in ACTIONS})


def test_each_request_is_what_the_sdk_sends(
    server: Server, jobs: CasJobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    with recording(monkeypatch) as recorder:
        all_of_it(jobs)
    sent = {str(form(one)): one for one in recorder.requests}.values()
    assert {one.header("x-acs-action") for one in sent} == {action.name for action in ACTIONS}

    for ours in sent:
        action, params = ours.header("x-acs-action"), dict(ours.queries)
        with recording(monkeypatch) as recorder:
            Sdk(CAS, server).send(action, params)
        (theirs,) = recorder.of(action)
        assert form(ours) == form(theirs), action


@pytest.mark.ordinary_answers("others may leave out whether it is the default one")
def test_a_resource_of_a_listener_is_told_apart_by_instance_listener_and_port(jobs: CasJobs) -> None:
    (default,) = jobs.resources(CloudProduct.ALB)

    assert default == CasResource(
        default.resource_id,
        "example.com,*.example.com",
        CERT_ID["old"],
        default.instance_id,
        default.listener_id,
        443,
        True,
        "cn-hangzhou",
    )
    assert default.instance_id.startswith("alb-")
    assert "@" not in default.listener_id


def test_lists_of_more_than_a_page_are_read_to_their_end(jobs: CasJobs) -> None:
    wanted = content(jobs)
    made = [jobs.create(f"certdeploy-1-CDN-0-0-{number}", wanted) for number in range(1, 53)]
    jobs.create("somebody else's", wanted)

    assert sorted(one.job_id for one in jobs.named("certdeploy-1-")) == made


def test_one_that_is_not_there_is_said_so(jobs: CasJobs) -> None:
    for ask in (jobs.status, jobs.workers, jobs.submit, jobs.delete):
        with pytest.raises(CloudRejectedError, match="NotFound"):
            ask(1)


@pytest.mark.ordinary_answers("each field is told otherwise by the test itself")
@pytest.mark.parametrize("what", ["resources", "named", "workers", "status"])
def test_whatever_a_field_says_it_is_read_or_an_error_of_the_cloud(jobs: CasJobs, what: str) -> None:
    job_id = all_of_it(jobs)
    assert len(jobs.workers(job_id)) == 1
    asks: dict[str, Callable[[], Any]] = {
        "resources": lambda: jobs.resources(CloudProduct.ALB),
        "named": lambda: jobs.named("certdeploy-"),
        "workers": lambda: jobs.workers(job_id),
        "status": lambda: jobs.status(job_id),
    }
    kinds = {"resources": CasResource, "named": CasJob, "workers": CasWorker, "status": str}
    seen = 0
    for told in told_otherwise(lambda: [asks[what]()], cas=True):
        seen += 1
        for found in told.found or ():
            rows = found if isinstance(found, list) else [found]
            assert all(isinstance(row, kinds[what]) for row in rows), told
    assert seen > 5


@pytest.mark.ordinary_answers("each field is told otherwise by the test itself")
def test_a_row_that_cannot_be_read_hides_no_other_resource_but_may_be_a_job_of_ours(jobs: CasJobs) -> None:
    all_of_it(jobs)
    for told in told_otherwise(lambda: [jobs.resources(CloudProduct.ALB)], cas=True):
        assert told.error is None or told.path in ("Data[]", "Data", "Total"), told
    for told in told_otherwise(lambda: [jobs.named("certdeploy-")], cas=True):
        if told.path in ("Data[].Id", "Data[].Name", "Data[].Status") and told.how in ("absent", "null"):
            assert told.error is not None, told
