"""What a person may ask for: what is left out, and each limit with its last good value."""

from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from shared.domain import requests
from shared.domain.requests import CreateDeploymentJob, ManageDeploymentJobs

JOB: dict[str, Any] = {"Name": "spring", "CertIds": [7]}
NO_SLOTS: dict[str, Any] = {"Slots": (), "Products": (), "Accounts": (), "Regions": (), "Domains": ()}
PREVIEW: dict[str, Any] = {
    "ResourceIds": (),
    "Products": (),
    "Regions": (),
    "Domains": (),
    "Except": NO_SLOTS,
    "Tags": (),
    "Accounts": (),
    "FirstDeployment": False,
    "AcceptOutage": False,
    "Engine": None,
    "Waves": None,
}

QUESTIONS = (
    "List",
    "Show",
    "Preview",
    "Submit",
    "Diff",
    "Edit",
    "Continue",
    "Cancel",
    "Retry",
    "RollBack",
    "Delete",
    "ListResources",
    "ListCertificates",
    "Status",
    "AcceptDrift",
)


@pytest.mark.parametrize(
    ("model", "given", "rest"),
    [
        (requests.ScanExpiry, {}, {}),
        (
            requests.DiscoverResources,
            {},
            {"Products": (), "Account": None, "Region": None, "Since": None, "RestHours": 0.0},
        ),
        (requests.PreviewDeploymentJob, {"CertIds": (7,)}, PREVIEW),
        (
            CreateDeploymentJob,
            {"Name": "spring", "CertIds": (7,)},
            {
                **PREVIEW,
                "ContactIds": (),
                "ScheduleTime": None,
                "DuringFreeze": False,
                "RequireApproval": False,
                "By": None,
                "Digest": None,
                "Submit": True,
                "ClientToken": None,
            },
        ),
        (requests.RunDeploymentJobs, {}, {"JobId": None}),
        (
            requests.ListDeploymentJobs,
            {},
            {
                **{"Status": None, "Products": (), "Certificate": "", "Since": None, "Names": ()},
                **{"Sort": requests.JobOrder.CREATED, "Reverse": False, "Offset": 0, "Limit": None},
            },
        ),
        (requests.ShowDeploymentJob, {"JobId": 1}, {"Statuses": (), "Products": (), "Regions": ()}),
        (requests.RollBackDeploymentJob, {"JobId": 1}, {"ResourceIds": (), "Products": ()}),
        (ManageDeploymentJobs, {}, dict.fromkeys(QUESTIONS)),
    ],
)
def test_what_is_left_out_asks_for_nothing_special(
    model: type[BaseModel], given: dict[str, Any], rest: dict[str, Any]
) -> None:
    assert model.model_validate(given).model_dump(by_alias=True) == {**given, **rest}
    for key in given:
        with pytest.raises(ValidationError, match=f"{key}\n  Field required"):
            model.model_validate({name: value for name, value in given.items() if name != key})
    with pytest.raises(ValidationError, match="Extra inputs"):
        model.model_validate({**given, "Typo": 1})


@pytest.mark.parametrize(
    ("field", "good", "bad"),
    [
        ("Name", "n", ""),
        ("Name", "n" * 63, "n" * 64),
        ("CertIds", [7], []),
        ("ContactIds", list(range(10)), list(range(11))),
        ("ClientToken", "t", ""),
        ("ClientToken", "t" * 64, "t" * 65),
        ("ScheduleTime", "2026-05-01T02:00:00+08:00", "2026-05-01T02:00:00"),
    ],
)
def test_the_last_good_value_is_taken_and_the_next_is_not(field: str, good: object, bad: object) -> None:
    assert CreateDeploymentJob.model_validate({**JOB, field: good})
    with pytest.raises(ValidationError) as error:
        CreateDeploymentJob.model_validate({**JOB, field: bad})
    assert [item["loc"] for item in error.value.errors()] == [(field,)]


@pytest.mark.parametrize(
    ("field", "ids", "twice"),
    [
        ("CertIds", [9, 7, 8, 7, 9, 7], "7, 9"),
        ("ResourceIds", ["CDN/-/b", "CDN/-/a", "CDN/-/b"], "CDN/-/b"),
    ],
)
def test_an_id_listed_twice_is_refused_and_named_once(field: str, ids: list[Any], twice: str) -> None:
    with pytest.raises(ValidationError) as error:
        CreateDeploymentJob.model_validate({**JOB, field: ids})
    assert [item["msg"] for item in error.value.errors()] == [
        f"Value error, {twice} listed twice; name each once"
    ]


def test_each_of_the_four_is_asked_under_its_name() -> None:
    asked = ManageDeploymentJobs.model_validate(
        {
            "List": {"Status": "error"},
            "Show": {"JobId": 1},
            "Preview": {"CertIds": [7]},
            "RollBack": {"JobId": 2},
        }
    )
    assert asked.list_jobs == requests.ListDeploymentJobs(status="error")
    assert asked.show == requests.ShowDeploymentJob(job_id=1)
    assert asked.preview == requests.PreviewDeploymentJob(cert_ids=(7,))
    assert asked.roll_back == requests.RollBackDeploymentJob(job_id=2)


def test_slots_are_not_chosen_by_tags_and_why_is_said() -> None:
    with pytest.raises(ValidationError, match="slots cannot be chosen by tags: the lists of CDN"):
        CreateDeploymentJob.model_validate({**JOB, "Tags": ["env=prod"]})


OF_VERSION_0_1 = "ae700c6988f2bf6f"  #: the digest of JOB


@pytest.mark.parametrize(
    "more",
    [
        {"Products": ["CDN"]},
        {"Accounts": ["2000000000000002"]},
        {"Regions": ["cn-hangzhou"]},
        {"Domains": ["*.example.com"]},
        {"Except": {"Domains": ["*"]}},
        {"Waves": {"Canaries": ["one"]}},
    ],
)
def test_what_is_chosen_is_a_part_of_what_is_asked_for(more: dict[str, Any]) -> None:
    """And a request that chooses nothing is the one that it was before there was a choice."""
    assert CreateDeploymentJob.model_validate({**JOB, **more}).what != OF_VERSION_0_1
    assert CreateDeploymentJob.model_validate(JOB).what == OF_VERSION_0_1


def test_a_request_with_exceptions_is_the_one_that_it_was_before_accounts_could_be_excepted() -> None:
    asked = {**JOB, "Except": {"Domains": ["*"]}}

    assert CreateDeploymentJob.model_validate(asked).what == "041d84465c10f51d"
    asked["Except"]["Accounts"] = ["2000000000000002"]
    assert CreateDeploymentJob.model_validate(asked).what != "041d84465c10f51d"
