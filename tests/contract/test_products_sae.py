"""SAE alone: a list that is replaced as a whole, envelopes that hide refusals, and what is never called."""

from __future__ import annotations

import pytest

from emulator.server import Server
from shared.domain.resources import CloudProduct
from shared.errors import CloudRejectedError, CloudThrottledError
from shared.products.envelope import opened
from shared.products.sae import Adapter
from tests.contract.bench import Bench, bench
from tests.contract.cases import CERT_ID, IDENTIFIER
from tests.contract.cases.sae import CASES

SAE = CASES[0]


@pytest.fixture
def it(server: Server) -> Bench:
    return bench(server, CloudProduct.SAE, SAE.estate, SAE.region)


def lists(it: Bench) -> list[str]:
    """What was sent as CertIds, in turn."""
    names = {text: name for name, text in IDENTIFIER.items()}
    calls = (call for call in it.cloud.calls if call.action == "UpdateIngress")
    return [" ".join(names[text] for text in call.params["CertIds"].split(",")) for call in calls]


def test_the_other_entries_stay_where_they_are(it: Bench) -> None:
    it.deploy(it.slot("shop:443/additional/old"), "new")

    assert lists(it) == ["other new second"]


def test_entries_of_one_list_are_exchanged_one_after_the_other(it: Bench) -> None:
    first, second = it.slot("shop:443/additional/old"), it.slot("shop:443/additional/second")

    it.deploy(first, "new")
    it.deploy(second, "old")

    assert lists(it) == ["other new second", "other new old"]
    assert first.writer == second.writer


def test_a_certificate_that_is_in_the_list_already_is_not_there_twice(it: Bench) -> None:
    it.deploy(it.slot("shop:443/additional/old"), "second")

    assert lists(it) == ["other second"]


def test_an_entry_that_somebody_took_away_is_not_added(it: Bench) -> None:
    slot = it.slot("shop:443/additional/old")
    it.deploy(slot, "new")

    with pytest.raises(CloudRejectedError, match=r"carries .* no more"):
        it.adapter.restore(slot, it.certificate("second"))

    assert it.adapter.read(slot) is None


def test_a_rule_on_clb_takes_a_copy_of_its_region_s_store_once(it: Bench) -> None:
    slot = it.slot("mail:443/default")

    it.deploy(slot, "new")
    it.adapter.restore(slot, it.certificate("old"))
    it.deploy(slot, "new")

    [call] = [call for call in it.cloud.calls if call.action == "UploadServerCertificate"]
    assert call.params["AliCloudCertificateId"] == str(CERT_ID["new"])
    assert {"slb:DescribeServerCertificates"} < Adapter.granted(writes=False)
    assert {"slb:UploadServerCertificate"} < Adapter.granted(writes=True)


def test_other_regions_of_the_account_are_asked_at_their_own_host(it: Bench) -> None:
    assert it.carried("cn-shanghai") == {"far:443/default": "old"}
    assert it.adapter.regions() == ["cn-hangzhou", "cn-shanghai"]


def test_a_refusal_under_http_200_is_a_refusal(it: Bench) -> None:
    gone = it.slot(SAE.slot).model_copy(update={"listener_id": "7"})

    with pytest.raises(CloudRejectedError, match=r"InvalidParameter\.WithMessage"):
        it.adapter.deploy(gone, it.certificate("new"))

    assert it.count("DescribeIngress", code="") == it.count("DescribeIngress") > 0, "HTTP told nothing"


def test_an_envelope_tells_the_kind_of_failure() -> None:
    told = {"Success": False, "ErrorCode": "Throttling.User", "Code": "400", "Message": "slow down"}

    with pytest.raises(CloudThrottledError, match="slow down"):
        opened("ListIngresses", told)
    with pytest.raises(CloudRejectedError):
        opened("ListIngresses", {"Success": False, "Code": "200"})
    assert opened("ListIngresses", {"Success": True, "Code": "200"})


def test_access_keys_of_namespaces_are_never_asked_for() -> None:
    assert "sae:DescribeNamespaces" not in Adapter.granted(writes=True)
