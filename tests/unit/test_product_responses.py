"""How products write times, names and refusals, as far as several or one of them need to be read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timezone
from typing import Any, cast

import pytest

from shared.cloud.openapi import OpenApi
from shared.cloud.reading import Fields, fields_of
from shared.errors import (
    CloudDeniedError,
    CloudError,
    CloudRejectedError,
    CloudThrottledError,
    CloudUnavailableError,
    UnreadableAnswerError,
)
from shared.products.apigateway.fields import moment, name_of, named, unbound
from shared.products.cdn.adapter import Adapter as Cdn
from shared.products.kit.changes import Change, Look
from shared.products.kit.envelope import opened
from shared.products.kit.fingerprints import identifier_of_leaf, leaf_of
from shared.products.kit.found import Found, Unread, told
from shared.products.kit.means import Means
from shared.products.kit.times import parse_time
from shared.products.mse.fields import address, state
from tests.builders import a_resource
from tests.keys import a_leaf


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=timezone.utc)  # type: ignore[misc,arg-type]


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2027-01-01T00:00:00Z", at(2027, 1, 1)),
        ("2027-01-01T08:00:00+08:00", at(2027, 1, 1)),
        ("2027-01-01 10:20:30", at(2027, 1, 1, 10, 20, 30)),
        ("Jan  2 03:04:05 2027 GMT", at(2027, 1, 2, 3, 4, 5)),
        ("Fri, 01 Jan 2027 00:00:00 GMT", at(2027, 1, 1)),
        ("Fri, 01 Jan 2027 00:00:00 -0000", at(2027, 1, 1)),
        ("soon", None),
        ("Thu, 01 Jan 1970 00:00:00 +99999999999999", None),
        ("Jan 99999999999 24:00:00, GMT24:00:00 +99999999999999999999", None),
        ("", None),
        (None, None),
    ],
)
def test_a_time_in_any_form_is_a_moment_of_one_zone_or_nothing(
    text: str | None, moment: datetime | None
) -> None:
    found = parse_time(text)

    assert found == moment
    assert found is None or found.tzinfo is not None


@pytest.mark.parametrize(
    "answer",
    [
        {"Success": True, "Data": 1},
        {"Success": True, "ErrorCode": "Odd"},
        {"Data": 1},
        {"Code": "200", "ErrorCode": ""},
        {"Code": 399},
    ],
)
def test_an_answer_that_does_not_tell_of_a_failure_is_taken(answer: dict[str, Any]) -> None:
    assert opened("Act", fields_of(answer, "Act")) == answer


@pytest.mark.parametrize(
    ("answer", "kind", "told"),
    [
        ({"Success": False}, CloudRejectedError, "Act: Failed: no message (RequestId -)"),
        ({"Code": 500}, CloudUnavailableError, "Act: Failed: no message (RequestId -)"),
        (
            {"Success": False, "Code": 200, "Message": "no"},
            CloudRejectedError,
            "Act: Failed: no (RequestId -)",
        ),
        ({"Success": False, "Code": 399}, CloudRejectedError, "Act: Failed: no message (RequestId -)"),
        ({"Success": False, "Code": "500"}, CloudUnavailableError, "Act: Failed: no message (RequestId -)"),
        ({"Success": False, "Code": 403}, CloudDeniedError, "Act: Failed: no message (RequestId -)"),
        ({"Success": False, "Code": "Odd"}, CloudRejectedError, "Act: Odd: no message (RequestId -)"),
        (
            {"Success": False, "ErrorCode": "Odd", "Code": 500, "RequestId": "R1"},
            CloudUnavailableError,
            "Act: Odd: no message (RequestId R1)",
        ),
        (
            {"Success": False, "ErrorCode": "Throttling.User", "Code": "400", "Message": "slow down"},
            CloudThrottledError,
            "Act: Throttling.User: slow down (RequestId -)",
        ),
        ({"ErrorCode": "Forbidden.Odd"}, CloudDeniedError, "Act: Forbidden.Odd: no message (RequestId -)"),
        ({"ErrorCode": "Odd", "Code": 200}, CloudRejectedError, "Act: Odd: no message (RequestId -)"),
    ],
)
def test_an_answer_that_tells_of_a_failure_is_the_error_that_it_means(
    answer: dict[str, Any], kind: type[CloudError], told: str
) -> None:
    with pytest.raises(CloudError) as failed:
        opened("Act", fields_of(answer, "Act"))

    assert (type(failed.value), str(failed.value)) == (kind, told)


def test_a_certificate_s_name_at_the_gateway_leads_back_to_it() -> None:
    assert name_of("23759533-cn-hangzhou") == "cas_23759533_cn_hangzhou"
    assert named("cas_23759533_cn_hangzhou") == "23759533-cn-hangzhou"
    assert named("cas_7_ap_southeast_1") == "7-ap-southeast-1"


@pytest.mark.parametrize("name", ["", "cas", "cas_7", "mine_7_cn_hangzhou", "cas7_cn_hangzhou"])
def test_another_name_leads_nowhere(name: str) -> None:
    assert named(name) == ""


def test_milliseconds_are_cut_to_the_seconds_that_certificates_count() -> None:
    assert moment(1_798_761_600_999) == at(2027, 1, 1)
    assert moment(None) is None
    assert moment(0) is None


def test_a_domain_whose_binding_is_not_told_is_bound() -> None:
    assert unbound(Fields()) == ""
    assert unbound(Fields({"DomainBindingStatus": ""})) == ""


def test_a_gateway_of_mse_is_met_at_its_first_public_address() -> None:
    private, public = (
        {"Type": "PRIVATE_NET", "SlbIp": "10.0.0.1"},
        {"Type": "PUB_NET", "SlbIp": "203.0.113.1"},
    )

    assert address(Fields({"Slb": [private, public], "InternetSlb": None})) == "203.0.113.1"
    assert address(Fields({"Slb": None, "InternetSlb": [{"Type": "PUB_NET"}, public]})) == "203.0.113.1"
    assert address(Fields({"Slb": [private]})) == address(Fields({})) == ""


def test_a_gateway_of_mse_that_does_not_say_how_it_is_is_told_by_number() -> None:
    assert state(Fields({"Status": 3}), Fields()) == (
        "the gateway is not running (status 3); wait for it or start it, then discover again"
    )
    assert state(Fields({"Status": 2}), Fields()) == state(Fields({"Status": 2}), Fields({"Status": 3})) == ""


class Nothing:
    def by_fingerprint(self, *prints: str) -> None: ...


def test_what_cas_does_not_know_is_named_by_its_strongest_fingerprint() -> None:
    leaf = leaf_of(a_leaf("example.com", days=10).pem)

    assert leaf is not None
    assert identifier_of_leaf(Nothing(), leaf, "odd") == f"sha256:{leaf.sha256}"  # type: ignore[arg-type]
    assert identifier_of_leaf(Nothing(), None, "odd") == "odd"  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "pem", [None, "", "no PEM", "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----"]
)
def test_what_is_no_certificate_is_not_read_as_one(pem: str | None) -> None:
    assert leaf_of(pem) is None


PUZZLING = pytest.mark.parametrize(
    "error", [KeyError, TypeError, ValueError, AttributeError, OverflowError, RecursionError]
)


@PUZZLING
def test_a_part_that_nobody_understands_hides_no_other(error: type[Exception]) -> None:
    def slots() -> Iterator[Found]:
        raise error("of a row")
        yield

    (unread,) = told("row 7", slots, "lsn-7/")

    assert isinstance(unread, Unread)
    assert (unread.what, unread.within) == ("row 7", "lsn-7/")
    assert f"an answer that is not understood ({error.__name__})" in str(unread.error)


@PUZZLING
def test_a_look_at_what_nobody_understands_is_an_answer_that_may_be_better_the_next_time(
    error: type[Exception], caplog: pytest.LogCaptureFixture
) -> None:
    class Puzzled(Cdn):
        def _look(self, change: Change) -> Look | None:
            raise error("of an answer")

    adapter = Puzzled(Means(cast(OpenApi, None)))

    with pytest.raises(UnreadableAnswerError, match=rf"not understood \({error.__name__}\)"):
        adapter.look([Change(a_resource(), None)])

    (record,) = caplog.records
    assert record.exc_info, "the log has where it was raised"
