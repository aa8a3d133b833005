"""AWS on moto: settings of a distribution that a change takes along, among them passwords of its origins."""

from __future__ import annotations

import json
from typing import Any

import pytest

from emulator import aws as emulated
from shared.domain.resources import CloudResource
from shared.errors import CloudRejectedError
from shared.products.kit.changes import Carries, Change, Settings
from tests.contract.aws_bench import REGION, a_distribution, config_of, issued_by_amazon, seen
from tests.contract.bench import Bench

PASSWORD = "what-the-origin-expects"


@pytest.fixture
def shop(amazon: Bench) -> CloudResource:
    """A distribution with a certificate of Amazon's, which sends a password to its origin."""
    there = a_distribution(issued_by_amazon("example.com", "*.example.com"), "www.example.com")
    header = {"HeaderName": "X-Origin-Key", "HeaderValue": PASSWORD}
    write(there, lambda config: origin(config).update(CustomHeaders={"Quantity": 1, "Items": [header]}))
    (slot,) = seen(amazon).by_kind["distribution"]
    return slot


def origin(config: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = config["Origins"]["Items"][0]
    return found


def write(distribution: str, change: Any) -> None:
    """What a person does in the console."""
    cloudfront = emulated.client("cloudfront", REGION)
    read = cloudfront.get_distribution_config(Id=distribution)
    change(read["DistributionConfig"])
    cloudfront.update_distribution(
        Id=distribution, IfMatch=read["ETag"], DistributionConfig=read["DistributionConfig"]
    )


def without_headers(config: dict[str, Any]) -> None:
    origin(config).update(CustomHeaders={"Quantity": 0})


def changed_and(bench: Bench, slot: CloudResource, change: Any) -> Settings:
    """The certificate was exchanged, by a function that ended then; with it went what `change` takes away."""
    new = bench.certificate("new")
    (look,) = bench.adapter.look([Change(slot, new)])
    assert look is not None
    assert look.settings is not None
    bench.adapter.advance([(Change(slot, new), look)])
    write(slot.resource_id, change)
    bench.adapter = bench.adapter_with(seconds=5)
    stored: Settings = json.loads(json.dumps(look.settings))
    return stored


def test_a_password_is_compared_and_stored_by_its_digest(amazon: Bench, shop: CloudResource) -> None:
    new = amazon.certificate("new")
    (look,) = amazon.adapter.look([Change(shop, new)])
    write(
        shop.resource_id, lambda config: origin(config)["CustomHeaders"]["Items"][0].update(HeaderValue="x")
    )
    (later,) = amazon.adapter.look([Change(shop, new)])

    assert look is not None
    assert later is not None
    assert look.settings != later.settings
    assert "digest:" in repr(look.settings)
    assert PASSWORD not in repr(look)


@pytest.mark.long
def test_a_password_that_was_lost_comes_back(
    amazon: Bench, shop: CloudResource, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = config_of(shop.resource_id)
    aws = amazon.adapter._aws  # type: ignore[attr-defined]
    real, sent = aws.call, []

    def forgetful(action: str, region: str, /, **params: Any) -> Any:
        answer = real(action, region, **params)
        if action == "UpdateDistribution" and not sent:
            sent.append(params)
            write(shop.resource_id, without_headers)
        return answer

    monkeypatch.setattr(aws, "call", forgetful)
    with pytest.raises(
        CloudRejectedError, match=r"SettingsLost.*Origins.Items: .*, and so were they"
    ) as told:
        amazon.adapter.deploy(shop, amazon.certificate("new"))

    assert config_of(shop.resource_id) == before
    assert PASSWORD not in str(told.value)


def test_a_password_that_another_function_saw_is_set_again_by_hand_and_the_rest_comes_back(
    amazon: Bench, shop: CloudResource
) -> None:
    before = config_of(shop.resource_id)

    def forget(config: dict[str, Any]) -> None:
        without_headers(config)
        config["Comment"] = ""

    stored = changed_and(amazon, shop, forget)
    with pytest.raises(CloudRejectedError, match=r"SettingsLost.*set again by hand: Origins.Items \("):
        amazon.adapter.driven(Change(shop, amazon.certificate("new"), begun=True, before=stored))

    now = config_of(shop.resource_id)
    assert (now["Comment"], now["ViewerCertificate"]) == (before["Comment"], before["ViewerCertificate"])
    assert PASSWORD not in repr(stored)


def test_a_password_that_stayed_is_no_reason_to_leave_another_setting_lost(
    amazon: Bench, shop: CloudResource
) -> None:
    before = config_of(shop.resource_id)
    stored = changed_and(amazon, shop, lambda config: origin(config).update(OriginPath="/else"))

    with pytest.raises(CloudRejectedError, match=r"SettingsLost.*, and so were they"):
        amazon.adapter.driven(Change(shop, amazon.certificate("new"), begun=True, before=stored))

    assert config_of(shop.resource_id) == before


def test_a_change_that_somebody_else_overwrote_is_theirs(amazon: Bench, shop: CloudResource) -> None:
    theirs = issued_by_amazon("example.com", "*.example.com", "third.example.com")
    new = amazon.certificate("new")
    stored = changed_and(
        amazon, shop, lambda config: config["ViewerCertificate"].update(ACMCertificateArn=theirs)
    )

    (look,) = amazon.adapter.look([Change(shop, new, begun=True, before=stored)])

    assert look is not None
    assert look.carries is Carries.OTHER
    assert look.settings == stored
