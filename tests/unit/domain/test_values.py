"""How values are stored and travel: their words, their spelling, and what a new one starts with.

Rows outlive a release, and two releases run side by side while one is rolled out, so each is held here.
"""

from enum import Enum
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from shared.domain.certificates import CertificateRecord, CertificateSource, CertificateStatus
from shared.domain.contacts import Channel, Contact, Delivery, Notification
from shared.domain.jobs import DeploymentJob, Handshake, Verification, WorkerResource
from shared.domain.matching import Action
from shared.domain.plans import Plan
from shared.domain.resources import (
    CloudResource,
    ResourceRecord,
    SlotRole,
    SyncState,
    SyncStatus,
)
from shared.domain.values import Stored, Value
from tests.builders import NOW, a_certificate, a_job, a_resource, a_worker

NEW_CONTACT = {"Version": 0, "Language": "en", "Default": False, "Channels": []}
AT = "2026-05-01T12:00:00Z"
SLOT: dict[str, Any] = {"Product": "CDN", "ResourceId": "www.example.com"}
CERTIFICATE = a_certificate().model_dump(mode="json", by_alias=True)
#: What CAS may leave out of a certificate, and rows of before do.
CERTIFICATE_REST = {
    **{"KeySize": None, "HasPrivateKey": True, "Fingerprint": "", "Serial": "", "Issuer": ""},
    **{"Organisation": "", "Chain": None, "OtherNames": [], "Account": "", "Level": None},
}


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (CertificateSource, "BUY TEST UPLOAD OTHER"),
        (CertificateStatus, "issued willExpire expired revoked other"),
        (Action, "deploy leave"),
        (SlotRole, "domain default additional"),
        (SyncState, "syncing synced partial failed outside"),
    ],
)
def test_each_word_is_spelled_as_rows_and_people_have_it(words: type[Enum], expected: str) -> None:
    assert [word.value for word in words] == expected.split()


def test_what_a_handshake_met_is_told_in_words() -> None:
    assert [word.value for word in Handshake] == [
        "served",
        "another certificate",
        "unreachable",
        "not tried",
    ]


#: What is enough to make each value, and what it then holds besides.
NEW_CONTACT = {"Version": 0, "Language": "en", "Default": False, "Channels": []}
AT = "2026-05-01T12:00:00Z"
TOLD = {"About": "job-1", "NotificationId": "finished-1"}
NOT_TRIED = {"Version": 0, "Contact": "", "Over": "", "Status": "pending", "Reason": "", "Attempts": 0}
NOT_TRIED |= dict.fromkeys(("LeaseUntil", "NotBefore", "EndedAt"))
#: Of a new job.
NOTHING_YET = (
    *("StoringUntil", "ChangingUntil", "DeletedAt", "Retry", "Waves", "WaveEndedAt", "CancelledAt"),
    *("StartedAt", "FinishedAt", "DispatchedAt", "RolledBackAt", "SubmittedAt"),
)

