"""Clean-up over several accounts: each with its own names, and one that grants less holds up no other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from shared.domain.resources import CloudProduct
from tests.functional.pipeline.platform import Platform, discovered

CLEANS, SLB = "clean_up_certificates", (CloudProduct.SLB,)
THERE = "2000000000000002"
_NAMES: dict[str, Any] = {"names": ["example.com", "*.example.com"], "key": "ecdsa-p256"}
_ACCOUNT: dict[str, Any] = {
    "certificates": {
        "old": {**_NAMES, "days": 80, "age": 120},
        "later": {**_NAMES, "days": 300, "age": 100},
    },
    "slb": [
        {
            "name": "shop",
            "region": "cn-hangzhou",
            "listeners": [{"port": 443, "certificate": "old"}, {"port": 444, "certificate": "later"}],
        }
    ],
}
_ROLE = {"name": "certdeploy", "trust": ["acs:ram::1000000000000001:root"]}
ESTATE = {"regions": ["cn-hangzhou"], **_ACCOUNT, "accounts": [{"id": THERE, "roles": [_ROLE], **_ACCOUNT}]}
OLD = "10741304-cn-hangzhou"
OLD_THERE = f"10741304-{THERE}@cn-hangzhou"


@pytest.fixture
def two(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Platform]:
    """In both of them somebody has put `later` on both listeners, by hand."""
    monkeypatch.setattr("shared.services.needed.default_products", lambda: SLB)
    role = f"acs:ram::{THERE}:role/certdeploy"
    with discovered(ESTATE, tmp_path, products=SLB, accounts=role) as made:
        for account in ("", THERE):
            first, second = sorted(
                made.cloud.of(account).service("slb")._all_listeners(), key=lambda one: int(one.port)
            )
            first.certificate = second.certificate
        made.tick("discover_resources")
        yield made


def deleted(platform: Platform) -> dict[str, str]:
    """What is proposed is approved. Fates by certificate, those of copies by their area, too."""
    plan = platform.call(CLEANS, {})
    stored = [one["Stored"] for one in plan["Stored"] if one["Fate"] == "delete"]
    places = [f"SLB/{_area(one)}/{one['StoredId']}" for one in stored]
    of_cas = [one["CertIdentifier"] for one in plan["Certificates"] if one["Fate"] == "delete"]
    done = platform.call(CLEANS, {"Delete": {"Certificates": of_cas, "Stored": places}})
    copies = {f"copy {one['Stored']['CertIdentifier']}": one["Fate"] for one in done["Stored"]}
    return {one["CertIdentifier"]: one["Fate"] for one in done["Certificates"]} | copies


def _area(one: dict[str, Any]) -> str:
    return f"{one['Account']}@{one['Region']}" if one["Account"] else str(one["Region"])


@pytest.mark.long
def test_copies_go_in_each_account_under_its_own_names(two: Platform) -> None:
    names = (OLD, OLD_THERE, f"copy {OLD}", f"copy {OLD_THERE}")
    assert deleted(two) == dict.fromkeys(names, "deleted")
    for account in ("", THERE):
        held = two.cloud.of(account).service("slb")._certificates.values()
        assert [one.name for one in held] == ["later"]
    assert two.failures == []


@pytest.mark.long
def test_an_account_whose_role_may_not_delete_keeps_its_own(two: Platform) -> None:
    two.cloud.of(THERE).deny("slb:DeleteServerCertificate")
    assert deleted(two) == {
        OLD: "deleted",
        f"copy {OLD}": "deleted",
        OLD_THERE: "kept",
        f"copy {OLD_THERE}": "failed",
    }
