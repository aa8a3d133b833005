"""Certificates that are carried from one account to another, and jobs over both."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from shared.domain.accounts import OWN
from shared.domain.jobs import Handshake
from shared.domain.matching import ELSEWHERE
from shared.domain.states import JobStatus
from shared.errors import InvalidRequestError
from shared.services.carry import Carried, Way, carry_certificate
from tests.functional.pipeline.conftest import ESTATE, NAMES
from tests.functional.pipeline.platform import Platform, discovered
from tests.functional.pipeline.stories import asked_for

OTHER = "2000000000000002"
ROLE = f"acs:ram::{OTHER}:role/certdeploy"
THERE = f"CDN/{OTHER}@-/there.example.com"
_OLD = {"names": list(NAMES), "key": "ecdsa-p256", "days": 40}


def estate(**more: Any) -> dict[str, Any]:
    other = {
        "id": OTHER,
        "roles": [{"name": "certdeploy", "trust": ["acs:ram::1000000000000001:root"]}],
        "certificates": {"old": _OLD},
        "cdn": [{"domain": "there.example.com", "certificate": "old"}],
        **more,
    }
    return {**ESTATE, "accounts": [other]}


@pytest.fixture
def apart(tmp_path: Path) -> Iterator[Platform]:
    """Two accounts of two entities."""
    with discovered(estate(), tmp_path, accounts=ROLE) as made:
        made.cloud.calls.clear()
        yield made


@pytest.fixture
def together(tmp_path: Path) -> Iterator[Platform]:
    """Two accounts of one verified entity."""
    with discovered(estate(same_entity=True), tmp_path, accounts=ROLE) as made:
        made.cloud.calls.clear()
        yield made


def renewed(platform: Platform) -> str:
    new = platform.renew(*NAMES)
    platform.call("scan_expiry", {})
    platform.queue.clear()
    return new


def carry(platform: Platform, text: str, *accounts: str, **more: Any) -> Carried:
    (carried,) = carry_certificate(platform.world, text, accounts, **more)
    return carried


def called(platform: Platform, action: str) -> list[str]:
    """The accounts that it was carried out in."""
    return [one.account for one in platform.cloud.calls if one.action == action and one.status == 200]


@pytest.mark.long
def test_a_certificate_is_uploaded_to_an_account_of_another_entity_and_a_job_is_over_both(
    apart: Platform,
) -> None:
    new = renewed(apart)

    carried = carry(apart, new)

    assert (carried.account, carried.way) == (OTHER, Way.UPLOADED)
    assert carried.reason == "the accounts are not of one verified entity"
    assert called(apart, "UploadUserCertificate") == [OTHER]
    apart.call("scan_expiry", {})
    apart.queue.clear()
    asked_for(apart, new)
    apart.drain()
    assert apart.job().status is JobStatus.SUCCESS
    assert len(apart.workers()) == 5
    there = apart.workers()[THERE]
    assert there.cert_identifier == carried.cert_identifier
    assert there.verification is not None
    assert there.verification.handshake is Handshake.SERVED


def test_no_key_that_is_carried_is_in_the_state_the_log_or_the_calls(
    apart: Platform, caplog: pytest.LogCaptureFixture
) -> None:
    new = renewed(apart)
    key = apart.cloud.service("cas").find(new).bundle.key_pem
    body = key.splitlines()[1]

    carry(apart, new)
    apart.tick("scan_expiry")

    assert body in str(apart.cloud.of(OTHER).service("cas").rows()[-1].bundle.key_pem)
    assert body not in str([call.params for call in apart.cloud.calls])
    assert body not in caplog.text
    tables = [
        record.model_dump_json()
        for home in apart.world.policy.homes
        for record in apart.world.certificates.list(home)
    ]
    assert tables
    assert body not in "".join(tables)


@pytest.mark.long
def test_a_certificate_is_shared_within_one_entity_and_its_key_is_not_read(together: Platform) -> None:
    new = renewed(together)

    carried = carry(together, new)

    assert (carried.account, carried.way, carried.reason) == (OTHER, Way.SHARED, "")
    assert called(together, "ShareCertificate") == ["1000000000000001"]
    assert called(together, "GetUserCertificateDetail") == called(together, "UploadUserCertificate") == []
    together.tick("scan_expiry")
    assert together.workers()[THERE].cert_identifier == carried.cert_identifier
    assert together.job().status is JobStatus.SUCCESS


def test_a_shared_certificate_may_have_the_id_that_it_has_where_it_came_from(together: Platform) -> None:
    together.cloud.service("cas").choose(shared_id="same")
    new = renewed(together)

    carried = carry(together, new)

    assert carried.cert_identifier == f"{new.partition('-')[0]}-{OTHER}@cn-hangzhou"


def test_what_is_shared_and_does_not_show_yet_is_told_and_not_uploaded_beside(together: Platform) -> None:
    together.cloud.service("cas").choose(shared_shows=False)
    new = renewed(together)

    first, second = carry(together, new), carry(together, new)

    assert first == second
    assert (first.way, first.cert_identifier) == (Way.SHARED, "")
    assert "carry it with --upload" in first.reason
    assert called(together, "UploadUserCertificate") == []
    assert carry(together, new, OTHER, share=False).way is Way.UPLOADED


def test_to_carry_it_twice_makes_no_second_copy(apart: Platform) -> None:
    new = renewed(apart)

    first, second = carry(apart, new), carry(apart, new)

    assert (first.way, second.way) == (Way.UPLOADED, Way.THERE)
    assert first.cert_identifier == second.cert_identifier
    assert called(apart, "UploadUserCertificate") == [OTHER]


def test_one_of_another_account_is_carried_to_the_own_one(apart: Platform) -> None:
    new = apart.renew(*NAMES, accounts=[OTHER])
    apart.call("scan_expiry", {})

    carried = carry(apart, new, "-")

    assert (carried.account, carried.way) == (OWN, Way.UPLOADED)
    assert "@" not in carried.cert_identifier
    assert called(apart, "UploadUserCertificate") == ["1000000000000001"]


def test_an_account_that_refuses_is_told_with_why(apart: Platform) -> None:
    new = renewed(apart)
    apart.cloud.of(OTHER).deny("yundun-cert:UploadUserCertificate")

    carried = carry(apart, new)

    assert (carried.way, carried.code) == (Way.FAILED, "NoPermission")
    assert "UploadUserCertificate" in carried.reason


def test_where_no_other_account_has_a_slot_for_it_that_is_said(apart: Platform) -> None:
    new = apart.renew("*.example.org")
    apart.call("scan_expiry", {})

    with pytest.raises(InvalidRequestError, match="no other account has a slot with a name of it; name some"):
        carry(apart, new)
    with pytest.raises(InvalidRequestError, match="CERTDEPLOY_ACCOUNTS does not include 9"):
        carry(apart, new, "9")


def test_what_was_carried_by_an_upload_is_charged_though_it_was_bought(apart: Platform) -> None:
    cas = apart.cloud.service("cas")
    new = apart.renew(*NAMES)
    cas.find(new).source = "BUY"
    apart.call("scan_expiry", {})
    apart.queue.clear()
    asked = {"CertIds": [int(new.partition("-")[0])]}
    before = apart.call("manage_deployment_jobs", {"Preview": asked})
    assert before["Plan"]["Quota"] == 0
    assert {one["Rule"] for one in before["Plan"]["Entries"] if one["Resource"]["Account"]} == {ELSEWHERE}

    carry(apart, new)
    apart.call("scan_expiry", {})

    assert apart.call("manage_deployment_jobs", {"Preview": asked})["Plan"]["Quota"] == 1
