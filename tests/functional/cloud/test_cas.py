"""CAS as the use cases see it, over the emulated one."""

import json
from collections import Counter
from datetime import datetime, timezone
from typing import Any

import pytest

from emulator.cloud import Cloud
from emulator.estate import load_estate, parse_estate
from emulator.faults import Fault
from shared.cloud.cas import Cas
from shared.domain.certificates import Certificate, CertificateSource, CertificateStatus
from shared.errors import (
    CloudDeniedError,
    CloudRejectedError,
    CloudThrottledError,
    NotFoundError,
)
from shared.validation.secret import SecretPem
from tests.functional.cloud.conftest import MakeClient, Scripted, at
from tests.keys import a_leaf

NO_ORDERS = (200, b'{"TotalCount":0,"CertificateOrderList":[]}', dict[str, str]())
LEAF = a_leaf("www.example.com", "*.example.com", days=3650)


@pytest.fixture
def cas(client: MakeClient, cloud: Cloud) -> Cas:
    cloud.load(load_estate(None))
    return Cas(client())


def named(cas: Cas, name: str) -> Certificate:
    return next(found for found in cas.list_certificates() if found.name == name)


@pytest.mark.long
def test_a_certificate_is_listed_with_all_that_is_asked_of_it(cas: Cas) -> None:
    found = named(cas, "shop")
    assert found.names == ("example.com", "*.example.com")
    assert (found.store, found.algorithm) == ("cn-hangzhou", "RSA")
    assert found.identifier == f"{found.cert_id}-cn-hangzhou"
    assert 11 <= (found.not_after - datetime.now(timezone.utc)).days <= 12
    assert named(cas, "books").source is CertificateSource.TEST
    assert named(cas, "books").names[0] == "xn--bcher-kva.example"
    assert named(cas, "leaked").status is CertificateStatus.REVOKED
    assert not named(cas, "offline-key").has_private_key


def test_the_stores_are_read_apart(cas: Cas, client: MakeClient) -> None:
    other = Cas(client(), "ap-southeast-1").list_certificates()
    assert [(found.name, found.store) for found in other] == [("singapore", "ap-southeast-1")]
    assert "singapore" not in {found.name for found in cas.list_certificates()}


def test_every_page_is_read(client: MakeClient, cloud: Cloud) -> None:
    rows = {f"c{n}": {"names": [f"n{n}.example.com"], "key": "ecdsa-p256"} for n in range(101)}
    cloud.load(parse_estate({"certificates": rows}))
    assert {found.name for found in Cas(client()).list_certificates()} == set(rows)
    pages = Counter(call.action for call in cloud.calls)
    assert pages == {"ListCertificates": 2, "ListUserCertificateOrder": 4}


def test_what_only_the_older_list_tells_is_asked_for_by_itself(client: MakeClient, cloud: Cloud) -> None:
    rows = {
        "new": {"names": ["a.example.com"], "key": "ecdsa-p256"},
        "own-ca": {"names": ["b.example.com"], "key": "ecdsa-p256", "listed": False},
        "past": {"names": ["c.example.com"], "key": "ecdsa-p256", "listed": False, "days": -3},
        "keyless": {"names": ["d.example.com"], "key": "ecdsa-p256", "listed": False, "private_key": False},
    }
    cloud.load(parse_estate({"certificates": rows}))
    cas = Cas(client())

    found = {one.name: one for one in cas.list_certificates()}

    assert set(found) == set(rows)
    assert [call.action for call in cloud.calls].count("GetCertificateDetail") == 3, "but not the first"
    assert found["own-ca"] == cas.get_detail(found["own-ca"].cert_id)
    assert found["past"].status is CertificateStatus.EXPIRED
    assert found["keyless"].has_private_key is False


def test_an_older_certificate_without_details_is_known_and_not_deployable(scripted: Scripted) -> None:
    order = {
        "CertificateId": 9, "Name": "own", "Sans": "a.example.com,b.example.com", "Upload": False,
        "StartDate": "2026-01-01", "EndDate": "2027-01-01", "SerialNo": "00000ABC", "Fingerprint": "AB",
    }  # fmt: skip
    orders = {"TotalCount": 1, "CertificateOrderList": [order]}
    scripted.answers = [
        page(0),
        (200, json.dumps(orders).encode(), {}),
        NO_ORDERS,
        (400, b'{"Code":"NotFound","Message":"no","RequestId":"R"}', {}),
    ]

    (found,) = Cas(at(scripted)).list_certificates()

    assert (found.cert_id, found.names) == (9, ("a.example.com", "b.example.com"))
    assert (found.serial, found.not_after.isoformat()) == ("abc", "2027-01-01T00:00:00+00:00")
    why = found.why_not_deployable(datetime(2026, 6, 1, tzinfo=timezone.utc))
    assert why is not None
    assert "tells neither" in why


