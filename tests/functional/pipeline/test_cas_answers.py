"""What CAS's lists leave out, or count otherwise, takes no certificate out of the table."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from shared.domain.certificates import Certificate
from tests.functional.pipeline.conftest import NAMES
from tests.functional.pipeline.platform import Platform

pytestmark = pytest.mark.ordinary_answers("the test itself words what CAS tells")


def told(
    monkeypatch: pytest.MonkeyPatch, platform: Platform, change: Callable[[dict[str, Any]], object]
) -> None:
    """From now on CAS's newer list is changed on its way out."""
    service = platform.cloud.service("cas")
    listed = service.ListCertificates

    def otherwise(call: Any) -> Any:
        answer = listed(call)
        change(answer)
        return answer

    monkeypatch.setattr(service, "ListCertificates", otherwise)


def table(platform: Platform) -> dict[int, Certificate]:
    return {
        one.certificate.cert_id: one.certificate for one in platform.world.certificates.list("cn-hangzhou")
    }


def asked(platform: Platform) -> int:
    return sum(call.action == "GetCertificateDetail" for call in platform.cloud.calls)


def test_a_list_without_sources_keys_and_serials_leaves_the_table_as_it_was(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = table(platform)

    def bare(answer: dict[str, Any]) -> None:
        for row in answer["CertificateList"]:
            for name in ("CertificateSource", "KeySize", "ExistPrivateKey"):
                row.pop(name)

    told(monkeypatch, platform, bare)
    count = asked(platform)
    platform.tick("scan_expiry")
    assert table(platform) == before
    assert asked(platform) == count, "what the table knows is not asked for again"

    platform.renew("example.com")
    platform.tick("scan_expiry")
    (new,) = [one for cert_id, one in table(platform).items() if cert_id not in before]
    assert (new.source.value, new.has_private_key, bool(new.serial)) == ("UPLOAD", True, True)
    assert asked(platform) == count + 1


@pytest.mark.parametrize("serials", [True, False])
def test_a_new_certificate_is_asked_for_once_for_its_chain_alone_or_with_its_serial(
    platform: Platform, serials: bool
) -> None:
    before, count = table(platform), asked(platform)
    platform.cloud.service("cas").choose(list_serial=serials)
    platform.renew("example.com")

    platform.tick("scan_expiry", "scan_expiry")

    (new,) = [one for cert_id, one in table(platform).items() if cert_id not in before]
    assert (bool(new.serial), len(new.chain or ()), asked(platform)) == (True, 2, count + 1)


@pytest.mark.parametrize("total", [None, 0, 99])
def test_a_total_that_is_off_deletes_nothing_and_news_is_announced_all_the_same(
    platform: Platform, monkeypatch: pytest.MonkeyPatch, total: int | None
) -> None:
    before = table(platform)
    gone = next(iter(before))
    del platform.cloud.service("cas")._certificates[gone]
    told(monkeypatch, platform, lambda answer: answer.update(TotalCount=total))
    renewed = platform.renew("example.com")

    platform.tick("scan_expiry")

    assert before.keys() < table(platform).keys()
    assert renewed in {one.identifier for one in table(platform).values()}

    monkeypatch.undo()
    platform.tick("scan_expiry")
    assert gone not in table(platform)


def test_a_row_that_cannot_be_read_any_more_is_kept_as_it_was(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = table(platform)
    told(monkeypatch, platform, lambda answer: answer["CertificateList"][0].update(NotAfter={"odd": 1}))

    platform.tick("scan_expiry")

    assert table(platform) == before


def test_a_certificate_whose_chain_is_not_asked_for_yet_waits_for_the_next_scan(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One scan asks of so many only; without its chain nobody could tell what it may replace."""
    monkeypatch.setattr("shared.cloud.cas_asking._DETAILS", 1)
    first, second = platform.renew("a.example.com"), platform.renew(*NAMES)

    issued = [platform.call("scan_expiry", {})["Issued"] for _ in range(3)]

    assert issued[0] == [second], "the newest is listed first"
    assert sorted(issued[1]) == sorted(issued[2]) == sorted([first, second])
