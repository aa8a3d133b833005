"""Every field of every message that a function takes, with values that nobody should send.

A message is refused with one clear line and nothing is changed, or it is taken; it is never a fault of ours.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from shared.domain.events import (
    CertificateExpiring,
    CertificateIssued,
    EventData,
    JobFinished,
    JobRolledBack,
    ReplacementMissing,
    SlotsExpiring,
    WorkersScheduled,
)
from shared.domain.resources import CloudProduct
from shared.errors import AppError
from tests.builders import NOW
from tests.functional.pipeline.platform import Platform
from tests.functional.pipeline.stories import WWW, AProduct, deployed, with_product
from tests.remembering import Remembering
from tests.shortened import WHOLE

STEP = 1 if WHOLE else 8  #: of the values, each field is sent one in so many
ABSENT = object()
DEEP: Any = []
for _ in range(200):
    DEEP = [DEEP]
HOSTILE: dict[str, Any] = {
    "absent": ABSENT,
    "null": None,
    "true": True,
    "negative": -1,
    "zero": 0,
    "beyond 64 bits": 2**63,
    "huge": 10**30,
    "fraction": 1.5,
    "infinite": float("inf"),
    "not a number": float("nan"),
    "empty text": "",
    "blank": " ",
    "a digit that is none": "²",
    "half a character": "\ud800",
    "long": "x" * 100_000,
    "path": "../../etc",
    "host": "x@evil.example/?",
    "control": "a\x1b[31m\r\nb",
    "null byte": "a\0b",
    "first day": "0001-01-01T00:00:00Z",
    "before the first day": "0001-01-01T00:00:00+14:00",
    "last day": "9999-12-31T23:59:59-14:00",
    "no zone": "2026-05-01T00:00:00",
    "list": [],
    "list of null": [None],
    "list of a number": [1],
    "list of text": ["x"],
    "list of lists": [[]],
    "a long list": list(range(5000)),
    "object": {},
    "nested": {"A": {"B": [{"C": None}]}},
    "deep": DEEP,
}


def event(data: EventData) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": "e-1",
        "source": "certdeploy",
        "type": data.type,
        "time": "2026-05-01T12:00:00Z",
        "data": data.model_dump(mode="json", by_alias=True),
    }


def messages(job_id: int, new: str) -> dict[str, tuple[str, dict[str, Any]]]:
    """Function and message, all of them sound."""
    cert_id = int(new.partition("-")[0])
    preview = {"CertIds": [cert_id], "ResourceIds": [WWW], "FirstDeployment": False, "AcceptOutage": False}
    request = {
        **preview,
        "Name": "by hand",
        "ContactIds": [],
        "ScheduleTime": None,
        "Digest": None,
        "Submit": True,
        "ClientToken": "once",
    }
    timer = {"triggerTime": "2026-05-01T12:00:00Z", "triggerName": "hourly", "payload": "{}"}
    missing = ReplacementMissing.about([WWW], cert_identifier=new, name="x", not_after=NOW, days_left=1)
    stranger = SlotsExpiring.about(
        [WWW], cert_identifier="sha256:0f", not_after=NOW, days_left=1, threshold_days=30
    )
    ends = CertificateExpiring(cert_identifier=new, days_left=1, threshold_days=30)
    share = WorkersScheduled(job_id=job_id, product=CloudProduct.CDN)
    return {
        "create": ("create_deployment_job", request),
        "issued": ("create_deployment_job", event(CertificateIssued(cert_identifier=new))),
        "expiring": ("create_deployment_job", event(ends)),
        "run": ("run_deployment_jobs", {"JobId": job_id}),
        "run by timer": ("run_deployment_jobs", timer),
        "list": ("manage_deployment_jobs", {"List": {"Status": "success"}}),
        "show": ("manage_deployment_jobs", {"Show": {"JobId": job_id}}),
        "preview": ("manage_deployment_jobs", {"Preview": preview}),
        "roll back": ("manage_deployment_jobs", {"RollBack": {"JobId": job_id, "ResourceIds": [WWW]}}),
        "discover": ("discover_resources", {"Products": ["CDN"], "Region": "", "Since": None}),
        "discover by timer": ("discover_resources", timer),
        "scheduled": ("deploy_cdn", event(share)),
        "finished": ("notify_contacts", event(JobFinished(job_id=job_id))),
        "rolled back": ("notify_contacts", event(JobRolledBack(job_id=job_id))),
        "missing": ("notify_contacts", event(missing)),
        "strangers": ("notify_contacts", event(stranger)),
    }


def paths(message: Any, at: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    yield at
    if isinstance(message, dict):
        for key, value in message.items():
            yield from paths(value, (*at, key))
    elif isinstance(message, list):
        for number, value in enumerate(message):
            yield from paths(value, (*at, number))


def changed(message: Any, at: tuple[str | int, ...], value: Any) -> Any:
    if not at:
        return {} if value is ABSENT else value
    made = copy.deepcopy(message)
    inner = made
    for step in at[:-1]:
        inner = inner[step]
    if value is ABSENT:
        del inner[at[-1]]
    else:
        inner[at[-1]] = value
    return made


@pytest.mark.long
@pytest.mark.parametrize("kind", messages(1, "7-cn-hangzhou"))
def test_whatever_is_sent_is_taken_or_refused_with_one_line_and_no_change(
    platform: Platform, tmp_path: Path, kind: str
) -> None:
    job = deployed(platform).job()
    function, message = messages(job.job_id, job.cert_identifiers[0])[kind]
    with_product(platform, AProduct([""]))
    before = Remembering.copy_of(tmp_path / "state.db")
    faults: list[str] = []
    for number, at in enumerate(paths(message)):
        for name, value in list(HOSTILE.items())[number % STEP :: STEP]:
            platform.store, rows = before.again(), before
            platform.queue.clear()
            where = f"{'.'.join(map(str, at)) or 'the message'}: {name}"
            sent = json.dumps(changed(message, at, value)).encode()
            try:
                answer = platform.call(function, sent)
            except AppError as error:
                faults.append(f"{where}: {error}")
                continue
            if not (isinstance(answer, dict) and answer.keys() == {"Code", "Message"}):
                continue
            told = answer["Message"]
            if platform.store != rows or platform.queue:
                faults.append(f"{where}: refused, but something was changed")
            if not told.isprintable() or len(told) > 1500:
                faults.append(f"{where}: {told[:200]!r}, {len(told)} characters")
    assert not faults, "\n".join(one[:300] for one in faults)
