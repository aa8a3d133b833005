"""The emulator's answers are the vendor's: the official SDKs know all that they hold and all that we read.

Those of products are held to it where their requests are: the same stories tell both.
"""

from __future__ import annotations

import pytest

from emulator.estate import parse_estate
from emulator.server import Server
from shared.cloud.cas import ACTIONS, Cas
from tests.contract.bench import client
from tests.contract.cases import CERT_ID, CERTIFICATES
from tests.contract.oracle import Sdk, known
from tests.contract.watch import check, watching

OTHER = "1000000000000002"  #: an account of the same verified entity
CONTACTS = [{"name": "Ann", "email": "ann@example.com", "mobile": "13900000000"}]


@pytest.mark.ordinary_answers("the SDK does not know the fields that are made up")
def test_cas_answers_what_the_sdk_knows_and_all_that_we_read(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch = watching(monkeypatch)
    theirs = {"id": OTHER, "same_entity": True}
    sold = {"names": ["sold.example.com"], "key": "ecdsa-p256", "source": "BUY"}
    certificates = {**CERTIFICATES, "sold": sold}
    estate = {"certificates": certificates, "contacts": CONTACTS, "accounts": [theirs]}
    server.cloud.load(parse_estate(estate))
    cas = Cas(client(server.cloud, server.endpoint))

    cas.list_certificates()
    server.cloud.service("cas").choose(list_serial=True)
    cas.listing({})
    cas.get_detail(CERT_ID["old"])
    pair = cas.key_pair(CERT_ID["old"])
    cas.delete(cas.upload("again", pair.certificate_pem, pair.key))
    cas.list_contacts()
    cas.share(CERT_ID["old"], OTHER)

    check(Sdk("cas20200407", server), watch, {action.name for action in ACTIONS})


def test_the_oracle_knows_a_field_from_a_stranger(server: Server) -> None:
    sdk = Sdk("alb20200616", server)

    assert known(sdk, "ListAsynJobsResponseBody", "Jobs[].Status")
    assert not known(sdk, "ListAsynJobsResponseBody", "Jobs[].State")
    assert not known(sdk, "ListAsynJobsResponseBody", "Job")