def test_an_older_list_that_is_denied_is_not_an_empty_one(cas: Cas, cloud: Cloud) -> None:
    cloud.deny("yundun-cert:ListUserCertificateOrder")
    with pytest.raises(CloudDeniedError):
        cas.list_certificates()


def test_an_sm2_certificate_is_recognised_and_refused(cas: Cas) -> None:
    found = named(cas, "national")
    assert (found.algorithm, found.has_private_key) == ("SM2", True)
    assert "SM2" in str(found.why_not_deployable(datetime.now(timezone.utc)))
    with pytest.raises(CloudRejectedError, match="SM2") as caught:
        cas.key_pair(found.cert_id)
    assert "BEGIN" not in str(caught.value)


def test_a_throttled_page_is_not_an_empty_one(cas: Cas, cloud: Cloud) -> None:
    cloud.faults.add(Fault("ListCertificates", 400, "Throttling.User", times=4))
    with pytest.raises(CloudThrottledError):
        cas.list_certificates()


def test_what_is_no_certificate_yet_is_left_out(scripted: Scripted) -> None:
    scripted.answers = [page(1, "1", CertificateStatus="checking"), NO_ORDERS]
    assert Cas(at(scripted)).list_certificates() == []


@pytest.mark.parametrize("told", [False, True])
def test_one_certificate_is_read_without_its_key_and_always_with_its_serial(
    cas: Cas, cloud: Cloud, told: bool
) -> None:
    cloud.service("cas").choose(list_serial=told)
    listed = named(cas, "shop")
    found = cas.get_detail(listed.cert_id)
    assert found == listed.evolve(serial=found.serial, chain=found.chain)
    assert (bool(found.serial), bool(listed.serial)) == (True, told)
    assert cloud.calls[-1].action == "GetCertificateDetail"
    with pytest.raises(NotFoundError, match="5-cn-hangzhou"):
        cas.get_detail(5)


def test_an_uploaded_certificate_comes_back_with_its_key(cas: Cas) -> None:
    cert_id = cas.upload("new", LEAF.pem, SecretPem(LEAF.key_pem))
    pair = cas.key_pair(cert_id)
    assert pair.certificate_pem.split() == LEAF.pem.split()
    assert pair.key.reveal().split() == LEAF.key_pem.split()
    assert "PRIVATE" not in repr(pair)
    assert cas.get_detail(cert_id).serial == f"{LEAF.certificate.serial_number:x}"


def test_a_key_travels_in_the_form_only(scripted: Scripted) -> None:
    scripted.answers = [(200, b'{"CertId":1}', {})]
    Cas(at(scripted)).upload("new", LEAF.pem, SecretPem(LEAF.key_pem))
    assert scripted.targets == ["/"]
    assert b"PRIVATE+KEY" in scripted.bodies[0]


def test_a_name_that_is_taken_is_refused(cas: Cas) -> None:
    with pytest.raises(CloudRejectedError, match="NameRepeat"):
        cas.upload("shop", LEAF.pem, SecretPem(LEAF.key_pem))


def test_a_refused_upload_does_not_show_the_key(cas: Cas) -> None:
    other = a_leaf(days=3650).key_pem.replace("A", "B", 3)
    with pytest.raises(CloudRejectedError) as caught:
        cas.upload("new", LEAF.pem, SecretPem(other))
    assert other[60:90] not in str(caught.value)


def test_a_certificate_without_its_key_is_told(cas: Cas) -> None:
    with pytest.raises(CloudRejectedError, match="no private key"):
        cas.key_pair(named(cas, "offline-key").cert_id)


def test_contacts_are_listed(cas: Cas) -> None:
    found = {contact.name: contact.mobile for contact in cas.list_contacts()}
    assert found == {"Web operations": "", "On call": "13800000000"}


def page(total: int, *ids: str, **changes: Any) -> tuple[int, bytes, dict[str, str]]:
    row = {
        "CertificateName": "n",
        "CertificateSource": "UPLOAD",
        "CertificateStatus": "issued",
        "Domain": "example.com",
        "Algorithm": "RSA",
        "NotBefore": 1777636800000,
        "NotAfter": 1787636800000,
        **changes,
    }
    rows = [{**row, "CertificateId": cert_id} for cert_id in ids]
    return 200, json.dumps({"TotalCount": total, "CertificateList": rows}).encode(), {}
