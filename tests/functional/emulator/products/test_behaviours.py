"""What a product may have either way: the behaviour is chosen over HTTP, and read by the official SDKs."""

from __future__ import annotations

import json
from typing import Any

import pytest

from emulator.cloud import Cloud
from emulator.estate import parse_estate
from emulator.server import Server
from tests.functional.emulator.clients import admin, plain
from tests.functional.emulator.official import Official

ESTATE: dict[str, Any] = {
    "certificates": {
        "first": {"names": ["www.example.com"], "name": "jiafei", "key": "ecdsa-p256"},
        "second": {"names": ["www.example.com"], "name": "jiafei", "key": "ecdsa-p256"},
    },
    "ddos": [{"domain": "www.example.com", "certificate": "second"}],
}


def choose(server: Server, service: str, **wanted: Any) -> None:
    admin(server, "POST", "behaviour", {"service": service, **wanted})


@pytest.fixture(autouse=True)
def account(cloud: Cloud) -> None:
    cloud.load(parse_estate(ESTATE))


@pytest.fixture
def cas(server: Server) -> Official:
    return Official(server, "cas", "cas.aliyuncs.com")


def test_where_clients_have_seen_what_the_cloud_does_the_emulator_does_it_unasked(server: Server) -> None:
    chosen = {
        service: {name: row[0] for name, row in rows.items()}
        for service, rows in admin(server, "GET", "behaviour").items()
    }

    assert chosen["cas"]["list_serial"] is False
    assert (chosen["slb"]["unnamed_settings"], chosen["slb"]["missing_listener"]) == (
        "reset",
        "InvalidParameter",
    )


def test_two_certificates_of_cas_have_one_name(cas: Official) -> None:
    rows = cas("ListCertificates").certificate_list

    assert [row.certificate_name for row in rows] == ["jiafei", "jiafei"]
    assert len({row.certificate_id for row in rows}) == 2
    assert len({row.finger_print for row in rows}) == 2


@pytest.mark.parametrize("told", [True, False])
def test_a_list_of_certificates_may_tell_no_serial_and_the_detail_does(
    server: Server, cas: Official, told: bool
) -> None:
    choose(server, "cas", list_serial=told)
    (row, _) = cas("ListCertificates").certificate_list
    detail = cas("GetCertificateDetail", CertificateId=int(row.certificate_id))

    assert bool(row.serial) is told
    assert detail.serial


@pytest.mark.parametrize("told", [True, False])
def test_a_list_of_certificates_may_tell_less_than_the_detail(
    server: Server, cas: Official, told: bool
) -> None:
    choose(server, "cas", list_details=told)
    (row, _) = cas("ListCertificates").certificate_list
    detail = cas("GetCertificateDetail", CertificateId=int(row.certificate_id))

    found = [row.certificate_source, row.key_size, row.exist_private_key]
    assert found == ([detail.certificate_source, detail.key_size, True] if told else [None, None, None])
    assert detail.certificate_source == "UPLOAD"


@pytest.mark.parametrize("kind", ["id", "name"])
def test_a_website_rule_names_its_certificate_by_a_file_of_its_id_or_by_its_name(
    server: Server, kind: str
) -> None:
    choose(server, "ddoscoo", cert_names=kind)
    (rule,) = Official(server, "ddoscoo", "ddoscoo.cn-hangzhou.aliyuncs.com")("DescribeWebRules").web_rules

    name = f"{parse_estate(ESTATE).id_of('second')}.pem" if kind == "id" else "jiafei"
    assert (rule.cert_name, rule.user_cert_name) == (name, "jiafei")


def test_behaviours_are_listed_with_what_they_take_and_end_with_a_reset(server: Server, cloud: Cloud) -> None:
    choose(server, "ddoscoo", cert_names="name")
    chosen = admin(server, "GET", "behaviour")
    cloud.reset()
    before = admin(server, "GET", "behaviour")

    assert chosen["ddoscoo"] == {"cert_names": ["name", "id", "name"]}
    assert before["ddoscoo"] == {"cert_names": ["id", "id", "name"]}


@pytest.mark.parametrize("wanted", [{"cert_names": "other"}, {"names": "id"}])
def test_a_behaviour_that_there_is_not_is_refused_with_those_there_are(
    server: Server, wanted: dict[str, Any]
) -> None:
    body = json.dumps({"service": "ddoscoo", **wanted}).encode()
    status, _, text = plain(server, "POST", "/_emulator/behaviour", body=body)

    assert status == 400
    assert "'cert_names': ['id', 'name']" in json.loads(text)["error"]


def test_a_service_without_choices_is_refused_with_those_that_have_some(server: Server) -> None:
    status, _, text = plain(server, "POST", "/_emulator/behaviour", body=b'{"service": "cdnn"}')

    assert status == 400
    assert "cas, cloudapi, ddoscoo" in json.loads(text)["error"]