ROWS: list[tuple[type[BaseModel], dict[str, Any], dict[str, Any]]] = [
    (
        CloudResource,
        SLOT,
        {
            "Region": "",
            "Location": "",
            "InstanceId": "",
            "InstanceName": "",
            "ListenerId": "",
            "Port": None,
            "Role": "domain",
            "Kind": "",
            "Domains": [],
            "DomainsOfCertificate": False,
            "Account": "",
            "OtherNames": [],
            "Https": True,
            "CertIdentifier": "",
            "CertNotAfter": None,
            "Endpoint": "",
            "ServerNames": [],
            "WriterId": "",
            "BatchObstacle": "",
            "Obstacle": "",
            "FrontedBy": "",
            "Follows": "",
            "CertKey": "",
        },
    ),
    (
        SyncStatus,
        {"Product": "CDN", "State": "syncing", "StartedAt": AT},
        {
            **{"Version": 0, "Count": 0, "EmptyPasses": 0, "Unread": [], "UnreadWithin": []},
            **{"Region": "", "Reason": "", "Code": "", "Account": ""},
            **{"FinishedAt": None, "WholeAt": None},
        },
    ),
    (
        ResourceRecord,
        {"Resource": SLOT, "SeenAt": AT},
        {"Version": 0, "ToldDays": None, "Memo": "", "Placed": None, "DriftTold": "", "Missed": False},
    ),
    (
        CertificateRecord,
        {"Certificate": CERTIFICATE},
        {
            "Version": 0,
            "IssuedHandled": False,
            "IssuedUnseen": [],
            "ExpiringHandledDays": None,
            "ExpiringUnseen": [],
            "LevelAskedAt": None,
            "MissingTold": [],
            "OnlyTold": False,
        },
    ),
    (
        WorkerResource,
        {"JobId": 1, "WorkerId": 42, "Resource": SLOT, "CertIdentifier": "7-cn-hangzhou"},
        {
            "Version": 0,
            "Shard": 0,
            "Uploaded": None,
            "ChosenBecause": "",
            "Status": "pending",
            "Reason": "",
            "MayPass": False,
            "FailedBefore": [],
            "PreviousCertIdentifier": None,
            "Wave": 0,
            "SettingsBefore": None,
            "OthersBefore": None,
            "AlsoChanged": [],
            "Lost": [],
            "Joined": False,
            "Deployed": None,
            "Verification": None,
            "Attempts": 0,
            "HandedOn": 0,
            "HalfMade": [],
            "Undone": [],
            "Unfinished": False,
            "Succeeded": False,
            "LeaseUntil": None,
            "NotBefore": None,
            "StartedAt": None,
            "FinishedAt": None,
        },
    ),
    (
        DeploymentJob,
        {
            "JobId": 1,
            "Name": "spring",
            "Token": "t",
            "Origin": "manual",
            "CertIdentifiers": ["7-cn-hangzhou"],
            "CertType": "UPLOAD",
            "ScheduleTime": AT,
            "PlanDigest": "0" * 16,
            "Products": {"CDN": 1},
            "CreatedAt": AT,
        },
        {
            "Version": 0,
            "Status": "editing",
            **dict.fromkeys(NOTHING_YET),
            "RequestDigest": "",
            "Undone": False,
            "ContactIds": [],
            "HeldBack": "",
            "RequireApproval": False,
            "DraftedBy": [],
            "SubmittedBy": "",
            **{"AcceptOutage": False, "Engine": "direct"},
            "SuccessCount": 0,
            "ErrorCount": 0,
            "CancelledCount": 0,
            "Retries": 0,
            "DuringFreeze": False,
            "Wave": 0,
            "WaveApproved": 0,
            "WaveTold": 0,
            "Halted": "",
            "RolledBackCount": 0,
            "RollbackErrorCount": 0,
            "Edits": 0,
            "FinishAnnounced": False,
        },
    ),
    (
        Verification,
        {"ReadBack": True, "Handshake": "served", "At": AT},
        {"Trusted": None, "ServerNames": [], "Detail": ""},
    ),
    (
        Contact,
        {"ContactId": 1, "Name": "Ops"},
        {"Version": 0, "Language": "en", "Default": False, "Channels": []},
    ),
    (Channel, {"Kind": "dingtalk"}, {"To": "", "Url": "", "Secret": ""}),
    (Notification, {**TOLD, "Body": {}, "ContactIds": [1], "CreatedAt": AT}, {"Version": 0}),
    (Delivery, {**TOLD, "ContactId": 1, "Channel": "slack-0"}, NOT_TRIED),
    (
        Plan,
        {"Entries": []},
        {"CertType": "", "Quota": 0, "AcceptOutage": False, "Engine": "direct", "Waves": None},
    ),
    (
        type(a_certificate()),
        {key: value for key, value in CERTIFICATE.items() if key not in CERTIFICATE_REST},
        CERTIFICATE_REST,
    ),
]
EACH_ROW = pytest.mark.parametrize(("model", "given", "rest"), ROWS, ids=[row[0].__name__ for row in ROWS])


@EACH_ROW
def test_a_new_value_holds_nothing_that_was_not_given(
    model: type[BaseModel], given: dict[str, Any], rest: dict[str, Any]
) -> None:
    made = model.model_validate(given).model_dump(mode="json", by_alias=True)
    assert {key: made[key] for key in rest} == rest
    assert set(made) == {*given, *rest}


@EACH_ROW
def test_what_is_needed_is_not_guessed(
    model: type[BaseModel], given: dict[str, Any], rest: dict[str, Any]
) -> None:
    for key in given.keys() - rest.keys():
        with pytest.raises(ValidationError) as error:
            model.model_validate({name: value for name, value in given.items() if name != key})
        assert [(item["type"], item["loc"]) for item in error.value.errors()] == [("missing", (key,))]


@EACH_ROW
def test_a_value_is_not_changed_in_place_and_keeps_an_unknown_field_only_if_it_is_stored(
    model: type[BaseModel], given: dict[str, Any], rest: dict[str, Any]
) -> None:
    value = model.model_validate(given)
    with pytest.raises(ValidationError, match="frozen"):
        setattr(value, next(iter(model.model_fields)), None)
    if issubclass(model, Stored):
        read = model.model_validate({**given, "Stranger": 1})
        assert read.model_dump(mode="json", by_alias=True)["Stranger"] == 1
        assert (read, hash(read)) == (value, hash(value)) if _hashable(value) else read == value
        return
    with pytest.raises(ValidationError, match="Extra inputs"):
        model.model_validate({**given, "Stranger": 1})


def _hashable(value: BaseModel) -> bool:
    return not any(isinstance(part, dict) for part in value.__dict__.values())


def test_a_stored_value_differs_from_one_of_another_kind_or_content() -> None:
    class Other(CloudResource):
        pass

    assert a_resource() != a_resource(obstacle="x")
    assert a_resource() != Other(**a_resource().__dict__)


def test_a_value_that_does_not_travel_is_as_strict() -> None:
    class Own(Value):
        name: str

    with pytest.raises(ValidationError, match="frozen"):
        setattr(Own(name="a"), "name", "b")  # noqa: B010 - mypy would refuse the plain form
    with pytest.raises(ValidationError, match="Extra inputs"):
        Own.model_validate({"name": "a", "Stranger": 1})


@pytest.mark.parametrize(
    "value",
    [a_certificate(), a_resource(), a_job(started_at=NOW), a_worker(deployed=a_resource(), lease_until=NOW)],
)
def test_a_value_comes_back_from_its_row_the_same(value: BaseModel) -> None:
    row = value.model_dump_json(by_alias=True)
    assert type(value).model_validate_json(row) == value
