"""A job, and an upload with its name: all that is wrong in one message."""

from datetime import timedelta

import pytest

from shared.domain.requests import CreateDeploymentJob
from shared.errors import InvalidRequestError
from shared.validation.bundles import read_bundle
from shared.validation.jobs import check_job
from shared.validation.problems import refuse_if_any
from shared.validation.secret import SecretPem
from tests.keys import NOW, a_leaf, intermediate


def test_a_job_now_and_one_in_an_hour_are_taken() -> None:
    for time in (None, NOW + timedelta(hours=1)):
        check_job(CreateDeploymentJob(name="spring", cert_ids=(7,), schedule_time=time), NOW)


def test_all_that_is_wrong_with_a_job_is_told_under_the_names_of_its_fields() -> None:
    request = CreateDeploymentJob(name=" spring", cert_ids=(7,), schedule_time=NOW, contact_ids=(1, 2, 1))
    with pytest.raises(InvalidRequestError) as error:
        check_job(request, NOW)
    assert str(error.value) == (
        "job: Name: it begins or ends with a space; remove it;"
        " ScheduleTime: it is in the past (it is now 2026-05-01 12:00 UTC); choose a later time, or leave"
        " it out to run at once; ContactIds: 1 listed twice; name each once"
    )


def test_problems_are_told_in_their_order_and_each_once() -> None:
    with pytest.raises(InvalidRequestError) as error:
        refuse_if_any("thing", iter(["second", "first", "second"]))
    assert str(error.value) == "thing: second; first"
    refuse_if_any("thing", iter(()))


def test_an_upload_s_name_is_told_with_the_rest() -> None:
    leaf = a_leaf(days=-0.5)
    with pytest.raises(InvalidRequestError) as error:
        read_bundle(leaf.pem + intermediate().pem, SecretPem(leaf.key_pem), now=NOW, name="证书")
    message = str(error.value)
    assert "it expired on" in message
    assert "name: it contains Chinese characters" in message
